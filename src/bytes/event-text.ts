import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/**
 * Decodes the text of one event at a time. An 8-bit export can change its encoding from event to event (appended runs,
 * OEM bytes among UTF-8), so the choice is made anew for each: valid UTF-8, else the fallback code page, counted.
 *
 * iconv-lite and not TextDecoder for code pages: Node 20.20's TextDecoder is wrong for windows-1252 0x80-0x9F
 * (nodejs/node#56542) and no Node has cp850 or cp437.
 */
export class EventText {
  /** Events that were no valid UTF-8 and were read in the fallback code page. */
  fallbackEvents = 0;
  readonly #fallback: string;
  #isUtf8 = true;

  /** @param fallback any name iconv-lite knows, such as `windows-1252` or `cp850`. */
  constructor(fallback = 'windows-1252') {
    this.#fallback = fallback;
  }

  /** Decides the encoding of the event in `bytes[from, to)`; call it before `decode` is called for its parts. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#isUtf8 = isUtf8(bytes.subarray(from, to));
    if (!this.#isUtf8) this.fallbackEvents += 1;
  }

  /** The text of a part of the event. */
  decode(bytes: Uint8Array, from: number, to: number): string {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    return this.#isUtf8 ? part.toString('utf8') : iconv.decode(part, this.#fallback, { stripBOM: false });
  }
}

/** The text of UTF-16LE code units; lone surrogates stay as they are. `from` need not be even. */
export function decodeUtf16le(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf16le');
}

/** True when evpair can decode the named encoding. */
export function isKnownEncoding(name: string): boolean {
  return iconv.encodingExists(name);
}
