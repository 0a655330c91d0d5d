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
  if (usual !== undefined) return usual;
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
 * `2011-03-04T11:05:00Z` with up to 9 digits of fraction, as most exports have it: the same answer as `parseIsoInstant`,
 * without a regular expression and with the day read once for all events of it. Undefined for every other text.
 */
function parseUsualIso(text: string): Instant | undefined {
  const { length } = text;
  if (length < 20 || length > 30 || length === 21 || text.charCodeAt(length - 1) !== 0x5a) return undefined;
  if (text.charCodeAt(10) !== 0x54 || text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  let nanos = 0;
  const digits = Math.max(0, length - 21);
  if (digits > 0 && text.charCodeAt(19) !== 0x2e) return undefined;
  for (let at = 20; at < 29; at++) {
    const digit = at < 20 + digits ? text.charCodeAt(at) - 0x30 : 0;
    if (digit < 0 || digit > 9) return undefined;
    nanos = nanos * 10 + digit;
  }
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
  return { epochMs: seconds * 1000 + ms, nanos: nanos - ms * 1e6, digits, basis: 'export' };
}

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
