import { isUtf8 } from 'node:buffer';
import { codePage } from '../bytes/code-pages.js';

/** How many bytes of an input decide what it is. */
export const HEAD_BYTES = 64 * 1024;

/** The first bytes of an input, as detection sees them. */
export interface Head {
  readonly bytes: Uint8Array;
  /** `utf-8` stands for any 8-bit text: event by event the fallback code page may be taken. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'binary';
  /** The bytes as text without a byte order mark; of a binary input its bytes as Latin-1. */
  readonly text: string;
}

/** Decides the unit of the text by byte order mark, then by the pattern of NUL bytes, and decodes it. */
export function lookAtHead(bytes: Uint8Array): Head {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  const encoding = unitOf(buffer);
  return { bytes: buffer, encoding, text: textOf(buffer, encoding).replace(/^\ufeff/, '') };
}

function unitOf(bytes: Buffer): Head['encoding'] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // A file of 16-bit text may have been appended to this one.
  if (/^(?:\xef\xbb\xbf)?<[?!A-Za-z][!-~]{2}/.test(bytes.toString('latin1', 0, 16))) return 'utf-8';
  const counted = Math.min(bytes.length, 512);
  let evenNuls = 0;
  let oddNuls = 0;
  for (let at = 0; at < counted; at++) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) evenNuls += 1;
    else oddNuls += 1;
  }
  if (evenNuls === 0 && oddNuls === 0) return 'utf-8';
  // Text in a Latin script or XML has a NUL in nearly every other byte; CJK text still has it in markup and digits.
  if (oddNuls > counted / 8 && evenNuls <= oddNuls / 16) return 'utf-16le';
  if (evenNuls > counted / 8 && oddNuls <= evenNuls / 16) return 'utf-16be';
  return isTextWithNuls(bytes.subarray(0, counted), evenNuls + oddNuls) ? 'utf-8' : 'binary';
}

/**
 * Whether bytes with so many NULs are 8-bit text all the same, with no other control character than those that part
 * lines and columns: a value may hold a NUL, or a disk has put one there, which must not cost more than its record.
 */
export function isTextWithNuls(bytes: Uint8Array, nuls: number): boolean {
  if (nuls > Math.max(1, bytes.length / 64)) return false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== 0 && !(byte >= 0x09 && byte <= 0x0d)) return false;
  }
  return true;
}

function textOf(bytes: Buffer, encoding: Head['encoding']): string {
  switch (encoding) {
    case 'utf-16le':
      return bytes.toString('utf16le');
    case 'utf-16be':
      return Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le');
    case 'binary':
      return bytes.toString('latin1');
    default:
      return isUtf8(withoutCutCharacter(bytes)) ? bytes.toString('utf8') : codePage('windows-1252')(bytes);
  }
}

/** A head may end inside a UTF-8 sequence; at most three bytes of it. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}
