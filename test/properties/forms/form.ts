import type { EventRecord, Instant } from '../../../src/index.js';
import type { RunOptions } from '../run-evpair.js';
import type { FormEvent } from './form-events.js';

/**
 * What a form keeps of an event's values. `numbered`: all, as `param1`, `param2` …; `gaps`: likewise, but empty ones are
 * left out, so that those at the end are unknown. `by name`: without their order; `filled by name`: the empty ones left
 * out too. `message`: none, they must be read from the message. Joined: parted again wherever the separator stands, which
 * a value may hold too. Columns: as many as there are columns, be they empty.
 */
export type ValuesHeld =
  | 'all'
  | 'numbered'
  | 'gaps'
  | 'by name'
  | 'filled by name'
  | 'message'
  | { readonly joinedBy: string; readonly isNoneWhenEmpty?: true }
  | { readonly columns: number };

/** What a form of export holds of an event: the one table that law 7 and the README take their facts from. */
export interface Holds {
  /** The values of providers that name none, as Exchange does. */
  readonly unnamed: ValuesHeld;
  /** The values of providers that name theirs. */
  readonly named: ValuesHeld;
  readonly names: boolean;
  /** `one line`: its line breaks are spaces; `trimmed`: without white space at its end. */
  readonly message: 'whole' | 'one line' | 'trimmed' | 'no';
  readonly computer: boolean;
  readonly channel: boolean;
  readonly recordId: boolean;
  readonly level: boolean;
  readonly qualifiers: boolean;
  /** Digits of the second's fraction; `float` is seconds since 1970 as a 64-bit floating-point number. */
  readonly fraction: 0 | 3 | 6 | 7 | 9 | 'float';
  /** How many digits are written where `fraction` is 0, all of them 0. */
  readonly zeros?: 3;
  /** Whether times name their zone, or are UTC by the form's rule. */
  readonly zone: boolean;
  /** Whether CR LF stays CR LF in values; XML readers make it LF. */
  readonly lineBreaks: 'kept' | 'lf';
}

export interface Form {
  readonly name: string;
  /** The name for `--format`. */
  readonly format: string;
  readonly holds: Holds;
  write(events: readonly FormEvent[], variant: number): Uint8Array;
  /** Languages or framings, by their numbers for `write`. Default: one. */
  readonly variants?: readonly string[];
  readonly variesBy?: 'language' | 'framing';
  /** What a user has to tell about such an export. */
  readonly options?: RunOptions;
  /** How often each event stands in the export. Default: once. */
  readonly copies?: number;
  /** The codes of the warnings by which evpair says what the form has lost. */
  readonly tells?: readonly string[];
}

/** What the kind of an event's values makes of them. */
export function heldOf(event: FormEvent, holds: Holds): ValuesHeld {
  return event.names === undefined ? holds.unnamed : holds.named;
}

/** The event's values as far as the form keeps them where they are. */
export function keptValues(event: FormEvent, holds: Holds): Pick<EventRecord, 'insertions' | 'names' | 'isUnordered'> {
  const held = heldOf(event, holds);
  const values = event.insertions.map(value => (holds.lineBreaks === 'lf' ? value.replaceAll('\r\n', '\n') : value));
  if (held === 'message') return {};
  if (typeof held === 'object') {
    if ('columns' in held) return { insertions: Array.from({ length: held.columns }, (_, at) => values[at] ?? '') };
    const joined = values.join(held.joinedBy);
    const isNone = values.length === 0 || (joined === '' && held.isNoneWhenEmpty === true);
    return { insertions: isNone ? [] : joined.split(held.joinedBy) };
  }
  if (held === 'gaps') while (values.at(-1) === '') values.pop();
  if (held === 'gaps' || held === 'numbered') {
    return values.length === 0
      ? { insertions: [] }
      : { insertions: values, names: values.map((_, at) => `param${at + 1}`) };
  }
  if (event.names === undefined || !holds.names) return { insertions: values };
  if (held === 'all') return { insertions: values, names: event.names };
  const kept = values.map((_, at) => at).filter(at => held === 'by name' || values[at] !== '');
  if (kept.length === 0) return held === 'by name' ? {} : { insertions: [] };
  return { insertions: kept.map(at => values[at]!), names: kept.map(at => event.names![at]!), isUnordered: true };
}

/** The time to the digits that the form holds. */
export function keptTime(event: FormEvent, { fraction, zone, zeros }: Holds): Instant {
  const basis = zone ? 'export' : 'given';
  if (fraction === 'float') {
    const [seconds = '', digits = ''] = epochFloat(event).split('.');
    const nanos = Number(digits.padEnd(9, '0'));
    return {
      epochMs: Number(seconds) * 1000 + Math.floor(nanos / 1e6),
      nanos: nanos % 1e6,
      digits: digits.length,
      basis,
    };
  }
  const second = Math.floor(event.ms / 1000) * 1000;
  const nanos = Number(fractionText(event, fraction).padEnd(9, '0'));
  return {
    epochMs: second + Math.floor(nanos / 1e6),
    nanos: nanos % 1e6,
    digits: fraction === 0 ? (zeros ?? 0) : fraction,
    basis,
  };
}

/** The first digits of the second's fraction. */
function fractionText({ ms, nanos }: FormEvent, digits: number): string {
  return String((ms % 1000) * 1e6 + nanos)
    .padStart(9, '0')
    .slice(0, digits);
}

/** Seconds since 1970 as a double prints itself. */
export function epochFloat({ ms, nanos }: FormEvent): string {
  return String(Number(`${Math.floor(ms / 1000)}.${fractionText({ ms, nanos } as FormEvent, 9)}`));
}

/** `2011-03-14T08:12:55` with a fraction of so many digits, `hours` ahead of UTC; what follows is up to the caller. */
export function isoText(event: FormEvent, digits: number, hours = 0): string {
  const text = new Date(event.ms + hours * 3_600_000).toISOString().slice(0, 19);
  return digits === 0 ? text : `${text}.${fractionText(event, digits)}`;
}

/** All fields of a local date and time, as numbers with their zeros. */
export function localParts(event: FormEvent): {
  y: string;
  m: string;
  d: string;
  time: string;
  hour: number;
  mmss: string;
} {
  const [date = '', time = ''] = isoText(event, 0, LOCAL_HOURS).split('T');
  const [y = '', m = '', d = ''] = date.split('-');
  return { y, m, d, time, hour: Number(time.slice(0, 2)), mmss: time.slice(3) };
}

/** Local times are those of Paris in March, before summer time. */
export const LOCAL_HOURS = 1;
export const LOCAL_ZONE = 'Europe/Paris';

/** `3/14/2011 8:12:55 AM` */
export function usDate(event: FormEvent): string {
  const { y, m, d, hour, mmss } = localParts(event);
  return `${Number(m)}/${Number(d)}/${y} ${hour % 12 === 0 ? 12 : hour % 12}:${mmss} ${hour < 12 ? 'AM' : 'PM'}`;
}

export const LEVEL_WORDS: Readonly<Record<number, string>> = { 2: 'Error', 3: 'Warning', 4: 'Information' };
/** The types of the API before Windows Vista. */
export const OLD_TYPES: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4 };

/** The 32 bits of an event identifier. */
export function fullEventId({ eventId, qualifiers = 0 }: FormEvent): number {
  return qualifiers * 65_536 + eventId;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const escapeAttribute = (text: string): string =>
  escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;');
