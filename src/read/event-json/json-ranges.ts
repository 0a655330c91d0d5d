import type { ByteWindow } from '../../bytes/byte-window.js';
import type { RangeForm, ReadRange } from '../format-reader.js';

/** Lines of UTF-8 alone are read in ranges: amid them nothing hangs on what came before. A range begins after a line feed. */
export const jsonRanges: RangeForm = {
  isClosed: false,
  unitsOf({ bytes, encoding, text }, options) {
    if (encoding !== 'utf-8' || bytes[0] === 0 || bytes[1] === 0) return undefined;
    if (options.dateOrder !== undefined) return undefined;
    if (options.encoding !== undefined && /^(utf-?16|ucs)/i.test(options.encoding)) return undefined;
    return /^(Record \d+)?\s*\{[^\n]*\}[ \t\r]*\n/.test(text) ? 'utf-8' : undefined;
  },
  startIn(bytes, from) {
    const at = from === 0 ? 0 : bytes.indexOf(0x0a, from - 1) + 1;
    return (from > 0 && at === 0) || at >= bytes.length ? -1 : at;
  },
};

/** What the framer is told of a range. */
export function rangeOf(range: ReadRange | undefined, window: ByteWindow) {
  if (range === undefined) return undefined;
  return { stopAt: range.stopAt, lineAt: range.units === undefined ? undefined : window.offsetOf(window.start) };
}
