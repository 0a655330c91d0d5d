import { isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';
import type { ByteWindow, GrowableMemory } from '../../bytes/byte-window.js';
import { codePage, isUnicode } from '../../bytes/code-pages.js';
import { EventText } from '../../bytes/event-text.js';
import { isTextWithNuls } from '../head.js';

/** The window's memory as text units: bytes of an 8-bit encoding, or 16-bit code units in the machine's order. */
export type Units = Uint8Array | Uint16Array;

/**
 * How an input's text lies in its bytes, and how to decode parts of it. UTF-16 is framed as 16-bit units in place and
 * never transcoded; when the input's byte order is not the machine's, the marks that are searched are swapped instead.
 */
export class TextUnits {
  /** Bytes a unit: 1 or 2. */
  readonly width: 1 | 2;
  readonly #swaps: boolean;
  readonly #isBigEndian: boolean;
  readonly #fallbackName: string;
  readonly #eventText: EventText;
  #bytes: Uint8Array = new Uint8Array(0);
  #units: Units = this.#bytes;

  constructor(unit: 'utf-8' | 'utf-16le' | 'utf-16be', encoding: string | undefined, memory?: GrowableMemory) {
    this.width = unit === 'utf-8' ? 1 : 2;
    this.#isBigEndian = unit === 'utf-16be';
    this.#swaps = this.width === 2 && this.#isBigEndian !== (endianness() === 'BE');
    this.#fallbackName = encoding === undefined || isUnicode(encoding) ? 'windows-1252' : encoding.toLowerCase();
    this.#eventText = new EventText(this.#fallbackName, memory);
  }

  /** The unit that stands for an ASCII character in the memory. */
  mark(char: string): number {
    const code = char.charCodeAt(0);
    return this.#swaps ? code << 8 : code;
  }

  /** The character code of a unit in the memory. */
  code(unit: number): number {
    return this.#swaps ? (unit >> 8) | ((unit & 0xff) << 8) : unit;
  }

  /** The window's memory as units. A unit's index times `width` is its byte's index. */
  of(window: ByteWindow): Units {
    if (this.#bytes !== window.bytes) {
      this.#bytes = window.bytes;
      this.#units =
        this.width === 1
          ? window.bytes
          : new Uint16Array(window.bytes.buffer, window.bytes.byteOffset, window.bytes.length >> 1);
    }
    return this.#units;
  }

  /** Decides the encoding of the record in `[from, to)`, for `decode` of its parts. */
  begin(from: number, to: number): void {
    if (this.width === 1) this.#eventText.begin(this.#bytes, from, to);
  }

  /** The text of a part of the record. */
  decode(from: number, to: number): string {
    if (this.width === 1) return this.#eventText.decode(this.#bytes, from, to);
    const part = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from * 2, (to - from) * 2);
    return this.#isBigEndian ? Buffer.from(part).swap16().toString('utf16le') : part.toString('utf16le');
  }

  /** The text of something that is no event, such as the header: not counted as read in the fallback code page. */
  decodeAside(from: number, to: number): string {
    if (this.width === 2) return this.decode(from, to);
    const part = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, to - from);
    return isUtf8(part) ? part.toString('utf8') : codePage(this.#fallbackName)(part);
  }

  /** The text of the first lines of an input, each decoded by itself: header and rows can differ in their encoding. */
  decodeLines(units: Units, from: number, to: number): string {
    if (this.width === 2) return this.decode(from, to);
    const lineFeed = this.mark('\n');
    let text = '';
    for (let at = from; at < to; ) {
      const found = units.subarray(at, to).indexOf(lineFeed);
      const next = found < 0 ? to : at + found + 1;
      text += this.decodeAside(at, next);
      at = next;
    }
    return text;
  }

  /** Index behind so many line ends, each of CR, LF or CRLF. */
  skipLines(units: Units, from: number, to: number, count: number): number {
    const cr = this.mark('\r');
    const lf = this.mark('\n');
    let at = from;
    for (let line = 0; line < count; line++) {
      while (at < to && units[at] !== cr && units[at] !== lf) at += 1;
      if (units[at] === cr && units[at + 1] === lf) at += 1;
      at += 1;
    }
    return Math.min(at, to);
  }

  /** Index behind a byte order mark at `at`, if one is there (appended exports have them inside); -1 when more units are needed to tell. */
  skipByteOrderMark(units: Units, at: number, end: number, isLast: boolean): number {
    if (this.width === 2) return this.code(units[at]!) === 0xfeff ? at + 1 : at;
    if (units[at] !== 0xef) return at;
    if (end - at < 3) return isLast ? at : -1;
    return units[at + 1] === 0xbb && units[at + 2] === 0xbf ? at + 3 : at;
  }

  /** Events that were read in the fallback code page. */
  get fallbackEvents(): number {
    return this.#eventText.fallbackEvents;
  }

  get fallbackName(): string {
    return this.#fallbackName;
  }

  /** The encoding for the report: the code page as soon as one event needed it. */
  encodingWith(fallbackEvents: number): string {
    if (this.width === 2) return this.#isBigEndian ? 'utf-16be' : 'utf-16le';
    return fallbackEvents === 0 ? 'utf-8' : this.#fallbackName;
  }
}

/** How many bytes tell 8-bit text from UTF-16. */
export const UNIT_BYTES = 512;

/** Tells the unit by byte order mark, by what the user said, then by the pattern of NUL bytes; 8-bit text holds next to none. */
export function unitOf(head: Uint8Array, encoding: string | undefined): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (encoding !== undefined && /^(utf-?16(le)?|ucs-?2)$/i.test(encoding)) return 'utf-16le';
  if (encoding !== undefined && /^utf-?16be$/i.test(encoding)) return 'utf-16be';
  let even = 0;
  let odd = 0;
  const counted = Math.min(head.length, UNIT_BYTES);
  for (let at = 0; at < counted; at++) {
    if (head[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (isTextWithNuls(head.subarray(0, counted), even + odd)) return 'utf-8';
  // A header in Chinese has few NULs: those of delimiters, digits and line ends, and only on one side.
  if (odd > 0 && even === 0) return 'utf-16le';
  if (even > 0 && odd === 0) return 'utf-16be';
  if (odd > 16 * even) return 'utf-16le';
  if (even > 16 * odd) return 'utf-16be';
  return 'utf-8';
}
