import type { Instant } from '../model/index.js';
import { utcSeconds } from './instant-text.js';

/**
 * Reads `YYYY-MM-DD(T| )HH:MM:SS[.fffffffff][Z]` straight from code units, without a string: the two forms that nearly
 * every event holds. Whatever it reads, `parseIsoInstant` reads alike.
 * @returns undefined when the text has another form: ask `parseIsoInstant` then.
 */
export function parseInstantUnits(units: Uint8Array | Uint16Array, from: number, to: number): Instant | undefined {
  let end = to;
  if (end - from < 19) return undefined;
  if (units[end - 1] === Z) end -= 1;
  if (units[from + 4] !== HYPHEN || units[from + 7] !== HYPHEN) return undefined;
  if (units[from + 10] !== T && units[from + 10] !== SPACE) return undefined;
  if (units[from + 13] !== COLON || units[from + 16] !== COLON) return undefined;
  const year = twoDigits(units, from) * 100 + twoDigits(units, from + 2);
  const month = twoDigits(units, from + 5);
  const day = twoDigits(units, from + 8);
  const hour = twoDigits(units, from + 11);
  const minute = twoDigits(units, from + 14);
  const second = twoDigits(units, from + 17);
  if (!(year >= 0 && hour < 24 && minute < 60 && second < 60)) return undefined;
  const midnight = midnightSeconds(year, month, day);
  if (midnight === undefined) return undefined;
  let digits = 0;
  let nanosOfSecond = 0;
  if (end > from + 19) {
    if (units[from + 19] !== DOT) return undefined;
    digits = end - from - 20;
    if (digits < 1 || digits > 9) return undefined;
    for (let at = from + 20; at < end; at++) {
      const digit = units[at]! - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      nanosOfSecond = nanosOfSecond * 10 + digit;
    }
    nanosOfSecond *= POWERS[9 - digits]!;
  }
  const msOfSecond = (nanosOfSecond / 1e6) | 0;
  return {
    epochMs: (midnight + hour * 3600 + minute * 60 + second) * 1000 + msOfSecond,
    nanos: nanosOfSecond - msOfSecond * 1e6,
    digits,
    basis: 'export',
  };
}

const HYPHEN = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const T = 84;
const Z = 90;
const SPACE = 32;
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** NaN where a unit is no digit, which no comparison above lets pass. */
function twoDigits(units: Uint8Array | Uint16Array, at: number): number {
  const tens = units[at]! - ZERO;
  const ones = units[at + 1]! - ZERO;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return Number.NaN;
  return tens * 10 + ones;
}

/** A log's neighbours share their day: the last answer is nearly always the next one. A pure memory of a pure function. */
let lastDay = -1;
let lastMidnight: number | undefined;

function midnightSeconds(year: number, month: number, day: number): number | undefined {
  const key = (year * 100 + month) * 100 + day;
  if (key === lastDay) return lastMidnight;
  if (!(key >= 0)) return undefined;
  lastMidnight = utcSeconds(year, month, day, 0, 0, 0);
  lastDay = key;
  return lastMidnight;
}
