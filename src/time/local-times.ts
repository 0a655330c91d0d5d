import { type DateOrder, EvpairError, type InputReport, type Instant, type TimeBasis } from '../model/index.js';
import { utcSeconds } from './instant-text.js';
import { type DateNumbers, readDateNumbers } from './local-text.js';
import { isUtcName, type LocalZone, UTC_ZONE, type ZonedSeconds } from './local-zone.js';
import { SameDay } from './same-day.js';

export interface LocalTimesOptions {
  /** The rules of the zone; absent for UTC. */
  readonly zone?: LocalZone | undefined;
  /** The name of the zone as given; absent when nobody gave one, and UTC is assumed. */
  readonly timezone?: string | undefined;
  /** Where the zone came from. Default: `given` when there is one, else `assumed`. */
  readonly basis?: TimeBasis | undefined;
  /** The order as given; absent when it is to be found. */
  readonly dateOrder?: DateOrder | undefined;
  /** The language of the header, for the default order. */
  readonly language?: string | undefined;
}

/**
 * The local times of one input. The order of day and month comes from the first date of the input whose first or second
 * number exceeds 12; `observe` every row's date until `isDecided`, wanted or not, then `read` the wanted ones.
 *
 * Until it is decided, an instant's `epochMs` is the reading under the default order and `alternative` the other one
 * (absent where both are the same). The default is fixed by the first date that could be read both ways: month-day for
 * slashes in English or no known language, day-month otherwise. `report().dateOrder.swap` says at the end which holds.
 *
 * A date that begins with four digits is year, month, day and decides nothing. Two-digit years from 80 are of the last
 * century (no event log is older). Years from 2400 are Buddhist (Thai regional format) and lie 543 ahead.
 */
export class LocalTimes {
  readonly #zone: LocalZone;
  readonly #basis: TimeBasis;
  readonly #given: DateOrder | undefined;
  readonly #language: string | undefined;
  #found: 'dmy' | 'mdy' | undefined;
  #default: 'dmy' | 'mdy' | undefined;
  #hasYearFirst = false;
  #hasLocal = false;
  readonly #sameDay = new SameDay();
  #lastDate: DateNumbers | undefined;
  readonly #lastDays = new Map<DateOrder, ReturnType<typeof daySeconds>>();
  readonly #kept = { ambiguous: 0, skipped: 0 };
  readonly #other = { ambiguous: 0, skipped: 0 };

  constructor(options: LocalTimesOptions) {
    this.#zone = zoneOf(options);
    const isGiven = options.timezone !== undefined || options.zone !== undefined;
    this.#basis = options.basis ?? (isGiven ? 'given' : 'assumed');
    this.#given = options.dateOrder;
    this.#language = options.language;
  }

  /** True when no further date can change the order. */
  get isDecided(): boolean {
    return this.#given !== undefined || this.#found !== undefined;
  }

  /** Takes note of a row's date, in the order of the rows. False when it is no date. */
  observe(text: string): boolean {
    const date = readDateNumbers(text);
    if (date === undefined) return false;
    if (date.isYearFirst) this.#hasYearFirst = true;
    if (date.isYearFirst || this.isDecided) return true;
    this.#found = orderShownBy(date);
    if (this.#found === undefined && date.first <= 12 && date.second <= 12) {
      this.#default ??= defaultOrder(date.separator, this.#language);
    }
    return true;
  }

  /** The instant of a local time; else why there is none: no such time, or it contradicts the order. */
  read(text: string): Instant | 'unreadable' | 'date-order' {
    const second = this.#sameDay.secondOfDay(text);
    if (second >= 0) return this.#instant(this.#sameDay.date!, second, '');
    const local = this.#sameDay.learn(text);
    return local === undefined ? 'unreadable' : this.#instant(local, local.secondOfDay, local.fraction);
  }

  /**
   * The same of a time in `bytes[from, to)` that is written as plainly as that before, on the same day; undefined of
   * any other.
   */
  readPlain(bytes: Uint8Array, from: number, to: number): ReturnType<LocalTimes['read']> | undefined {
    const second = this.#sameDay.secondOfDayIn(bytes, from, to);
    return second < 0 ? undefined : this.#instant(this.#sameDay.date!, second, '');
  }

  #instant(local: DateNumbers, secondOfDay: number, fraction: string): ReturnType<LocalTimes['read']> {
    if (local.isYearFirst) this.#hasYearFirst = true;
    const order = local.isYearFirst ? 'ymd' : (this.#given ?? this.#found ?? this.#default ?? 'dmy');
    const day = this.#daySeconds(local, order);
    if (typeof day === 'string') return day;
    this.#hasLocal = true;
    const { seconds, note } = this.#zone.toInstant(day + secondOfDay);
    const nanosOfSecond = fraction === '' ? 0 : Number(fraction.padEnd(9, '0'));
    const msOfSecond = Math.floor(nanosOfSecond / 1e6);
    const epochMs = seconds * 1000 + msOfSecond;
    const nanos = nanosOfSecond % 1e6;
    const digits = fraction.length;
    const basis = this.#basis;
    const otherDay =
      this.isDecided || local.isYearFirst ? day : this.#daySeconds(local, order === 'dmy' ? 'mdy' : 'dmy');
    if (typeof otherDay === 'string' || otherDay === day) {
      this.#count(note, note);
      return { epochMs, nanos, digits, basis };
    }
    const other = this.#zone.toInstant(otherDay + secondOfDay);
    this.#count(note, other.note);
    return { epochMs, nanos, digits, basis, alternative: other.seconds * 1000 + msOfSecond };
  }

