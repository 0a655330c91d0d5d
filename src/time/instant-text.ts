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
  const { epochMs, nanos, basis } = instant;
  const second = Math.floor(epochMs / 1000);
  const day = Math.floor(second / DAY);
  const ofDay = second - day * DAY;
  const text = textOfDay(day);
  let at = 0;
  for (; at < text.length; at++) written[at] = text.charCodeAt(at);
  written[at] = 0x54; // T
  writeTwo(at + 1, Math.floor(ofDay / 3600));
  written[at + 3] = COLON;
  writeTwo(at + 4, Math.floor(ofDay / 60) % 60);
  written[at + 6] = COLON;
  writeTwo(at + 7, ofDay % 60);
  at += 9;
  if (digits > 0) {
    written[at++] = 0x2e; // a point
    let rest = (epochMs - second * 1000) * 1e6 + nanos;
    for (let unit = 1e8, left = digits; left > 0; left--, unit /= 10) {
      const digit = Math.floor(rest / unit);
      written[at++] = ZERO + digit;
      rest -= digit * unit;
    }
  }
  if (basis !== 'assumed') written[at++] = 0x5a; // Z
  return written.toString('latin1', 0, at);
}

/** Bytes, not texts put together: there are two times in each of thousands of episodes, and joining texts takes thrice as long. */
const written = Buffer.alloc(64);
const ZERO = 0x30;
const COLON = 0x3a;

function writeTwo(at: number, number: number): void {
  const tens = Math.floor(number / 10);
  written[at] = ZERO + tens;
  written[at + 1] = ZERO + number - tens * 10;
}

const DAY = 86_400;

/** Days written before, by their last bits: a log holds many times of few days, and a Date costs more than all the rest. */
const DAYS = 512;
const writtenDays = new Float64Array(DAYS).fill(Number.NaN);
const writtenTexts: string[] = [];

function textOfDay(day: number): string {
  const place = day & (DAYS - 1);
  if (writtenDays[place] !== day) {
    writtenTexts[place] = new Date(day * DAY * 1000).toISOString().slice(0, -14);
    writtenDays[place] = day;
  }
  return writtenTexts[place]!;
}

/** Orders instants by time; 0 when equal. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.epochMs - b.epochMs || a.nanos - b.nanos;
}
