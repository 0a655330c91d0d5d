import type { Instant } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';

/**
 * Reads a time as JSON exports hold it: `/Date(ms)/` of Windows PowerShell 5.1 (milliseconds since 1970 in UTC; an
 * offset behind them is for display only), ISO 8601 with its zone, and Unix time as a number, with a fraction or in
 * milli-, micro- or nanoseconds by its length. A time without zone is UTC where `isUtc`, else `undefined` is given for
 * the caller to read it as local.
 */
export function parseJsonTime(text: string, isUtc: boolean): Instant | undefined {
  const trimmed = text.trim();
  const date = trimmed.charCodeAt(0) === 0x2f ? /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(trimmed) : null;
  if (date !== null) return { epochMs: Number(date[1]), nanos: 0, digits: 3, basis: 'export' };
  const iso = parseIsoInstant(trimmed, isUtc ? 'export' : 'assumed');
  if (iso !== undefined) return iso.basis === 'export' ? iso : undefined;
  return parseUnixTime(trimmed);
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
