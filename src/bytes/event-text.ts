import { isUtf8 } from 'node:buffer';
import { AsciiTexts, type SlicedBuffer } from './ascii-texts.js';
import type { GrowableMemory } from './byte-window.js';
import { type CodePageDecoder, codePage } from './code-pages.js';
import { KeptTexts } from './kept-texts.js';

/**
 * Decodes the text of one event at a time. An 8-bit export can change its encoding from event to event (appended runs,
 * OEM bytes among UTF-8), so the choice is made anew for each: valid UTF-8, else the fallback code page, counted.
 */
export class EventText {
  /** Events that were no valid UTF-8 and were read in the fallback code page. */
  fallbackEvents = 0;
  readonly #fallback: CodePageDecoder;
  readonly #short = AsciiTexts.shared();
  readonly #long: KeptTexts | undefined;
  #isUtf8 = true;
  #bytes: Uint8Array | undefined;
  #view: Buffer = Buffer.alloc(0);

  /**
   * @param fallback a code page that is loaded; default windows-1252.
   * @param memory what the bytes to decode lie in, where that is known.
   * @throws EvpairError `ERR_USAGE` when it is not loaded (see `loadCodePage`).
   */
  constructor(fallback = 'windows-1252', memory?: GrowableMemory) {
    this.#long = memory === undefined ? undefined : KeptTexts.of(memory);
    this.#fallback = codePage(/^utf-?8$/i.test(fallback) ? 'windows-1252' : fallback);
  }

  /** Decides the encoding of the event in `bytes[from, to)`; call it before `decode` is called for its parts. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#isUtf8 = isUtf8(this.#viewOf(bytes).subarray(from, to));
    if (!this.#isUtf8) this.fallbackEvents += 1;
  }

  /** The text of a part of the event. */
  decode(bytes: Uint8Array, from: number, to: number): string {
    const view = this.#viewOf(bytes);
    if (!this.#isUtf8) return this.#fallback(view.subarray(from, to));
    const short = this.#short.shortText(view, from, to);
    if (short !== undefined) return short;
    return this.#long === undefined ? (view as SlicedBuffer).utf8Slice(from, to) : this.#long.text(view, from, to);
  }

  /** A view over all the bytes: one for each part costs more than decoding a short one. */
  #viewOf(bytes: Uint8Array): Buffer {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}

/** The text of UTF-16LE code units; lone surrogates stay as they are. `from` need not be even. */
export function decodeUtf16le(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf16le');
}
