import type { UnitEncoding } from './unit-encoding.js';
import type { UnitWindow } from './unit-window.js';
import { endsName } from './units.js';

/** Where the text goes on, and in what units. */
export interface OtherStart {
  readonly encoding: UnitEncoding;
  readonly at: number;
}

/**
 * Looks, where an event was lost, for another one that the units at hand do not show. What lies behind it is read once more,
 * so a limit on that keeps hostile input from being read any number of times; what damage alone brings about stays far
 * below it.
 */
export class OtherStarts {
  readonly #view: UnitWindow;
  /** Absolute offset of the input's first byte; -1 before there was one. */
  #first = -1;
  /** What all that was found has cost. */
  #spent = 0;

  constructor(view: UnitWindow) {
    this.#view = view;
  }

  get hasBegun(): boolean {
    return this.#first >= 0;
  }

  /** The window has its first bytes. */
  begin(): void {
    const { window } = this.#view;
    this.#first = window.offsetOf(window.start);
  }

  /** The first start in these bytes of the window; `isReadAgain` says whether what lies behind it is. */
  find(from: number, to: number, isReadAgain: boolean): OtherStart | undefined {
    const { window, encoding } = this.#view;
    const find = () => otherStartIn(window.bytes.subarray(0, window.end), from, to, encoding);
    const found = this.#view.asStored(from, to + LONGEST_START, find);
    if (found === undefined) return undefined;
    const cost = SWITCH_COST + (isReadAgain ? to - found.at : 0);
    if (this.#spent + cost > 8 * (window.offsetOf(found.at) - this.#first) + FREE_COST) return undefined;
    this.#spent += cost;
    return found;
  }
}

/** In bytes: what going on in other units costs beside reading them, since the window is moved for it. */
const SWITCH_COST = 4096;
/** In bytes: more than one event may have, and its cost cannot be told from its place. */
const FREE_COST = 1 << 25;

/**
 * The first place in [from, to) of `bytes`, an input's as far as they are there, where another event starts that a reader
 * of `current` cannot see: a byte was lost or added, so that 16-bit units lie half a unit off; or a run in another encoding
 * was appended.
 *
 * Only what ended without its end is searched for it. The text of a sound event may hold these bytes as the characters
 * of any script, and whoever writes such a text must not get to write events.
 */
function otherStartIn(bytes: Uint8Array, from: number, to: number, current: UnitEncoding): OtherStart | undefined {
  const input = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, Math.min(bytes.length, to + LONGEST_START));
  let first: OtherStart | undefined;
  for (const { encoding, needle, isMark } of NEEDLES) {
    // Without a mark UTF-16BE and UTF-16LE half a unit on look alike: the order of the bytes stays what it was.
    if (!isMark && encoding !== 'utf-8' && encoding !== current) continue;
    if (encoding === 'utf-8' && current === 'utf-8') continue;
    const isShifted = encoding === current;
    const end = first?.at ?? to;
    const region = input.subarray(0, end + LONGEST_START);
    for (let at = region.indexOf(needle, from); at >= 0 && at < end; at = region.indexOf(needle, at + 1)) {
      if (isShifted && (at & 1) === 0) continue;
      if (!isMark && !endsNameAt(region, at + needle.length, encoding)) continue;
      first = { encoding, at };
      break;
    }
  }
  return first;
}

function endsNameAt(bytes: Uint8Array, at: number, encoding: UnitEncoding): boolean {
  if (encoding === 'utf-8') return endsName(bytes[at]);
  const low = encoding === 'utf-16le' ? at : at + 1;
  return endsName(bytes[low]) && bytes[2 * at + 1 - low] === 0;
}

const NEEDLES: readonly { readonly encoding: UnitEncoding; readonly needle: Buffer; readonly isMark: boolean }[] = [
  { encoding: 'utf-8', needle: Buffer.from('<Event'), isMark: false },
  { encoding: 'utf-8', needle: Buffer.from('\ufeff<'), isMark: true },
  { encoding: 'utf-16le', needle: Buffer.from('<Event', 'utf16le'), isMark: false },
  { encoding: 'utf-16le', needle: Buffer.from('\ufeff<', 'utf16le'), isMark: true },
  { encoding: 'utf-16be', needle: Buffer.from('<Event', 'utf16le').swap16(), isMark: false },
  { encoding: 'utf-16be', needle: Buffer.from('\ufeff<', 'utf16le').swap16(), isMark: true },
];

/** Bytes of the longest start: `<Event>` in 16-bit units. */
const LONGEST_START = 14;
