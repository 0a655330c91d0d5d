import type { JsonUnits } from './json-tokens.js';

// What stands between events and tells nothing: blanks, and the lines that evtx_dump counts its events with.

/** Blanks, carriage returns, and the byte order marks that appended exports leave in the middle. */
export function isSpace(unit: number): boolean {
  return (
    unit === 0x20 ||
    unit === 0x0d ||
    unit === 0x09 ||
    unit === 0x0a ||
    unit === 0xef ||
    unit === 0xbb ||
    unit === 0xbf ||
    unit === 0xfeff
  );
}

/** The index past the last unit of [from, to) that is no blank. */
export function trimmedEnd(units: JsonUnits, from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(units[end - 1]!)) end -= 1;
  return end;
}

/** evtx_dump writes `Record 12` on a line of its own before each event. */
export function isRecordLine(units: JsonUnits, from: number, to: number): boolean {
  if (units[from] !== 0x52 || to - from < 8 || to - from > RECORD_LINE_LENGTH - 8) return false;
  for (let at = 0; at < 7; at++) if (units[from + at] !== 'Record '.charCodeAt(at)) return false;
  for (let at = from + 7; at < to; at++) if (units[at]! < 0x30 || units[at]! > 0x39) return false;
  return true;
}

/** No such line is longer, blanks included. */
export const RECORD_LINE_LENGTH = 40;
