import type { ByteWindow } from '../../bytes/byte-window.js';

/** By byte order mark, else by the NUL that UTF-16 has beside the ASCII character every JSON starts with. */
export function encodingOf(
  window: ByteWindow,
  isLast: boolean,
  given: string | undefined,
): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const name = given?.toLowerCase().replace('-', '') ?? '';
  if (name === 'utf16be' || name === 'utf16-be') return 'utf-16be';
  if (/^(utf16(-?le)?|ucs2)$/.test(name)) return 'utf-16le';
  if (given !== undefined) return 'utf-8';
  const length = window.end - window.start;
  if (length < 2) return isLast ? 'utf-8' : undefined;
  const first = window.bytes[window.start]!;
  const second = window.bytes[window.start + 1]!;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
