import type { CsvLayout } from '../csv/csv-form.js';
import { beginsWithDate, skipField } from '../csv/line-head.js';
import type { TextUnits, Units } from '../csv/text-units.js';
import type { ToolColumns } from './tool-layout.js';

/** How many columns may stand before the one that a line is known by. */
const MAX_BEFORE = 4;

/**
 * How a line shows that a row starts on it: by the time or the event ID where they stand among the first columns.
 * Where they come late (`Export-Csv` begins with the message) a line that begins with a quote must follow one that ends
 * with one, as rows do there, and another must hold a few delimiters.
 */
export function rowStart({ time, eventId }: ToolColumns, fields: number): CsvLayout['startsRow'] {
  const isByTime = time >= 0 && time <= MAX_BEFORE;
  const isById = eventId >= 0 && eventId <= MAX_BEFORE;
  return (units, at, end, text, previous) => {
    if (isByTime) return beginsWithDate(units, skipFields(units, at, end, text, time), end, text);
    if (isById) return isNumber(units, skipFields(units, at, end, text, eventId), end, text);
    if (at < end && text.code(units[at]!) === QUOTE) return previous === QUOTE;
    return skipFields(units, at, end, text, Math.min(fields - 1, 3)) < end;
  };
}

const QUOTE = 0x22;

/** Index behind so many fields; `end` when the line has not so many short ones. */
function skipFields(units: Units, from: number, end: number, text: TextUnits, count: number): number {
  let at = from;
  for (let field = 0; field < count; field++) {
    at = skipField(units, at, end, text, true);
    if (at < 0) return end;
  }
  return at;
}

/** Whether a field of up to ten digits, maybe quoted, stands at `from`. */
function isNumber(units: Units, from: number, end: number, text: TextUnits): boolean {
  const next = from < end ? skipField(units, from, end, text, true) : -1;
  if (next < 0) return false;
  let digits = 0;
  for (let at = from; at < next - 1; at++) {
    const code = text.code(units[at]!);
    if (code >= 0x30 && code <= 0x39) digits += 1;
    else if (code !== QUOTE) return false;
  }
  return digits > 0 && digits <= 10;
}
