import { isUtf8 } from 'node:buffer';
import { type CodePageDecoder, codePage } from './code-pages.js';

/**
 * Decodes the text of one event at a time. An 8-bit export can change its encoding from event to event (appended runs,
 * OEM bytes among UTF-8), so the choice is made anew for each: valid UTF-8, else the fallback code page, counted.
 */
export class EventText {
  /** Events that were no valid UTF-8 and were read in the fallback code page. */
  fallbackEvents = 0;
  readonly #fallback: CodePageDecoder;
  #isUtf8 = true;

  /**
   * @param fallback a code page that is loaded; default windows-1252.
   * @throws EvpairError `ERR_USAGE` when it is not loaded (see `loadCodePage`).
   */
  constructor(fallback = 'windows-1252') {
    this.#fallback = codePage(/^utf-?8$/i.test(fallback) ? 'windows-1252' : fallback);
  }

  /** Decides the encoding of the event in `bytes[from, to)`; call it before `decode` is called for its parts. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#isUtf8 = isUtf8(bytes.subarray(from, to));
    if (!this.#isUtf8) this.fallbackEvents += 1;
  }

  /** The text of a part of the event. */
  decode(bytes: Uint8Array, from: number, to: number): string {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    return this.#isUtf8 ? part.toString('utf8') : this.#fallback(part);
  }
}

/** The text of UTF-16LE code units; lone surrogates stay as they are. `from` need not be even. */
export function decodeUtf16le(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf16le');
}
