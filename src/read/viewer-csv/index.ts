import { readLocalText } from '../../time/local-text.js';
import { type CsvForm, type CsvLayout, type Row, type RowEvent, readEventId } from '../csv/csv-form.js';
import { CsvReader, type CsvReaderOptions } from '../csv/csv-reader.js';
import { beginsWithDate, skipField } from '../csv/line-head.js';
import { type SniffedCsv, sniffCsv } from '../csv/sniff.js';
import type { FormatReader } from '../format-reader.js';
import type { Head } from '../head.js';
import { fold, levelNumber, skeleton, VIEWER_LANGUAGES, type ViewerLanguage } from './languages.js';

/**
 * Reads what Event Viewer saves as CSV or as text (tabs, the message in quotes), in any language of its interface.
 *
 * The first column is the level or, in the Security log, the keywords; the message comes last and has no header. There
 * is no record ID and no zone; a computer or log only where the user added the column. A header in a language that is not
 * known is taken for the five columns when the row below it fits them. Windows 2000 and 2003 wrote no header: Date,
 * Time, Source, Type, Category, Event, User, Computer, Description.
 */
export function createViewerCsvReader(options: CsvReaderOptions): FormatReader {
  return new CsvReader(VIEWER_FORM, options);
}

/** How sure the head makes it that Event Viewer wrote the file as CSV or text, 0 to 1. */
export function detectViewerCsv(head: Head): number {
  if (head.encoding === 'binary') return 0;
  const sniffed = sniffCsv(head.text);
  if (sniffed === undefined) return 0;
  if (languageOf(sniffed.first, fold) !== undefined) return 0.95;
  // A date and an event ID where they belong are a surer mark than event XML inside a message.
  return layoutOf(sniffed) === undefined ? 0 : 0.92;
}

const VIEWER_FORM: CsvForm = {
  name: 'viewer-csv',
  layout: layoutOf,
  whyNot: sniffed =>
    sniffed === undefined
      ? 'the input does not begin with a line of delimited fields'
      : `the first of ${sniffed.first.length} headers is not the level or keywords column of Event Viewer in any language that is known; name the columns with --columns`,
};

function layoutOf(sniffed: SniffedCsv): CsvLayout | undefined {
  // A wrong code page leaves the ASCII letters of a header; that is enough to tell the language.
  const language = languageOf(sniffed.first, fold) ?? languageOf(sniffed.first, skeleton);
  if (language !== undefined) return namedLayout(sniffed.first, language);
  if (sniffed.second !== undefined && isUnknownHeader(sniffed.first) && isViewerRow(sniffed.second)) {
    return namedLayout(sniffed.first, undefined);
  }
  return isOldRow(sniffed.first) ? OLD_LAYOUT : undefined;
}

/** The language in which the first header is the level or the keywords, and date, source and event ID are there too. */
function languageOf(headers: readonly string[], how: (word: string) => string): ViewerLanguage | undefined {
  const folded = headers.map(how);
  return VIEWER_LANGUAGES.find(language => {
    const words = [language.date, language.source, language.eventId].map(how);
    if (words.some(word => word === '')) return false;
    const isFirst = folded[0] === how(language.level) || folded[0] === how(language.keywords);
    return isFirst && words.every(word => folded.includes(word));
  });
}

