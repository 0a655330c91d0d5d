import type { Instant } from '../../model/index.js';
import { parseInstantUnits } from '../../time/instant-units.js';

/**
 * Reads a time that names its zone straight from the bytes of a JSON string or number, without a text: ISO 8601 with `Z`
 * or an offset, `/Date(ms)/` with its slashes escaped or not, Unix time in seconds. Whatever it reads, `parseJsonTime`
 * reads alike.
 * @returns undefined when the text has another form: ask `parseJsonTime` then.
 */
export function zonedTime(bytes: Uint8Array, from: number, to: number): Instant | undefined {
  const last = bytes[to - 1]!;
  if (last === LETTER_Z) return parseInstantUnits(bytes, from, to);
  if (last === SLASH) return powershellDate(bytes, from, to);
  if (!isDigit(last)) return undefined;
  if (bytes[to - 6] === PLUS || bytes[to - 6] === MINUS) return withOffset(bytes, from, to, to - 6);
  if (bytes[to - 5] === PLUS || bytes[to - 5] === MINUS) return withOffset(bytes, from, to, to - 5);
  return unixSeconds(bytes, from, to);
}

/** `2011-03-04 12:05:00 +0100`, with `T` or a colon as well. */
function withOffset(bytes: Uint8Array, from: number, to: number, sign: number): Instant | undefined {
  if (to - sign === 6 && bytes[to - 3] !== COLON) return undefined;
  const hours = numberIn(bytes, sign + 1, sign + 3);
  const minutes = numberIn(bytes, to - 2, to);
  let end = sign;
  if (bytes[end - 1] === SPACE) end -= 1;
  if (hours < 0 || minutes < 0 || bytes[end - 1] === LETTER_Z) return undefined;
  const local = parseInstantUnits(bytes, from, end);
  if (local === undefined) return undefined;
  const offset = (hours * 60 + minutes) * 60_000;
  return { ...local, epochMs: local.epochMs + (bytes[sign] === PLUS ? -offset : offset) };
}

/** `ConvertTo-Json` of Windows PowerShell 5.1 writes `"\/Date(1299236700000)\/"`. */
function powershellDate(bytes: Uint8Array, from: number, to: number): Instant | undefined {
  const start = bytes[from] === BACKSLASH ? from + 1 : from;
  const end = bytes[to - 2] === BACKSLASH ? to - 2 : to - 1;
  if (end - start < 8 || bytes[end - 1] !== CLOSE) return undefined;
  for (let k = 0; k < DATE.length; k++) if (bytes[start + k] !== DATE[k]) return undefined;
  const epochMs = numberIn(bytes, start + DATE.length, end - 1);
  return epochMs < 0 ? undefined : { epochMs, nanos: 0, digits: 3, basis: 'export' };
}

/** Seconds since 1970, with a fraction of up to 9 digits; longer numbers are other units. */
function unixSeconds(bytes: Uint8Array, from: number, to: number): Instant | undefined {
  let point = from;
  while (point < to && bytes[point] !== POINT) point += 1;
  if (point - from < 9 || point - from > 11) return undefined;
  const seconds = numberIn(bytes, from, point);
  const digits = point === to ? 0 : to - point - 1;
  if (seconds < 0 || digits > 9) return undefined;
  const fraction = digits === 0 ? 0 : numberIn(bytes, point + 1, to);
  if (fraction < 0 || (digits === 0 && point !== to)) return undefined;
  const nanosOfSecond = fraction * POWERS[9 - digits]!;
  const msOfSecond = Math.floor(nanosOfSecond / 1e6);
  return { epochMs: seconds * 1000 + msOfSecond, nanos: nanosOfSecond - msOfSecond * 1e6, digits, basis: 'export' };
}

/** A number of one to fifteen digits, or -1. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > 15) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    if (!isDigit(bytes[at]!)) return -1;
    number = number * 10 + bytes[at]! - DIGIT_0;
  }
  return number;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9;
}

const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const LETTER_Z = 0x5a;
const BACKSLASH = 0x5c;
const CLOSE = 0x29;
const DATE = Buffer.from('/Date(');
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
