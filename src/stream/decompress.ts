import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';

/** Output comes in chunks of this size: a read window's. */
const CHUNK_BYTES = 256 * 1024;

/** Input goes in pieces of this size: zlib throws away what a piece gave when it finds damage inside that piece. */
const PIECE_BYTES = 16 * 1024;

/** Packed bytes that can be taken piece by piece and given back. */
export interface PieceSource {
  /** Takes the bytes up to the next multiple of `pieceBytes`; none at the end. */
  takePiece(pieceBytes: number): Promise<Uint8Array>;
  giveBack(length: number): void;
}

/**
 * Inflates one raw deflate stream (RFC 1951) with Node's zlib, pulled by its reader. What stands behind the stream is
 * given back to `packed`, exactly: gzip members and zip entries follow each other without any other mark. A stream
 * that breaks or ends early gives what came out before it, but for the piece of 16 KiB that the damage stands in.
 */
export class RawInflater {
  readonly #packed: PieceSource;
  readonly #engine: InflateRaw;
  #fedBytes = 0;
  #isWriting = false;
  #isEnding = false;
  #isEnded = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  constructor(packed: PieceSource) {
    this.#packed = packed;
    this.#engine = createInflateRaw({ chunkSize: CHUNK_BYTES, flush: constants.Z_NO_FLUSH });
    this.#engine.on('readable', () => this.#wake());
    this.#engine.on('end', () => {
      this.#isEnded = true;
      this.#wake();
    });
    this.#engine.on('error', error => {
      this.#error = error;
      this.#wake();
    });
  }

  /** Packed bytes that belong to the stream. Exact once `next` has given undefined. */
  get packedBytes(): number {
    return this.#engine.bytesWritten;
  }

  /**
   * The next chunk; undefined behind the stream's end.
   * @throws Error with `code` `Z_BUF_ERROR` when the packed bytes end early, `Z_DATA_ERROR` when they are damaged.
   */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk: Uint8Array | null = this.#engine.read();
      if (chunk !== null) return chunk;
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) {
        this.#packed.giveBack(this.#fedBytes - this.#engine.bytesWritten);
        this.#fedBytes = this.#engine.bytesWritten;
        return undefined;
      }
      // A piece that was not used up stands behind the stream's end, of which the event is still to come.
      const isUsedUp = this.#fedBytes === this.#engine.bytesWritten;
      if (!this.#isWriting && !this.#isEnding && isUsedUp) await this.#feed();
      else await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#engine.destroy();
  }

  async #feed(): Promise<void> {
    const piece = await this.#packed.takePiece(PIECE_BYTES);
    if (piece.length === 0) {
      this.#isEnding = true;
      this.#engine.end();
      return;
    }
    this.#fedBytes += piece.length;
    this.#isWriting = true;
    // A copy: zlib reads it in another thread while the caller's buffer may move.
    this.#engine.write(Uint8Array.from(piece), () => {
      this.#isWriting = false;
      this.#wake();
    });
  }
}
