import type { Instant } from '../../model/index.js';
import { parseIsoInstant, utcSeconds } from '../../time/instant-text.js';

/**
 * Reads a time as JSON exports hold it: `/Date(ms)/` of Windows PowerShell 5.1 (milliseconds since 1970 in UTC; an
 * offset behind them is for display only), ISO 8601 with its zone, and Unix time as a number, with a fraction or in
 * milli-, micro- or nanoseconds by its length. A time without zone is UTC where `isUtc`, else `undefined` is given for
 * the caller to read it as local.
 */
export function parseJsonTime(text: string, isUtc: boolean): Instant | undefined {
  const usual = parseUsualIso(text);
  if (usual !== undefined) {
    if (usual.basis === 'export') return usual;
    return isUtc ? { ...usual, basis: 'export' } : undefined;
  }
  const trimmed = text.trim();
  const date = trimmed.charCodeAt(0) === 0x2f ? /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(trimmed) : null;
  if (date !== null) return { epochMs: Number(date[1]), nanos: 0, digits: 3, basis: 'export' };
  const iso = parseIsoInstant(trimmed, isUtc ? 'export' : 'assumed');
  if (iso !== undefined) return iso.basis === 'export' ? iso : undefined;
  return parseUnixTime(trimmed);
}

let lastDay = '';
let secondsOfLastDay: number | undefined;

/**
 * `2011-03-04T11:05:00Z` with up to 9 digits of fraction, `+00:00` or nothing for the `Z` or a space for the `T`, as most
 * exports have it: the same answer as `parseIsoInstant`, without a regular expression and with the day read once for all
 * events of it. Undefined for every other text.
 */
function parseUsualIso(text: string): Instant | undefined {
  const { length } = text;
  if (length < 19 || length > 35) return undefined;
  const separator = text.charCodeAt(10);
  if (separator !== 0x54 && separator !== 0x20) return undefined;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  let at = 19;
  let nanos = 0;
  let digits = 0;
  if (text.charCodeAt(at) === 0x2e) {
    for (at = 20; digits < 9; at++, digits++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      nanos = nanos * 10 + digit;
    }
    if (digits === 0) return undefined;
    nanos *= TENS[9 - digits]!;
  }
  const isLocal = at === length;
  const isZulu = at === length - 1 && text.charCodeAt(at) === 0x5a;
  if (!isLocal && !isZulu && (at !== length - 6 || !text.endsWith('+00:00'))) return undefined;
  const day = text.slice(0, 10);
  if (day !== lastDay) {
    const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
    secondsOfLastDay =
      date === null ? undefined : utcSeconds(Number(date[1]), Number(date[2]), Number(date[3]), 0, 0, 0);
    lastDay = day;
  }
  if (secondsOfLastDay === undefined) return undefined;
  const ms = Math.floor(nanos / 1e6);
  const seconds = secondsOfLastDay + hour * 3600 + minute * 60 + second;
  const basis = isLocal ? 'assumed' : 'export';
  return { epochMs: seconds * 1000 + ms, nanos: nanos - ms * 1e6, digits, basis };
}

const TENS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Two digits as a number; NaN when they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function parseUnixTime(text: string): Instant | undefined {
  const match = /^(\d{9,19})(?:\.(\d+))?$/.exec(/e/i.test(text) ? String(Number(text)) : text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  // Seconds have at most 11 digits until the year 5138; then come milliseconds, microseconds and nanoseconds.
  const scale = whole.length <= 11 ? 0 : whole.length <= 14 ? 3 : whole.length <= 17 ? 6 : 9;
  const seconds = whole.slice(0, whole.length - scale);
  const digits = (whole.slice(whole.length - scale) + fraction).slice(0, 9);
  const nanosOfSecond = Number(digits.padEnd(9, '0'));
  return {
    epochMs: Number(seconds) * 1000 + Math.floor(nanosOfSecond / 1e6),
    nanos: nanosOfSecond % 1e6,
    digits: digits.length,
    basis: 'export',
  };
}
