const SLOTS = 8192;
const LONGEST_KEPT = 48;

/**
 * Turns ASCII bytes into text. The values of a log repeat, and making a string costs several times the look into a table
 * of those made before (measured: 30 values an event). The table is of fixed size; a newer text takes an older one's place.
 */
export class AsciiTexts {
  static #shared: AsciiTexts | undefined;

  /** One table for all readers, since a text depends on its bytes alone: there may be 100,000 small files. */
  static shared(): AsciiTexts {
    AsciiTexts.#shared ??= new AsciiTexts();
    return AsciiTexts.#shared;
  }

  readonly #texts: string[] = new Array<string>(SLOTS).fill('');

  /** The text of `bytes[from, to)`, all of which are below 0x80. */
  text(bytes: Buffer, from: number, to: number): string {
    return to - from > LONGEST_KEPT ? (bytes as SlicedBuffer).latin1Slice(from, to) : this.shortText(bytes, from, to)!;
  }

  /** The text of `bytes[from, to)`; undefined where it is longer than what is kept, or not all of it is ASCII. */
  shortText(bytes: Buffer, from: number, to: number): string | undefined {
    const length = to - from;
    if (length > LONGEST_KEPT) return undefined;
    let hash = length;
    let bits = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      bits |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (bits >= 0x80) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#texts[slot]!;
    if (known.length === length && isSame(known, bytes, from)) return known;
    const text = (bytes as SlicedBuffer).latin1Slice(from, to);
    this.#texts[slot] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, from: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}

/** Node's own slices, without the argument checks that `toString` costs for each short value. */
export interface SlicedBuffer extends Buffer {
  latin1Slice(from: number, to: number): string;
  utf8Slice(from: number, to: number): string;
  ucs2Slice(from: number, to: number): string;
  hexSlice(from: number, to: number): string;
}
