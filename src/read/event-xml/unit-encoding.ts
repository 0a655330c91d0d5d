import type { UnitEncoding } from '../format-reader.js';
import { isSpace } from './units.js';

export type { UnitEncoding };

/**
 * Recognises, between events, where another run begins in another encoding: several exports appended with `>>` change
 * it in the middle of a file. It shows by its byte order mark or by `<Event` or `<?xml`, at even and odd offsets.
 * @param byteAt the input's byte at an index; asked only for indices before `to`.
 */
export function otherEncodingAt(
  byteAt: (index: number) => number,
  at: number,
  to: number,
  current: UnitEncoding,
): { readonly encoding: UnitEncoding; readonly at: number } | undefined {
  const first = at < to ? byteAt(at) : -1;
  if (current === 'utf-8') {
    if (first === 0 && at + 1 < to && isSpace(byteAt(at + 1))) return { encoding: 'utf-16be', at };
    if (first === 0xff || first === 0xfe || first === 0 || first === 0x3c) {
      const encoding = runAt(byteAt, at, to);
      return encoding === undefined || encoding === 'utf-8' ? undefined : { encoding, at };
    }
    // White space as UTF-16LE; but one 8-bit line break before `00 3C` leads a run of UTF-16BE.
    if (isSpace(first) && at + 1 < to && byteAt(at + 1) === 0) {
      return runAt(byteAt, at + 1, to) === 'utf-16be' ? undefined : { encoding: 'utf-16le', at };
    }
    return undefined;
  }
  const here = runAt(byteAt, at, to);
  const odd = runAt(byteAt, at + 1, to);
  // `\0<\0E\0v\0` is UTF-16LE that has lost a byte, or UTF-16BE without a mark, which nobody appends to the other. The
  // same in UTF-16BE is `<\0E\0v\0`, which has lost the first byte of the event.
  if (here === 'utf-16be' && byteAt(at) === 0 && odd === current) return { encoding: odd, at: at + 1 };
  if (here === 'utf-16le' && byteAt(at) !== 0xff && current === 'utf-16be') return { encoding: current, at: at + 1 };
  if (here !== undefined && here !== current) return { encoding: here, at };
  if (odd === undefined) return undefined;
  // `x\0<\0E\0v\0` is text and an event in UTF-16LE and not half a unit before UTF-16BE.
  if (odd === 'utf-16be' && current === 'utf-16le' && byteAt(at + 1) === 0) return undefined;
  // `\0<\0E\0v\0` the other way round: what an event's damaged start tag looks like in UTF-16BE.
  if (odd === 'utf-16le' && here === current) return undefined;
  return { encoding: odd, at: at + 1 };
}

function runAt(byteAt: (index: number) => number, at: number, to: number): UnitEncoding | undefined {
  const is = (...bytes: readonly number[]): boolean => {
    if (at + bytes.length > to) return false;
    return bytes.every((byte, k) => byteAt(at + k) === byte);
  };
  const first = at < to ? byteAt(at) : -1;
  switch (first) {
    case 0xff:
      return is(0xff, 0xfe) && at + 3 < to && byteAt(at + 2) !== 0 && byteAt(at + 3) === 0 ? 'utf-16le' : undefined;
    case 0xfe:
      return is(0xfe, 0xff, 0) && at + 3 < to && byteAt(at + 3) !== 0 ? 'utf-16be' : undefined;
    case 0xef:
      return is(0xef, 0xbb, 0xbf) ? 'utf-8' : undefined;
    case 0:
      return is(0, 0x3c, 0, 0x45, 0, 0x76) || is(0, 0x3c, 0, 0x3f, 0, 0x78) ? 'utf-16be' : undefined;
    case 0x3c:
      if (is(0x3c, 0, 0x45, 0, 0x76, 0) || is(0x3c, 0, 0x3f, 0, 0x78, 0)) return 'utf-16le';
      if (is(0x3c, 0x45, 0x76, 0x65, 0x6e, 0x74) || is(0x3c, 0x3f, 0x78, 0x6d, 0x6c)) return 'utf-8';
      return undefined;
    default:
      return undefined;
  }
}

/** The units of an encoding that was named by hand. */
export function givenUnits(encoding: string | undefined): UnitEncoding | undefined {
  if (encoding === undefined) return undefined;
  const name = encoding.toLowerCase();
  if (name === 'utf-16be' || name === 'utf16be') return 'utf-16be';
  return /^(utf-?16(le)?|ucs-?2)$/.test(name) ? 'utf-16le' : 'utf-8';
}
