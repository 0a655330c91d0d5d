import { parseIsoInstant } from '../../time/instant-text.js';
import { type CsvLayout, type Row, type RowEvent, readEventId } from '../csv/csv-form.js';
import { levelNumber } from '../viewer-csv/languages.js';
import type { CellValues } from './cell-values.js';
import { type Cells, DIALECTS, type Dialect, type Note } from './dialects.js';
import { rowStart } from './row-start.js';

/** Where the columns are, from 0; -1 for one that is not there. */
export interface ToolColumns {
  readonly provider: number;
  readonly eventId: number;
  readonly time: number;
  readonly computer: number;
  readonly channel: number;
  readonly recordId: number;
  readonly level: number;
  readonly qualifiers: number;
  readonly message: number;
}

/** What a layout takes of a dialect once its columns are found. */
export type Meaning = Pick<
  Dialect,
  'timesAreUtc' | 'timesAreIso' | 'hasOldLevels' | 'values' | 'isEvent' | 'refine' | 'lost'
>;

/** The dialect that the headers show. */
export function dialectOf(headers: readonly string[]): Dialect | undefined {
  const folded = new Set(headers.map(foldHeader));
  return DIALECTS.find(
    ({ marks, marksAny }) =>
      marks.every(mark => folded.has(mark)) && (marksAny === undefined || marksAny.some(mark => folded.has(mark))),
  );
}

/** A header as it is compared: lower case, without Azure's `[UTC]` behind it. */
export function foldHeader(header: string): string {
  return header
    .replace(/^\ufeff/, '')
    .replace(/\[[^[\]]*\]\s*$/, '')
    .trim()
    .toLowerCase();
}

export function namedLayout(dialect: Dialect, headers: readonly string[]): CsvLayout {
  const folded = headers.map(foldHeader);
  const column = (names: readonly string[] = []): number => {
    const found = names.find(name => folded.includes(name));
    return found === undefined ? -1 : folded.indexOf(found);
  };
  const time = column(dialect.time);
  const columns: ToolColumns = {
    provider: column(dialect.provider),
    eventId: column(dialect.eventId),
    time,
    computer: column(dialect.computer),
    channel: column(dialect.channel),
    recordId: column(dialect.recordId),
    level: column(dialect.level),
    qualifiers: column(dialect.qualifiers),
    message: column(dialect.message),
  };
  // Azure's portal names the zone behind the header: "TimeGenerated [UTC]", "TimeGenerated [Local Time]".
  const timesAreUtc = dialect.timesAreUtc && !/\[local/i.test(headers[time] ?? '');
  return toolLayout({ ...dialect, timesAreUtc }, columns, headers, headers.length);
}

export function toolLayout(
  meaning: Meaning,
  columns: ToolColumns,
  headers: readonly string[],
  fields: number,
): CsvLayout {
  // Of repeated headers the first counts.
  const places = new Map(headers.map((header, at) => [foldHeader(header), at] as const).reverse());
  return {
    hasHeader: headers.length > 0,
    source: columns.provider,
    eventId: columns.eventId,
    localDate: meaning.timesAreIso === true ? -1 : columns.time,
    soleTime: -1,
    fields,
    hasComputer: columns.computer >= 0,
    timesAreUtc: meaning.timesAreUtc,
    ...(meaning.lost === undefined ? {} : { warnings: [meaning.lost] }),
    startsRow: rowStart(columns, fields),
    read(row) {
      return readRow(row, meaning, columns, column =>
        row.text(typeof column === 'number' ? column : (places.get(column) ?? -1)),
      );
    },
  };
}

function readRow(row: Row, meaning: Meaning, columns: ToolColumns, cells: Cells): RowEvent | string | undefined {
  if (meaning.isEvent?.(cells) === false) return undefined;
  const id = readEventId(row.text(columns.eventId).replace(/\.0$/, ''));
  if (id === undefined) return `column ${columns.eventId + 1} holds no event ID`;
  const values = meaning.values?.(cells);
  const message = row.text(columns.message);
  const channel = row.text(columns.channel);
  const computer = row.text(columns.computer);
  const recordId = /^\s*0*(\d{1,20})\s*$/.exec(row.text(columns.recordId))?.[1];
  const level = readLevel(row.text(columns.level), meaning.hasOldLevels === true);
  const qualifiers = readEventId(row.text(columns.qualifiers))?.eventId;
  const event = {
    provider: row.text(columns.provider),
    ...id,
    ...(channel === '' ? {} : { channel }),
    ...(computer === '' ? {} : { computer }),
    ...(recordId === undefined ? {} : { recordId }),
    ...(level === undefined ? {} : { level }),
    ...(qualifiers === undefined ? {} : { qualifiers }),
    ...(values === undefined ? {} : { insertions: values.insertions }),
    ...(values?.names === undefined ? {} : { names: values.names }),
    ...(message === '' ? {} : { message }),
  };
  const refined = meaning.refine === undefined ? event : meaning.refine(event, cells);
  const notes = notesOf(values, message);
  const time = timeOf(row.text(columns.time), meaning.timesAreUtc);
  return { ...refined, ...(time === undefined ? {} : { time }), ...(notes.length === 0 ? {} : { notes }) };
}

/** A time that carries its zone, or whose form is known to mean UTC, is an instant; the text of another is read in the zone of the input. */
function timeOf(text: string, isUtc: boolean): RowEvent['time'] {
  if (text === '') return undefined;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)\s*$/i.test(text);
  return (hasZone || isUtc ? parseIsoInstant(text.trim()) : undefined) ?? text;
}

/** Event types of the old API: error, warning, information, and the two of audit, which the new API logs at level 0. */
const OLD_LEVELS: Readonly<Record<string, number>> = { 1: 2, 2: 3, 4: 4, 8: 0, 16: 0 };

const LEVEL_WORDS: ReadonlyMap<string, number> = new Map([
  ['logalways', 0],
  ['info', 4],
  ['successaudit', 0],
  ['failureaudit', 0],
  ['success audit', 0],
  ['failure audit', 0],
]);

function readLevel(text: string, isOld: boolean): number | undefined {
  const word = text.trim().toLowerCase();
  if (/^\d{1,3}$/.test(word)) return isOld ? OLD_LEVELS[word] : Number(word);
  // Log Parser writes "Error event".
  const short = word.replace(/ event$/, '');
  return LEVEL_WORDS.get(short) ?? levelNumber(short);
}

function notesOf(values: CellValues | undefined, message: string): Note[] {
  const notes: Note[] = [];
  if (values?.isJoined === true) notes.push(VALUES_JOINED);
  if (/\?{4}/.test(message)) notes.push(TEXT_DESTROYED);
  return notes;
}

const VALUES_JOINED: Note = {
  code: 'values-joined',
  message:
    'the tool joined the insertion strings to one text; they are parted at each separator, which a value may hold too',
};

/** Windows PowerShell's Export-Csv writes ASCII by default: text of other scripts is gone, and nothing brings it back. */
const TEXT_DESTROYED: Note = {
  code: 'text-destroyed',
  message:
    'messages hold rows of question marks where an encoding lost the characters; export again with -Encoding UTF8',
};
