import { codePage } from '../../bytes/code-pages.js';
import { utcSeconds } from '../../time/instant-text.js';
import type { BinValue } from './binxml-template.js';

/** Types of values in binary XML (libevtx, "Value types"); 0x80 marks an array. */
export const ARRAY = 0x80;
export const NULL = 0x00;
export const STRING = 0x01;
export const BINARY = 0x0e;
export const FILETIME = 0x11;
export const BINXML = 0x21;

/** The sizes of array elements that all take the same room. */
const SIZES: Readonly<Record<number, number>> = {
  3: 1,
  4: 1,
  5: 2,
  6: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  15: 16,
  17: 8,
  18: 16,
  20: 4,
  21: 8,
};

/** A value of the chunk as Windows renders it. Values too short for their type render as the empty string. */
export function renderValue(chunk: Buffer, { type, at, size }: BinValue): string {
  if (type === NULL || size === 0) return '';
  if (type === STRING) return asInXml(trimNul(chunk.toString('utf16le', at, at + (size & ~1))));
  if (size < (SIZES[type] ?? 0)) return '';
  switch (type) {
    case 0x02:
      return trimNul(codePage('windows-1252')(chunk.subarray(at, at + size)));
    case 0x03:
      return String(chunk.readInt8(at));
    case 0x04:
      return String(chunk.readUInt8(at));
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
      return String(chunk.readBigUInt64LE(at));
    case 0x0b:
      return floatText(chunk.readFloatLE(at));
    case 0x0c:
      return floatText(chunk.readDoubleLE(at));
    case 0x0d:
      return chunk.readUInt32LE(at) === 0 ? 'false' : 'true';
    case BINARY:
      return chunk.toString('hex', at, at + size).toUpperCase();
    case 0x0f:
      return guidText(chunk, at);
    case 0x10:
      return `0x${(size >= 8 ? chunk.readBigUInt64LE(at) : BigInt(size >= 4 ? chunk.readUInt32LE(at) : 0)).toString(16)}`;
    case FILETIME:
      return fileTimeText(chunk.readBigUInt64LE(at));
    case 0x12:
      return systemTimeText(chunk, at);
    case 0x13:
      return sidText(chunk, at, size);
    case 0x14:
      return `0x${chunk.readUInt32LE(at).toString(16)}`;
    case 0x15:
      return `0x${chunk.readBigUInt64LE(at).toString(16)}`;
    default:
      return chunk.toString('hex', at, at + size).toUpperCase();
  }
}

/** The elements of an array value: Windows writes one element of the XML for each. */
export function renderArray(chunk: Buffer, { type, at, size }: BinValue): string[] {
  const element = type & ~ARRAY;
  if (size === 0) return [];
  if (element === STRING) {
    const texts = chunk.toString('utf16le', at, at + (size & ~1)).split('\0');
    // Each string ends with NUL; the last one may not.
    if (texts.at(-1) === '') texts.pop();
    return texts.map(asInXml);
  }
  const length = SIZES[element];
  if (length === undefined) return [chunk.toString('hex', at, at + size).toUpperCase()];
  const texts: string[] = [];
  for (let from = at; from + length <= at + size; from += length) {
    texts.push(renderValue(chunk, { type: element, at: from, size: length }));
  }
  return texts;
}

/** Milliseconds since 1970, whole, and the nanoseconds past them. */
export function fileTimeInstant(ticks: bigint): { readonly epochMs: number; readonly nanos: number } {
  const since1970 = ticks - TICKS_TO_1970;
  const ms = since1970 / 10_000n - (since1970 % 10_000n < 0n ? 1n : 0n);
  return { epochMs: Number(ms), nanos: Number(since1970 - ms * 10_000n) * 100 };
}

const TICKS_TO_1970 = 116_444_736_000_000_000n;
/** The year 9999; what lies past it is no time that a Date can write plainly. */
const MAX_MS = 253_402_300_799_999;

function fileTimeText(ticks: bigint): string {
  const { epochMs, nanos } = fileTimeInstant(ticks);
  if (epochMs > MAX_MS) return `0x${ticks.toString(16)}`;
  const base = new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19);
  const ms = ((epochMs % 1000) + 1000) % 1000;
  return `${base}.${String(ms * 10_000 + nanos / 100).padStart(7, '0')}Z`;
}

function systemTimeText(chunk: Buffer, at: number): string {
  const [year = 0, month = 0, , day = 0, hour = 0, minute = 0, second = 0, ms = 0] = Array.from(
    { length: 8 },
    (_, index) => chunk.readUInt16LE(at + index * 2),
  );
  const seconds = utcSeconds(year, month, day, hour, minute, second);
  if (seconds === undefined || ms > 999) return '';
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(ms).padStart(3, '0')}Z`;
}

function guidText(chunk: Buffer, at: number): string {
  const hex = (from: number, to: number) => chunk.toString('hex', at + from, at + to).toUpperCase();
  const [a, b, c] = [chunk.readUInt32LE(at), chunk.readUInt16LE(at + 4), chunk.readUInt16LE(at + 6)];
  const part = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  return `{${part(a, 8)}-${part(b, 4)}-${part(c, 4)}-${hex(8, 10)}-${hex(10, 16)}}`.toLowerCase();
}

function sidText(chunk: Buffer, at: number, size: number): string {
  if (size < 8) return '';
  const count = Math.min(chunk.readUInt8(at + 1), Math.floor((size - 8) / 4));
  const authority = chunk.readUIntBE(at + 2, 6);
  const parts = Array.from({ length: count }, (_, index) => chunk.readUInt32LE(at + 8 + index * 4));
  return ['S', chunk.readUInt8(at), authority, ...parts].join('-');
}

function floatText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
}

/** A line break as an XML parser gives it (XML 1.0 section 2.11), so that a log and its XML export agree. */
function asInXml(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function trimNul(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
