import { utf16Text } from './bin-values.js';

/**
 * Every chunk spells the same few names anew. The hash that stands before a name finds it again; its units are compared,
 * so a false hash gives no false name. A bounded memory of a pure function.
 */
export function internedName(bytes: Buffer, from: number, end: number, hash: number): string {
  const known = INTERNED.get(hash);
  if (known !== undefined && known.length * 2 === end - from) {
    let k = 0;
    while (k < known.length && known.charCodeAt(k) === (bytes[from + k * 2]! | (bytes[from + k * 2 + 1]! << 8))) k++;
    if (k === known.length) return known;
  }
  const name = utf16Text(bytes, from, end);
  if (name.length <= 64) INTERNED.set(hash, name);
  return name;
}

/** By the hash, which has 16 bits. */
const INTERNED = new Map<number, string>();
