import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import { codePage } from '../../bytes/code-pages.js';
import type { Instant } from '../../model/index.js';
import { utcSeconds } from '../../time/instant-text.js';

/** Types of values ([MS-EVEN6] 2.2.12). `ARRAY` is a bit beside the type of the elements. */
export const ARRAY = 0x80;
export const NULL = 0x00;
export const STRING = 0x01;
const ANSI_STRING = 0x02;
const BOOLEAN = 0x0d;
const GUID = 0x0f;
const SIZE = 0x10;
export const FILETIME = 0x11;
const SYSTEMTIME = 0x12;
const SID = 0x13;
export const BINXML = 0x21;

/** How many bytes a value of the type takes; 0 where that varies. By type, 0x00 to 0x15. */
const SIZES = [0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 0, 16, 0, 8, 16, 0, 4, 8];

/** The text of a value as Windows writes it into XML. A value too short for its type is empty. */
export function renderValue(chunk: Buffer, type: number, at: number, size: number): string {
  if (type === STRING) return renderString(chunk, at, size);
  if (size === 0 || type === NULL || (size < (SIZES[type] ?? 0) && type !== BOOLEAN)) return '';
  switch (type) {
    case ANSI_STRING:
      return asInXml(untilNul(codePage('windows-1252')(chunk.subarray(at, at + size))));
    case 0x03:
      return String(chunk.readInt8(at));
    case 0x04:
      return String(chunk[at]);
    case 0x05:
      return String(chunk.readInt16LE(at));
    case 0x06:
      return String(chunk.readUInt16LE(at));
    case 0x07:
      return String(chunk.readInt32LE(at));
    case 0x08:
      return String(chunk.readUInt32LE(at));
    case 0x09:
      return String(chunk.readBigInt64LE(at));
    case 0x0a:
      return unsignedText(chunk.readUInt32LE(at), chunk.readUInt32LE(at + 4));
    case 0x0b:
      return floatText(chunk.readFloatLE(at), 6);
    case 0x0c:
      return floatText(chunk.readDoubleLE(at), 6);
    case BOOLEAN:
      // Any bit makes it true: real logs hold values other than 0 and 1.
      return isZero(chunk, at, Math.min(size, 4)) ? 'false' : 'true';
    case GUID:
      return guidText(chunk, at);
    case SIZE:
      if (size < 4) return '';
      return size < 8 ? `0x${chunk.readUInt32LE(at).toString(16)}` : hex64Text(chunk, at);
    case FILETIME:
      return fileTimeText(chunk, at);
    case SYSTEMTIME:
      return systemTimeText(chunk, at);
    case SID:
      return sidText(chunk, at, size);
    case 0x14:
      return `0x${chunk.readUInt32LE(at).toString(16)}`;
    case 0x15:
      return hex64Text(chunk, at);
    default:
      // Binary, and types that nothing documents.
      return chunk.toString('hex', at, at + size).toUpperCase();
  }
}

/** The elements of an array value: Windows repeats the element of the XML for each. */
export function renderArray(chunk: Buffer, arrayType: number, at: number, size: number): string[] {
  const type = arrayType & ~ARRAY;
  if (size === 0) return [];
  const end = at + size;
  if (type === STRING || type === ANSI_STRING) {
    const texts =
      type === STRING
        ? chunk.toString('utf16le', at, at + (size & ~1)).split('\0')
        : codePage('windows-1252')(chunk.subarray(at, end)).split('\0');
    // Each string ends with NUL; the last one may not.
    if (texts.at(-1) === '') texts.pop();
    return texts.map(asInXml);
  }
  const texts: string[] = [];
  if (type === SID) {
    // The count of sub-authorities in its second byte makes a SID as long as it is.
    for (let from = at; from + 8 <= end; ) {
      const length = 8 + 4 * chunk[from + 1]!;
      if (from + length > end) break;
      texts.push(sidText(chunk, from, length));
      from += length;
    }
    return texts;
  }
  const length = SIZES[type] ?? 0;
  if (length === 0) return [chunk.toString('hex', at, end).toUpperCase()];
  for (let from = at; from + length <= end; from += length) texts.push(renderValue(chunk, type, from, length));
  return texts;
}

/**
 * An instant of seven digits, all that a FILETIME has and Event Viewer prints; undefined past the year 9999, which no
 * event is logged in.
 */
