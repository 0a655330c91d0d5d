import type { EventRecord, Instant } from '../../model/index.js';
import type { SniffedCsv } from './sniff.js';
import type { TextUnits, Units } from './text-units.js';

/** A form of CSV: how its first records show it, and what its rows mean. */
export interface CsvForm {
  /** The format's name in reports. */
  readonly name: string;
  /** What the columns are; undefined when these are not the first records of this form. */
  layout(sniffed: SniffedCsv): CsvLayout | undefined;
  /** One sentence without log text: why there is no layout, and what to do. */
  whyNot(sniffed: SniffedCsv | undefined): string;
}

/** What the columns of one input are. Columns count from 0; -1 stands for one that the input has not. */
export interface CsvLayout {
  /** False when the first record is an event already. */
  readonly hasHeader: boolean;
  /** The provider's column, for the prefilter. */
  readonly source: number;
  /** The event ID's column, for the prefilter. */
  readonly eventId: number;
  /** The column with the local date, for the date order; -1 when times carry their zone or are year first. */
  readonly localDate: number;
  /**
   * The column of the local time, in a form whose rows differ in it alone when they tell of the same failure again; -1
   * when other columns differ too (record IDs), or the time stands in several.
   */
  readonly soleTime: number;
  /** Fields that a whole row has at least. */
  readonly fields: number;
  /** The language of header and messages, where the header tells. */
  readonly culture?: string;
  /** True when rows name the computer that logged them. */
  readonly hasComputer: boolean;
  /** Facts about this form that its user should know, once an input. */
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
  /**
   * Whether the physical line at `units[at]` looks like the start of a row, for going on behind one that broke. Sees
   * `LINE_HEAD_UNITS` of it, unless the input ends before. `previous` is the code of the last character of the line before.
   */
  startsRow(units: Units, at: number, end: number, text: TextUnits, previous: number): boolean;
  /** True when local times in this form are UTC; the zone then comes from the export. */
  readonly timesAreUtc?: boolean;
  /** The row as an event; undefined when it tells of none; or what is wrong with it as a sentence without log text. */
  read(row: Row): RowEvent | string | undefined;
}

/** How much of a line `startsRow` may want to see. */
export const LINE_HEAD_UNITS = 256;

/** An event as a row holds it. */
export type RowEvent = Omit<EventRecord, 'type' | 'position' | 'time'> & {
  /** A time that carries its zone, or the text of a local one. */
  readonly time?: Instant | string;
  /** Counted in the report, by code. */
  readonly notes?: readonly { readonly code: string; readonly message: string }[];
};

/** One framed row. */
export interface Row {
  readonly count: number;
  /** The text of a field without its quotes; empty when the row has no such field. */
  text(field: number): string;
  /** The text of a field; when it stands without quotes, everything up to the row's end (delimiters in a message that some tool did not quote). */
  lastText(field: number): string;
}

/** Reads an event ID column: the 16 bits of the ID, and the qualifiers above them where a tool gives all 32. */
export function readEventId(text: string): { readonly eventId: number; readonly qualifiers?: number } | undefined {
  if (!/^\s*\d{1,10}\s*$/.test(text)) return undefined;
  const value = Number(text);
  if (value > 0xffff_ffff) return undefined;
  return value > 0xffff ? { eventId: value % 65_536, qualifiers: Math.floor(value / 65_536) } : { eventId: value };
}
