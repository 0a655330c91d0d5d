import type { Instant } from '../../model/index.js';
import { nonEmpty, recordIdOf } from '../clixml/xml-event.js';
import type { DialectContext } from './dialect.js';
import type { JsonDocument } from './json-document.js';
import { firstOf, scalarText } from './json-insertions.js';
import { parseJsonTime } from './json-time.js';
import { K } from './key-table.js';

/** The text of a field of the opened object; undefined when absent, null or empty. */
export function fieldText(doc: JsonDocument, ...keys: readonly number[]): string | undefined {
  for (const key of keys) {
    const node = doc.field(key);
    if (node < 0 || doc.isObject(node) || doc.isArray(node)) continue;
    const text = doc.text(node);
    if (text !== '') return text;
  }
  return undefined;
}

/** As `fieldText`, of any object. */
export function memberText(doc: JsonDocument, object: number, ...keys: readonly number[]): string | undefined {
  const node = firstOf(doc, object, keys);
  return node < 0 ? undefined : nonEmpty(scalarText(doc, node));
}

/** An event identifier: the low 16 bits, and the high ones as qualifiers where the export gives all 32. */
export function splitEventId(
  text: string | undefined,
): { readonly eventId: number; readonly qualifiers: number | undefined } | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d{1,10}(\.0*)?$/.test(trimmed)) return undefined;
  const whole = Number(trimmed);
  if (whole > 0xffff_ffff || whole < -0x8000_0000) return undefined;
  const high = (whole >>> 16) & 0xffff;
  return { eventId: whole & 0xffff, qualifiers: high === 0 ? undefined : high };
}

const LEVELS: ReadonlyMap<string, number> = new Map([
  ...(['logalways', 'critical', 'error', 'warning', 'information', 'verbose'].map((word, level) => [word, level]) as [
    string,
    number,
  ][]),
  ['info', 4],
  ['informational', 4],
  ['warn', 3],
]);

/** A level as a number or an English word. */
export function levelOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (/^\d{1,3}$/.test(trimmed)) return Number(trimmed) <= 255 ? Number(trimmed) : undefined;
  return LEVELS.get(trimmed.toLowerCase());
}

export function recordIdField(doc: JsonDocument, ...keys: readonly number[]): string | undefined {
  return recordIdOf(fieldText(doc, ...keys));
}

/** A time whose producer writes UTC where it writes no zone. */
export function utcTime(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : parseJsonTime(text, true);
}

/** A time that is local where it has no zone. */
export function localTime(text: string | undefined, context: DialectContext): Instant | undefined {
  if (text === undefined) return undefined;
  const time = parseJsonTime(text, false);
  if (time !== undefined) return time;
  const local = context.localTime(text);
  if (local?.basis === 'assumed') context.note('local-time');
  return local;
}

/** PowerShell writes a date that carries its own members as `{"value":"\/Date(…)\/","DisplayHint":2,"DateTime":"…"}`. */
export function powershellTime(doc: JsonDocument, node: number, context: DialectContext): Instant | undefined {
  if (node < 0) return undefined;
  return localTime(doc.isObject(node) ? memberText(doc, node, K.value, K.DateTime) : doc.text(node), context);
}