export function fileTimeInstant(chunk: Buffer, at: number): Instant | undefined {
  // 2^32 = 429,496 * 10,000 + 7,296: whole milliseconds and what is left of 100 ns, without 64-bit numbers.
  const high = chunk.readUInt32LE(at + 4);
  const rest = high * 7_296 + chunk.readUInt32LE(at);
  const epochMs = high * 429_496 + Math.floor(rest / 10_000) - MS_TO_1970;
  if (epochMs > MAX_MS) return undefined;
  return { epochMs, nanos: (rest % 10_000) * 100, digits: 7, basis: 'export' };
}

/** A line break as an XML parser gives it (XML 1.0 section 2.11), so that a log and its XML export agree. */
export function asInXml(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** From 1601, when FILETIME begins, to 1970. */
const MS_TO_1970 = 11_644_473_600_000;
/** The last millisecond of the year 9999. */
const MAX_MS = 253_402_300_799_999;

function renderString(chunk: Buffer, at: number, size: number): string {
  let end = at + (size & ~1);
  // What a provider counts in of its terminators is no text.
  while (end > at && chunk[end - 1] === 0 && chunk[end - 2] === 0) end -= 2;
  return asInXml(utf16Text(chunk, at, end));
}

/**
 * The text of UTF-16 units. Node's own slice: the checks in front of it cost more than a short text, and a loop over the
 * units is faster only once it is compiled, which a small log never lives to see.
 */
export function utf16Text(chunk: Buffer, from: number, to: number): string {
  return (chunk as SlicedBuffer).ucs2Slice(from, to);
}

function untilNul(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

function unsignedText(low: number, high: number): string {
  return high < 0x20_0000 ? String(high * 0x1_0000_0000 + low) : String((BigInt(high) << 32n) | BigInt(low));
}

function hex64Text(chunk: Buffer, at: number): string {
  const low = chunk.readUInt32LE(at).toString(16);
  const high = chunk.readUInt32LE(at + 4);
  return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, '0')}`;
}

/** FileTimeToSystemTime takes 63 bits; "never" is 30828-09-14T02:48:05.4775807Z. */
function fileTimeText(chunk: Buffer, at: number): string {
  const high = chunk.readUInt32LE(at + 4);
  if (high >= 0x8000_0000) return hex64Text(chunk, at);
  const rest = high * 7_296 + chunk.readUInt32LE(at);
  const iso = new Date(high * 429_496 + Math.floor(rest / 10_000) - MS_TO_1970).toISOString();
  const text = `${iso.slice(0, -1)}${String(rest % 10_000).padStart(4, '0')}Z`;
  return text.startsWith('+0') ? text.slice(2) : text;
}

function systemTimeText(chunk: Buffer, at: number): string {
  const field = (index: number) => chunk.readUInt16LE(at + index * 2);
  const seconds = utcSeconds(field(0), field(1), field(3), field(4), field(5), field(6));
  if (seconds === undefined || field(7) > 999 || field(0) > 9999) return '';
  return new Date(seconds * 1000 + field(7)).toISOString();
}

function guidText(chunk: Buffer, at: number): string {
  const hex = (chunk as SlicedBuffer).hexSlice(at, at + 16);
  let text = '{';
  for (const index of GUID_ORDER) text += index < 0 ? '-' : hex.slice(index, index + 2);
  return `${text}}`;
}

/** Where the digits of a GUID stand: its first three groups are little-endian. */
const GUID_ORDER = [6, 4, 2, 0, -1, 10, 8, -1, 14, 12, -1, 16, 18, -1, 20, 22, 24, 26, 28, 30];

function sidText(chunk: Buffer, at: number, size: number): string {
  if (size < 8) return '';
  const count = Math.min(chunk[at + 1]!, Math.floor((size - 8) / 4));
  const authority = chunk.readUIntBE(at + 2, 6);
  // [MS-DTYP] 2.4.2.1: an authority of 2^32 and more is written in hexadecimal.
  let text = `S-${chunk[at]}-${authority < 0x1_0000_0000 ? authority : `0x${authority.toString(16).padStart(12, '0')}`}`;
  for (let index = 0; index < count; index++) text += `-${chunk.readUInt32LE(at + 8 + index * 4)}`;
  return text;
}

/** C's %g: `digits` significant digits without trailing zeros, with an exponent where the number is small or large. */
function floatText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa = '', power = '+0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  return `${mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

function isZero(chunk: Buffer, at: number, size: number): boolean {
  for (let index = at; index < at + size; index++) if (chunk[index] !== 0) return false;
  return true;
}
