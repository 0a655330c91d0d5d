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
      this.#wide.take(window);
      this.units = this.#wide.units;
      this.start = this.#wide.start;
      this.end = this.#wide.end;
      this.base = this.#wide.origin;
    }
    return true;
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

  /** The bytes of `[from, to)` as they stood in the input. */
  bytesOf(from: number, to: number): Uint8Array {
    return this.#wide === undefined ? new Uint8Array(this.units.subarray(from, to)) : this.#wide.bytesOf(from, to);
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