/** Columns by their names; of an unknown language by their places, which are the same in all. */
function namedLayout(headers: readonly string[], language: ViewerLanguage | undefined): CsvLayout {
  let count = headers.length;
  // Spreadsheets give the sixth column an empty header.
  while (count > 0 && fold(headers[count - 1] ?? '') === '') count -= 1;
  const find = (word: string | undefined): number => {
    if (language === undefined || word === undefined) return -1;
    const exact = headers.findIndex(header => fold(header) === fold(word));
    return exact >= 0 || skeleton(word) === ''
      ? exact
      : headers.findIndex(header => skeleton(header) === skeleton(word));
  };
  const named = find(language?.description);
  const columns: ViewerColumns = {
    level: language !== undefined && isKeywords(headers[0] ?? '', language) ? -1 : 0,
    date: language === undefined ? 1 : find(language.date),
    time: -1,
    source: language === undefined ? 2 : find(language.source),
    eventId: language === undefined ? 3 : find(language.eventId),
    log: find(language?.log),
    computer: find(language?.computer),
    message: named >= 0 ? named : count,
    isMessageLast: named < 0 || named === count - 1,
  };
  return {
    hasHeader: true,
    ...(language === undefined ? {} : { culture: language.tag }),
    ...layoutWith(columns, named >= 0 ? count : count + 1, language?.tag),
    startsRow(units, at, end, text) {
      const dateAt = skipField(units, at, end, text);
      return dateAt >= 0 && beginsWithDate(units, dateAt, end, text);
    },
  };
}

function isKeywords(header: string, language: ViewerLanguage): boolean {
  const isLevel = fold(header) === fold(language.level);
  return !isLevel && (fold(header) === fold(language.keywords) || skeleton(header) === skeleton(language.keywords));
}

interface ViewerColumns {
  readonly level: number;
  readonly date: number;
  /** A column of its own for the time of day; -1 when it stands with the date. */
  readonly time: number;
  readonly source: number;
  readonly eventId: number;
  readonly log: number;
  readonly computer: number;
  readonly message: number;
  /** Then it may go on to the row's end, should some tool have left out the quotes. */
  readonly isMessageLast: boolean;
}

function layoutWith(columns: ViewerColumns, fields: number, culture: string | undefined) {
  return {
    source: columns.source,
    eventId: columns.eventId,
    localDate: columns.date,
    soleTime: columns.time < 0 ? columns.date : -1,
    fields,
    hasComputer: columns.computer >= 0,
    read: (row: Row): RowEvent | string => readRow(row, columns, culture),
  };
}

function readRow(row: Row, columns: ViewerColumns, culture: string | undefined): RowEvent | string {
  const id = readEventId(row.text(columns.eventId));
  if (id === undefined) return `column ${columns.eventId + 1} holds no event ID`;
  const date = row.text(columns.date);
  const level = columns.level < 0 ? undefined : levelNumber(row.text(columns.level));
  const log = row.text(columns.log);
  const computer = row.text(columns.computer);
  return {
    provider: row.text(columns.source),
    ...id,
    ...(log === '' ? {} : { channel: log }),
    ...(computer === '' ? {} : { computer }),
    ...(level === undefined ? {} : { level }),
    time: columns.time < 0 ? date : `${date} ${row.text(columns.time)}`,
    message: columns.isMessageLast ? row.lastText(columns.message) : row.text(columns.message),
    ...(culture === undefined ? {} : { culture }),
  };
}

/** Five short names without digits, none of them a date. */
function isUnknownHeader(first: readonly string[]): boolean {
  return first.length >= 5 && first.slice(0, 5).every(name => name.length > 0 && name.length < 60 && !/\d/.test(name));
}

function isViewerRow(row: readonly string[]): boolean {
  return row.length >= 6 && readLocalText(row[1] ?? '') !== undefined && readEventId(row[3] ?? '') !== undefined;
}

const OLD_LAYOUT: CsvLayout = {
  hasHeader: false,
  // Microsoft's documentation of the snap-in ("Save As … comma-delimited"): Date, Time, Source, Type, Category, Event, User, Computer, Description.
  ...layoutWith(
    { date: 0, time: 1, source: 2, level: 3, eventId: 5, log: -1, computer: 7, message: 8, isMessageLast: true },
    9,
    undefined,
  ),
  startsRow(units, at, end, text) {
    return beginsWithDate(units, at, end, text);
  },
};

function isOldRow(row: readonly string[]): boolean {
  return (
    row.length >= 9 && readLocalText(`${row[0]} ${row[1]}`) !== undefined && readEventId(row[5] ?? '') !== undefined
  );
}
