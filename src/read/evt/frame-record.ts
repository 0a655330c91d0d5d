import { FIXED_PART } from './parse-record.js';

/** What begins at `at`: the file's header, a record whose size can be right, or the mark that ends the ring. */
export function markAt(bytes: Buffer, at: number): 'header' | 'record' | 'end' | undefined {
  if (at + 8 > bytes.length) return undefined;
  const size = bytes.readUInt32LE(at);
  const mark = bytes.readUInt32LE(at + 4);
  if (mark === END_FIRST) return size === END_MARK ? 'end' : undefined;
  if (mark !== RECORD_MARK) return undefined;
  if (size === HEADER) return 'header';
  return size >= FIXED_PART + 4 && size % 4 === 0 ? 'record' : undefined;
}

/** Finds the next place where a mark may stand; the answers are remembered, so that no byte is searched twice. */
export class MarkSearch {
  readonly #kinds = [new OneMark(RECORD_BYTES, 4), new OneMark(END_BYTES, 0)];

  /**
   * The index of the next mark from `from` on, in bytes that stand at `offset` in the input. None: the end of the bytes,
   * less those that might begin one when more are to come.
   */
  next(bytes: Buffer, offset: number, from: number, isLast: boolean): number {
    let next = isLast ? bytes.length : Math.max(from, bytes.length - 7);
    for (const kind of this.#kinds) next = Math.min(next, kind.next(bytes, offset, from) ?? next);
    return next;
  }
}

class OneMark {
  readonly #pattern: Buffer;
  /** Where in the mark the pattern stands. */
  readonly #lead: number;
  /** In the input; the pattern that was found last, and the place before which there is no other. */
  #found = -1;
  #searched = 0;

  constructor(pattern: Buffer, lead: number) {
    this.#pattern = pattern;
    this.#lead = lead;
  }

  next(bytes: Buffer, offset: number, from: number): number | undefined {
    const first = offset + from + this.#lead;
    if (this.#found < first) {
      const start = Math.max(first, this.#searched);
      const at = bytes.indexOf(this.#pattern, start - offset);
      if (at < 0) {
        this.#searched = Math.max(start, offset + bytes.length - this.#pattern.length + 1);
        return undefined;
      }
      this.#found = offset + at;
      this.#searched = this.#found + 1;
    }
    const index = this.#found - this.#lead - offset;
    return index < bytes.length ? index : undefined;
  }
}

/** The mark behind the newest record, EVENTLOGEOF: which bytes of the file hold records that it still owns. */
export class Ring {
  /** How many records it owns, by their numbers. */
  readonly records: number;
  readonly #oldest: number;
  readonly #end: number;
  readonly #oldestNumber: number;

  /** Undefined when the mark is not whole, or not one that was written at this place. */
  static of(mark: Buffer, offset: number): Ring | undefined {
    if (mark.length < END_MARK || mark.readUInt32LE(END_MARK - 4) !== END_MARK) return undefined;
    if (!END_FIXED.equals(mark.subarray(0, END_FIXED.length))) return undefined;
    return mark.readUInt32LE(24) === offset && mark.readUInt32LE(20) >= HEADER ? new Ring(mark, offset) : undefined;
  }

  private constructor(mark: Buffer, offset: number) {
    this.#oldest = mark.readUInt32LE(20);
    this.#end = offset;
    this.#oldestNumber = mark.readUInt32LE(32);
    this.records = Math.max(0, mark.readUInt32LE(28) - this.#oldestNumber);
  }

  /** Whether the ring has given up what stands at the offset. */
  isOld(offset: number): boolean {
    return this.#oldest > this.#end
      ? offset >= this.#end && offset < this.#oldest
      : offset < this.#oldest || offset >= this.#end;
  }

  /** Whether a record of this number is one that it owns. */
  hasNumber(number: number): boolean {
    return number >= this.#oldestNumber && number < this.#oldestNumber + this.records;
  }

  /** Where, behind the offset, the oldest record begins. */
  oldestBehind(offset: number): number {
    return this.#oldest > offset ? this.#oldest : Number.POSITIVE_INFINITY;
  }
}

/** Tells of records, asked for in their order, whether the mark of a ring stands in them; no byte is searched twice. */
export class RingSearch {
  /** In the input: the mark that was found last, and the place before which there is no other. */
  #found = -1;
  #searched = 0;

  /** Whether the mark stands, whole, in bytes that stand at `offset` in the input. */
  isIn(bytes: Buffer, offset: number): boolean {
    const last = offset + bytes.length - END_MARK;
    while (this.#found < offset) {
      const from = Math.max(offset, this.#searched);
      const at = bytes.indexOf(END_FIXED, from - offset);
      if (from > last || at < 0 || offset + at > last) {
        this.#searched = Math.max(from, last + 1);
        return false;
      }
      this.#searched = offset + at + 1;
      if (Ring.of(bytes.subarray(at), offset + at) !== undefined) this.#found = offset + at;
    }
    return this.#found <= last;
  }
}

/** "LfLe", at byte 4 of the header and of every record. */
const RECORD_BYTES = Buffer.from('LfLe', 'latin1');
const RECORD_MARK = RECORD_BYTES.readUInt32LE(0);
/** ReportEvent takes at most 61,440 bytes of values; what says that it is longer than this is damaged. */
export const MAX_RECORD = 1 << 20;

/** Sizes of the file's header and of the mark that ends the ring. */
export const HEADER = 0x30;
export const END_MARK = 0x28;
const END_FIRST = 0x1111_1111;
const END_FIXED = Buffer.from('2800000011111111222222223333333344444444', 'hex');
const END_BYTES = END_FIXED.subarray(0, 8);
