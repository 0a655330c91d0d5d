import { EvpairError } from '../../model/index.js';
import { type CsvLayout, readEventId } from '../csv/csv-form.js';
import { readAnyValues } from './cell-values.js';
import type { Cells } from './dialects.js';
import { foldHeader, toolLayout } from './tool-layout.js';

/** Which column of a CSV holds what, as the user says it. */
export interface ColumnMap {
  /** Header names by field; a name that is no header but a number counts columns from 1. */
  readonly fields: Readonly<Partial<Record<ColumnField, string>>>;
  /** Header names of `%1`, `%2` and so on; `[0]` is `%1`, empty where none was given. */
  readonly placeholders: readonly string[];
}

type ColumnField = (typeof COLUMN_FIELDS)[number];

const COLUMN_FIELDS = [
  'provider',
  'event_id',
  'time',
  'computer',
  'channel',
  'level',
  'record_id',
  'message',
  'insertions',
] as const;

/** More than any event has. */
const MAX_PLACEHOLDERS = 255;

/**
 * Reads the value of `--columns`: pairs of `field=Header` apart by commas, such as
 * `provider=Source,event_id=ID,time=When,%1=From,%2=To`. A header that holds a comma stands in double quotes; one that
 * is a number means that column, counted from 1.
 * @throws EvpairError `ERR_USAGE` when it cannot be meant: an unknown field, a field twice, no event ID.
 */
export function parseColumns(text: string): ColumnMap {
  const fields: Partial<Record<ColumnField, string>> = {};
  const placeholders: string[] = [];
  for (const pair of splitPairs(text)) {
    const equals = pair.indexOf('=');
    const field = pair.slice(0, Math.max(equals, 0)).trim();
    const header = unquote(pair.slice(equals + 1).trim());
    if (equals < 0 || header === '') throw usage(`--columns: ${JSON.stringify(pair)} is no field=Header`);
    const number = /^%([1-9]\d{0,2})$/.exec(field)?.[1];
    if (number !== undefined && Number(number) <= MAX_PLACEHOLDERS) {
      while (placeholders.length < Number(number)) placeholders.push('');
      if (placeholders[Number(number) - 1] !== '') throw usage(`--columns: ${field} stands twice`);
      placeholders[Number(number) - 1] = header;
      continue;
    }
    const known = COLUMN_FIELDS.find(each => each === field);
    if (known === undefined) throw usage(`--columns: no field is named ${JSON.stringify(field)}`);
    if (fields[known] !== undefined) throw usage(`--columns: ${known} stands twice`);
    fields[known] = header;
  }
  if (fields.event_id === undefined) throw usage('--columns: event_id is missing');
  return { fields, placeholders };
}

/**
 * The layout that the user means. Columns that are all given by number may stand in a file without a header: its first
 * row then holds an event ID.
 * @returns undefined when a column that is named is not there.
 */
export function mappedLayout({ fields, placeholders }: ColumnMap, first: readonly string[]): CsvLayout | undefined {
  const folded = first.map(foldHeader);
  const place = (name: string | undefined): number => {
    if (name === undefined || name === '') return -1;
    const found = folded.indexOf(foldHeader(name));
    return found < 0 && /^[1-9]\d{0,2}$/.test(name) ? Number(name) - 1 : found;
  };
  const names = [...Object.values(fields), ...placeholders].filter(name => name !== '');
  if (names.some(name => place(name) < 0)) return undefined;
  const list = place(fields.insertions);
  const values = placeholders.map(place);
  const columns = {
    provider: place(fields.provider),
    eventId: place(fields.event_id),
    time: place(fields.time),
    computer: place(fields.computer),
    channel: place(fields.channel),
    recordId: place(fields.record_id),
    level: place(fields.level),
    qualifiers: -1,
    message: place(fields.message),
  };
  const isHeaderless = readEventId(first[columns.eventId] ?? '') !== undefined;
  const meaning = {
    timesAreUtc: false,
    ...(values.length > 0
      ? { values: (cells: Cells) => ({ insertions: values.map(at => cells(at)) }) }
      : list < 0
        ? {}
        : { values: (cells: Cells) => readAnyValues(cells(list)) }),
  };
  const fewest = Math.max(first.length, ...names.map(name => place(name) + 1));
  return toolLayout(meaning, columns, isHeaderless ? [] : first, fewest);
}

function splitPairs(text: string): string[] {
  const pairs: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (at < text.length && (isQuoted || text[at] !== ',')) continue;
    pairs.push(text.slice(from, at));
    from = at + 1;
  }
  return pairs;
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}

function usage(message: string): EvpairError {
  return new EvpairError('ERR_USAGE', `${message}.`, {
    hint: `Fields are ${COLUMN_FIELDS.join(', ')} and %1 to %${MAX_PLACEHOLDERS}, as in provider=Source,event_id=ID.`,
  });
}
