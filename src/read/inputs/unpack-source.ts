import type { ByteSource } from './byte-source.js';

/** Packed bytes are read ahead by this much. */
const READ_BYTES = 64 * 1024;

/** Why unpacking stopped: what the driver makes of it is a `read-error` warning or a reject. */
export class UnpackError extends Error {
  /**
   * - `damaged`: the packed bytes are cut short or break their format or checksum
   * - `form-not-read`: a form of packing that is known and not read; the message says what to do
   * - `limit`: a limit against hostile input; nothing more of the whole nest is read
   */
  readonly reason: 'damaged' | 'form-not-read' | 'limit';

  constructor(reason: 'damaged' | 'form-not-read' | 'limit', message: string) {
    super(message);
    this.name = 'UnpackError';
    this.reason = reason;
  }
}

/** Takes a fact about an input that is worth a warning: its code, and a sentence without log text. */
export type Tell = (code: string, message: string) => void;

/** Packed bytes and where they stand: looked at, taken, and given back. Offsets count from the layer's first byte. */
export class PackedSource {
  readonly #source: ByteSource;
  #buffer = new Uint8Array(2 * READ_BYTES);
  #start = 0;
  #end = 0;
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The offset of the next byte that is not taken. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `length` bytes, fewer only at the end. Good until the next call. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#end - this.#start < length) if (!(await this.#readOn(length))) break;
    return this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + length));
  }

  /** Takes `length` bytes. @throws UnpackError `damaged` when the input ends before. */
  async take(length: number, what: string): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw endsInside(what, this.#offset + bytes.length);
    this.#advance(length);
    return bytes;
  }

  /**
   * Takes the bytes up to the next multiple of `pieceBytes`, at most `limit` of them; none at the end. The cuts do not
   * depend on how the bytes came in, so that neither does what is saved of damaged data.
   */
  async takePiece(pieceBytes: number, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const bytes = await this.peek(Math.min(limit, pieceBytes - (this.#offset % pieceBytes)));
    this.#advance(bytes.length);
    return bytes;
  }

  /** Gives back the last `length` bytes of what the last `take` or `takePiece` took. */
  giveBack(length: number): void {
    this.#advance(-length);
  }

  /** Takes and forgets `length` bytes. @returns how many there were. */
  async skip(length: number): Promise<number> {
    let skipped = 0;
    while (skipped < length) {
      const piece = await this.peek(Math.min(length - skipped, READ_BYTES));
      if (piece.length === 0) break;
      this.#advance(piece.length);
      skipped += piece.length;
    }
    return skipped;
  }

  #advance(length: number): void {
    this.#start += length;
    this.#offset += length;
  }

  /** Reads more behind what is there. @returns false at the end. */
  async #readOn(wanted: number): Promise<boolean> {
    if (this.#end + READ_BYTES > this.#buffer.length) {
      const live = this.#end - this.#start;
      const needed = Math.max(wanted, live) + READ_BYTES;
      const room = needed > this.#buffer.length ? new Uint8Array(needed) : this.#buffer;
      room.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = room;
      this.#start = 0;
      this.#end = live;
    }
    const length = await this.#source.read(this.#buffer.subarray(this.#end, this.#end + READ_BYTES));
    this.#end += length;
    return length > 0;
  }
}

/** A member of known length inside an archive, or a packed member of known packed length. */
export class SliceSource implements ByteSource {
  readonly size: number;
  readonly #source: PackedSource;
  #left: number;

  constructor(source: PackedSource, size: number) {
    this.#source = source;
    this.size = size;
    this.#left = size;
  }

  /** How many bytes of the slice nobody has read. */
  get left(): number {
    return this.#left;
  }

  async read(room: Uint8Array): Promise<number> {
    if (this.#left === 0) return 0;
    const bytes = await this.#source.takePiece(READ_BYTES, Math.min(room.length, this.#left));
    if (bytes.length === 0) throw endsInside('a member', this.#source.offset);
    room.set(bytes);
    this.#left -= bytes.length;
    return bytes.length;
  }

  close(): void {}
}

/** A source of whole chunks, each made by `next`; undefined at the end, after which it is not called again. */
export function sourceOfBlocks(next: () => Promise<Uint8Array | undefined>, close: () => void = () => {}): ByteSource {
  let block: Uint8Array | undefined = new Uint8Array(0);
  let at = 0;
  return {
    async read(room) {
      while (block !== undefined && at === block.length) {
        block = await next();
        at = 0;
      }
      if (block === undefined) return 0;
      const length = Math.min(room.length, block.length - at);
      room.set(block.subarray(at, at + length));
      at += length;
      return length;
    },
    close,
  };
}

export function endsInside(what: string, offset: number): UnpackError {
  return new UnpackError('damaged', `the input ends at byte ${offset}, inside ${what}`);
}
