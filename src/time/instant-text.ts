import type { Instant, TimeBasis } from '../model/index.js';

const ISO =
  /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads an ISO 8601 time as event exports write it: `T` or space between date and time (python-evtx writes a space and
 * no zone), 0 to 9 digits of fraction, `Z`, an offset, or nothing. A time without zone is read as UTC with `basis`
 * `withoutZone` (default `export`: the forms that leave `Z` out mean UTC).
 * @returns undefined when the text is no such time.
 */
export function parseIsoInstant(text: string, withoutZone: TimeBasis = 'export'): Instant | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match;
  const seconds = utcSeconds(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (seconds === undefined) return undefined;
  const nanosOfSecond = Number(fraction.padEnd(9, '0'));
  return {
    epochMs: (seconds - offsetSeconds(zone)) * 1000 + Math.floor(nanosOfSecond / 1e6),
    nanos: nanosOfSecond % 1e6,
    digits: fraction.length,
    basis: zone === undefined ? withoutZone : 'export',
  };
}

/** Seconds since 1970 of a calendar time in UTC; undefined when there is no such time. 24:00 and leap seconds are none. */
export function utcSeconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A Date ends with the year 275,760.
  if (Number.isNaN(date.getTime())) return undefined;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60);
}

/**
 * Writes an instant as RFC 3339 with the digits the evidence gave (`digits` overrules): with `Z` when the zone was known
 * or given, without when it was only assumed.
 */
export function formatInstant(instant: Instant, digits: number = instant.digits): string {
  const end = putInstant(written, 0, instant.epochMs, instant.nanos, digits, instant.basis === 'assumed');
  return written.toString('latin1', 0, end);
}

/** No instant takes more bytes. */
const written = Buffer.alloc(64);

/** Bytes, not texts put together: joining texts takes thrice as long. */
function putInstant(
  bytes: Uint8Array,
  from: number,
  epochMs: number,
  nanos: number,
  digits: number,
  isAssumed: boolean,
): number {
  const second = Math.floor(epochMs / 1000);
  const day = Math.floor(second / DAY);
  const ofDay = second - day * DAY;
  const date = textOfDay(day);
  bytes.set(date, from);
  let at = from + date.length;
  const minute = (ofDay / 60) | 0;
  const hour = (minute / 60) | 0;
  bytes[at] = 0x54; // T
  putTwo(bytes, at + 1, hour);
  bytes[at + 3] = COLON;
  putTwo(bytes, at + 4, minute - hour * 60);
  bytes[at + 6] = COLON;
  putTwo(bytes, at + 7, ofDay - minute * 60);
  at += 9;
  if (digits > 0) {
    bytes[at] = 0x2e; // a point
    putThree(bytes, at + 1, epochMs - second * 1000);
    if (digits > 3) {
      const micros = (nanos / 1000) | 0;
      putThree(bytes, at + 4, micros);
      putThree(bytes, at + 7, nanos - micros * 1000);
    }
    at += 1 + digits;
  }
  if (!isAssumed) bytes[at++] = 0x5a; // Z
  return at;
}

const ZERO = 0x30;
const COLON = 0x3a;

function putTwo(bytes: Uint8Array, at: number, number: number): void {
  const tens = (number / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + number - tens * 10;
}

function putThree(bytes: Uint8Array, at: number, number: number): void {
  const hundreds = (number / 100) | 0;
  bytes[at] = ZERO + hundreds;
  putTwo(bytes, at + 1, number - hundreds * 100);
}

const DAY = 86_400;

/** Days written before, by their last bits: a log holds many times of few days, and a Date costs more than all the rest. */
const DAYS = 512;
const writtenDays = new Float64Array(DAYS).fill(Number.NaN);
const writtenTexts: Uint8Array[] = [];

function textOfDay(day: number): Uint8Array {
  const place = day & (DAYS - 1);
  if (writtenDays[place] !== day) {
    writtenTexts[place] = Buffer.from(new Date(day * DAY * 1000).toISOString().slice(0, -14), 'latin1');
    writtenDays[place] = day;
  }
  return writtenTexts[place]!;
}

/** Orders instants by time; 0 when equal. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.epochMs - b.epochMs || a.nanos - b.nanos;
}