  /** The facts for the input's report. */
  report(): Pick<InputReport, 'timezone' | 'dateOrder'> {
    const dateOrder = this.#dateOrder();
    return {
      ...(this.#hasLocal && this.#basis !== 'export'
        ? { timezone: { name: this.#zone.name, basis: this.#basis } }
        : {}),
      ...(dateOrder === undefined ? {} : { dateOrder }),
    };
  }

  /** How many times the clock showed a reading twice or never, under the order as it is known now. */
  notes(): { readonly ambiguous: number; readonly skipped: number } {
    return this.#isSwapped() ? this.#other : this.#kept;
  }

  #dateOrder(): InputReport['dateOrder'] {
    if (this.#given !== undefined) return { order: this.#given, basis: 'given' };
    if (this.#found !== undefined) {
      return { order: this.#found, basis: 'found', ...(this.#isSwapped() ? { swap: true } : {}) };
    }
    if (this.#default !== undefined) return { order: this.#default, basis: 'assumed' };
    return this.#hasYearFirst ? { order: 'ymd', basis: 'found' } : undefined;
  }

  #isSwapped(): boolean {
    return this.#found !== undefined && this.#default !== undefined && this.#found !== this.#default;
  }

  /** As `daySeconds`, which is asked about the same date time after time. */
  #daySeconds(date: DateNumbers, order: DateOrder): ReturnType<typeof daySeconds> {
    if (date !== this.#lastDate) {
      this.#lastDate = date;
      this.#lastDays.clear();
    }
    let day = this.#lastDays.get(order);
    if (day === undefined) {
      day = daySeconds(date, order);
      this.#lastDays.set(order, day);
    }
    return day;
  }

  /** Notes are counted for both readings, since only the input's end tells which one held. */
  #count(note: ZonedSeconds['note'], otherNote: ZonedSeconds['note']): void {
    if (note !== undefined) this.#kept[note] += 1;
    if (otherNote !== undefined) this.#other[otherNote] += 1;
  }
}

/**
 * The instant under the date order that the whole input showed: applies `InputReport.dateOrder` to an instant that was
 * read before the order was known.
 */
export function resolveInstant(instant: Instant, dateOrder: InputReport['dateOrder']): Instant {
  if (instant.alternative === undefined) return instant;
  const { alternative, ...kept } = instant;
  return dateOrder?.swap === true ? { ...kept, epochMs: alternative } : kept;
}

function zoneOf(options: LocalTimesOptions): LocalZone {
  if (options.zone !== undefined) return options.zone;
  if (options.timezone === undefined || isUtcName(options.timezone)) return UTC_ZONE;
  throw new EvpairError('ERR_USAGE', `The time zone ${JSON.stringify(options.timezone)} came without its rules.`, {
    hint: 'Pass zone: createZone(timezone) beside it.',
  });
}

/** The order that a date proves by itself. A two-digit year in front proves nothing: it must be given. */
function orderShownBy(date: DateNumbers): 'dmy' | 'mdy' | undefined {
  if (date.isYearFirst) return undefined;
  if (date.first > 12 && date.first <= 31 && date.second >= 1 && date.second <= 12) return 'dmy';
  if (date.second > 12 && date.second <= 31 && date.first >= 1 && date.first <= 12) return 'mdy';
  return undefined;
}

function defaultOrder(separator: DateNumbers['separator'], language: string | undefined): 'dmy' | 'mdy' {
  return separator === '/' && (language === undefined || /^en\b/.test(language)) ? 'mdy' : 'dmy';
}

/** Seconds from 1970 to the day's start on the local clock, under an order. */
function daySeconds(date: DateNumbers, order: DateOrder): number | 'unreadable' | 'date-order' {
  if (order === 'ymd') {
    if (date.isYearLast) return 'date-order';
    return utcSeconds(fullYear(date.first, date.isYearFirst), date.second, date.third, 0, 0, 0) ?? 'unreadable';
  }
  const [day, month] = order === 'dmy' ? [date.first, date.second] : [date.second, date.first];
  const seconds = utcSeconds(fullYear(date.third, date.isYearLast), month, day, 0, 0, 0);
  if (seconds !== undefined) return seconds;
  const shown = orderShownBy(date);
  return shown !== undefined && shown !== order ? 'date-order' : 'unreadable';
}

function fullYear(year: number, hasFourDigits: boolean): number {
  if (!hasFourDigits) return year < 80 ? 2000 + year : 1900 + year;
  return year >= 2400 ? year - 543 : year;
}
