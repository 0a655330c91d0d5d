const SLOTS = 8192;
const LONGEST_KEPT = 48;

/**
 * Turns ASCII bytes into text. The values of a log repeat, and making a string costs several times the look into a table
 * of those made before (measured: 30 values an event). The table is of fixed size; a newer text takes an older one's place.
 */
export class AsciiTexts {
  readonly #texts: string[] = Array.from({ length: SLOTS }, () => '');

  /** The text of `bytes[from, to)`, all of which are below 0x80. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length > LONGEST_KEPT) return (bytes as SlicedBuffer).latin1Slice(from, to);
    let hash = length;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
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

/** Node's own slice, without the argument checks that `toString` costs for each short value. */
interface SlicedBuffer extends Buffer {
  latin1Slice(from: number, to: number): string;
}
