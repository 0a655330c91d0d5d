import type { RangeForm, UnitEncoding } from '../format-reader.js';
import { lookAtHead } from '../head.js';
import { DETECTION_BYTES } from './frame.js';
import { givenUnits } from './unit-encoding.js';
import { endsName } from './units.js';

/** Where ranges of an input may begin: a guess, at `<Event`; the reader of the range before knows whether it holds. */
export const xmlRanges: RangeForm = {
  isClosed: true,
  unitsOf({ bytes }, options) {
    const { encoding } = lookAtHead(bytes.subarray(0, DETECTION_BYTES));
    return givenUnits(options.encoding) ?? (encoding === 'binary' ? 'utf-8' : encoding);
  },
  startIn: eventStartIn,
};

/** The first index from `from` on where an event seems to start and is seen whole; -1 when there is none. */
export function eventStartIn(bytes: Buffer, from: number, units: UnitEncoding): number {
  const text = units === 'utf-8' ? Buffer.from('<Event') : Buffer.from('<Event', 'utf16le');
  if (units === 'utf-16be') text.swap16();
  const width = units === 'utf-8' ? 1 : 2;
  const low = units === 'utf-16be' ? 1 : 0;
  for (let at = bytes.indexOf(text, from); at >= 0; at = bytes.indexOf(text, at + 1)) {
    const next = at + text.length;
    if (next + width > bytes.length) return -1;
    if (endsName(bytes[next + low]) && (width === 1 || bytes[next + 1 - low] === 0)) return at;
  }
  return -1;
}
