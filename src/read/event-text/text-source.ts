import type { ByteWindow } from '../../bytes/byte-window.js';
import { isUnicode } from '../../bytes/code-pages.js';
import { EventText } from '../../bytes/event-text.js';
import { UnitWindow } from '../event-json/unit-window.js';
import type { ReadOptions } from '../format-reader.js';

/**
 * An input of text as its code units, whatever its encoding: bytes where they are bytes, 16-bit units taken over from
 * the window where they are UTF-16. Offsets count units from the input's start.
 */
export class TextSource {
  units: Uint8Array | Uint16Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Offset of the unit at index 0. */
  base = 0;
  /** Bytes that the units lie behind their offsets, in UTF-16 that lost or gained bytes. */
  #shift = 0;
  readonly #given: string | undefined;
  readonly #text: EventText;
  #encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | undefined;
  #wide: UnitWindow | undefined;
  #window: ByteWindow | undefined;

  constructor(options: ReadOptions) {
    const { encoding } = options;
    this.#given = encoding?.toLowerCase();
    this.#text = new EventText(encoding === undefined || isUnicode(encoding) ? undefined : encoding);
  }

  get encoding(): string {
    return this.#encoding ?? 'utf-8';
  }

  /** Bytes a unit. */
  get unitBytes(): 1 | 2 {
    return this.#wide === undefined ? 1 : 2;
  }

  get isBigEndian(): boolean {
    return this.#encoding === 'utf-16be';
  }

  /** Whether half a unit stands behind the last one. */
  get hasHalf(): boolean {
    return this.#half !== undefined;
  }

  /** The byte offset of the unit at an offset. */
  byteOffset(unit: number): number {
    return unit * this.unitBytes + this.#shift;
  }

  /** Events that were read in the fallback code page. */
  get fallbackEvents(): number {
    return this.#text.fallbackEvents;
  }

  /** Takes what the window holds; false while the encoding cannot be told. */
  take(window: ByteWindow, isLast: boolean): boolean {
    this.#window = window;
    if (this.#encoding === undefined) {
      if (window.end - window.start < 4 && !isLast) return false;
      this.#encoding = this.#encodingOf(window);
      if (this.#encoding !== 'utf-8') this.#wide = new UnitWindow(this.#encoding === 'utf-16be');
    }
    if (this.#wide === undefined) {
      this.units = window.bytes;
      this.start = window.start;
      this.end = window.end;
      this.base = window.origin;
    } else {
      this.#takeWide(this.#wide, window);
    }
    return true;
  }

  /** Goes on with the second byte of the unit at `index` as the first one. */
  realign(index: number): void {
    if (this.#wide === undefined || this.#window === undefined) return;
    this.#wide.start = index;
    this.#wide.realign(index);
    this.#shift += 1;
    this.#takeWide(this.#wide, this.#window);
  }

  #takeWide(wide: UnitWindow, window: ByteWindow): void {
    wide.take(window);
    this.units = wide.units;
    this.start = wide.start;
    this.end = wide.end;
    this.base = wide.origin;
  }

  /** Everything before `index` is done with. */
  release(index: number): void {
    this.start = index;
    if (this.#wide === undefined) this.#window?.release(index);
    else this.#wide.start = index;
  }

  /** Decides the encoding of the event in `[from, to)`; call before `decode` for its parts. */
  begin(from: number, to: number): void {
    if (this.#wide === undefined) this.#text.begin(this.units as Uint8Array, from, to);
  }

  decode(from: number, to: number): string {
    if (this.#wide === undefined) return this.#text.decode(this.units as Uint8Array, from, to);
    return Buffer.from(this.units.buffer, from * 2, (to - from) * 2).toString('utf16le');
  }

  /** The text from the second byte of the unit at `from` to that of the one at `to`. */
  decodeShifted(from: number, to: number): string {
    const bytes = Buffer.from(this.bytesOf(from, to + 1)).subarray(1, -1);
    return (this.isBigEndian ? Buffer.from(bytes).swap16() : bytes).toString('utf16le').replace(/\r$/, '');
  }

  /** The bytes of `[from, to)` as they stood in the input, and behind them the first half of the next unit if that is wanted. */
  bytesOf(from: number, to: number, withHalf = false): Uint8Array {
    const wide = this.#wide;
    if (wide === undefined) return new Uint8Array(this.units.subarray(from, to));
    if (!withHalf) return wide.bytesOf(from, to);
    if (to < this.end) return wide.bytesOf(from, to + 1).slice(0, -1);
    return Uint8Array.of(...wide.bytesOf(from, to), this.#half ?? 0);
  }

  get #half(): number | undefined {
    if (this.#wide === undefined) return undefined;
    if (this.#wide.half >= 0) return this.#wide.half;
    const window = this.#window;
    return window === undefined || window.start === window.end ? undefined : window.bytes[window.start];
  }

  /** Byte order mark, else the NULs beside ASCII in the first two units. */
  #encodingOf(window: ByteWindow): 'utf-8' | 'utf-16le' | 'utf-16be' {
    if (this.#given !== undefined) {
      if (/^utf-?16-?be$/.test(this.#given)) return 'utf-16be';
      return /^(utf-?16(-?le)?|ucs-?2)$/.test(this.#given) ? 'utf-16le' : 'utf-8';
    }
    const [a = 0x20, b = 0x20, c = 0x20, d = 0x20] = window.bytes.subarray(window.start, window.end);
    if ((a === 0xff && b === 0xfe) || (b === 0 && d === 0 && a !== 0)) return 'utf-16le';
    if ((a === 0xfe && b === 0xff) || (a === 0 && c === 0 && b !== 0)) return 'utf-16be';
    return 'utf-8';
  }
}
