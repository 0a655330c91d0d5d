import type { UnitEncoding } from './unit-encoding.js';
import { endsName } from './units.js';

/** Where the text goes on, and in what units. */
export interface OtherStart {
  readonly encoding: UnitEncoding;
  readonly at: number;
}

/**
 * The first place in [from, to) of `bytes`, an input's as far as they are there, where another event starts that a reader of `current` cannot see: a
 * byte was lost or added, so that 16-bit units lie half a unit off; or a run in another encoding was appended.
 *
 * Only what ended without its end is searched for it. The text of a sound event may hold these bytes as the characters
 * of any script, and whoever writes such a text must not get to write events. */
export function otherStartIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  current: UnitEncoding,
): OtherStart | undefined {
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
export const LONGEST_START = 14;
