import type { ByteWindow } from '../../bytes/byte-window.js';
import { SCAN_WANTED, SCAN_WANTED_END, WasmMemory } from '../../bytes/window-memory.js';

/** Searches `view` from an index on; -1 where there is nothing. All ways to search give the same answers. */
export interface TextSearch {
  /** The next place of the text with that number. */
  find(view: Buffer, which: number, from: number): number;
  /** The next place of `u00` or `&#`, with which JSON, or XML in it, can write a character in another way. */
  findWritten(view: Buffer, from: number): number;
}

/** By `Buffer.indexOf`. */
export function plainSearch(texts: readonly Buffer[]): TextSearch {
  // Each is looked for once a view, not again for each place of the other.
  let searched: Buffer | undefined;
  let escaped = -1;
  let reference = -1;
  const next = (view: Buffer, text: Buffer, from: number) => {
    const found = view.indexOf(text, from);
    return found < 0 ? view.length : found;
  };
  return {
    find: (view, which, from) => view.indexOf(texts[which]!, from),
    findWritten(view, from) {
      const isNew = view !== searched;
      searched = view;
      if (isNew || escaped < from) escaped = next(view, ESCAPE, from);
      if (isNew || reference < from) reference = next(view, REFERENCE, from);
      const found = Math.min(escaped, reference);
      return found < view.length ? found : -1;
    },
  };
}

const ESCAPE = Buffer.from('u00');
const REFERENCE = Buffer.from('&#');

/** By SIMD, over the memory that the window stands on; undefined where that is none of WebAssembly, or has no room. */
export function simdSearch(window: ByteWindow, texts: readonly Buffer[]): TextSearch | undefined {
  const { memory } = window;
  if (!(memory instanceof WasmMemory)) return undefined;
  const { text8, written8 } = memory.scan;
  let room = SCAN_WANTED;
  const places: { readonly at: number; readonly length: number; readonly one: number; readonly other: number }[] = [];
  for (const text of texts) {
    if (room + text.length > SCAN_WANTED_END) return undefined;
    window.bytes.set(text, room);
    places.push({ at: room, length: text.length, ...rarest(text) });
    room += text.length;
  }
  return {
    find(view, which, from) {
      const { at, length, one, other } = places[which]!;
      const found = text8(from, view.length, at, length, one, other);
      return found < view.length ? found : -1;
    },
    findWritten(view, from) {
      const found = written8(from, view.length);
      return found < view.length ? found : -1;
    },
  };
}

/** Where the two bytes stand that a log holds least often: capitals and signs before small letters, never a blank or `e`. */
function rarest(text: Buffer): { readonly one: number; readonly other: number } {
  const byRarity = [...text.keys()].sort((a, b) => commonness(text[a]!) - commonness(text[b]!) || a - b);
  return { one: byRarity[0]!, other: byRarity[1] ?? byRarity[0]! };
}

function commonness(byte: number): number {
  const rank = COMMON.indexOf(String.fromCharCode(byte));
  return rank < 0 ? 0 : COMMON.length - rank;
}

/** From what JSON of events is full of to what it has little of. */
const COMMON = ' "etaionrsclmdpu:,0.-/SEDTNICPA12345hgbfvykwx6789MOLRUW';
