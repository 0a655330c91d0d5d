/**
 * The first index at or after `from` where `pattern` stands in `text`, with its end at or before `to`; -1 if none.
 * Linear for every input: `String.indexOf` is fast but quadratic on hostile text, so that large searches go to
 * Knuth–Morris–Pratt.
 */
export function findFirst(text: string, pattern: string, from: number, to: number): number {
  if (pattern.length === 0) return from <= to ? from : -1;
  if (to - from < pattern.length) return -1;
  if ((to - from) * pattern.length > LARGE && pattern.length > 2) return knuthMorrisPratt(text, pattern, from, to);
  const at = text.indexOf(pattern, from);
  return at >= 0 && at + pattern.length <= to ? at : -1;
}

/** The last index at or after `from` where `pattern` stands in `text` with its end at or before `to`; -1 if none. */
export function findLast(text: string, pattern: string, from: number, to: number): number {
  if (pattern.length === 0) return from <= to ? to : -1;
  if (to - from < pattern.length) return -1;
  if ((to - from) * pattern.length > LARGE && pattern.length > 2) return reversedSearch(text, pattern, from, to);
  const at = text.lastIndexOf(pattern, to - pattern.length);
  return at >= from ? at : -1;
}

/** Characters compared at worst by a plain search before the linear one pays. */
const LARGE = 1 << 17;

function knuthMorrisPratt(text: string, pattern: string, from: number, to: number): number {
  const border = borders(pattern, false);
  let matched = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && pattern.charCodeAt(matched) !== code) matched = border[matched - 1]!;
    if (pattern.charCodeAt(matched) === code) matched++;
    if (matched === pattern.length) return at - matched + 1;
  }
  return -1;
}

function reversedSearch(text: string, pattern: string, from: number, to: number): number {
  const border = borders(pattern, true);
  const last = pattern.length - 1;
  let matched = 0;
  for (let at = to - 1; at >= from; at--) {
    const code = text.charCodeAt(at);
    while (matched > 0 && pattern.charCodeAt(last - matched) !== code) matched = border[matched - 1]!;
    if (pattern.charCodeAt(last - matched) === code) matched++;
    if (matched === pattern.length) return at;
  }
  return -1;
}

/** For each prefix of the pattern (of its mirror image, if reversed) the length of its longest border. */
function borders(pattern: string, isReversed: boolean): Int32Array {
  const cached = isReversed ? lastReversed : lastForward;
  if (cached.pattern === pattern) return cached.table;
  const last = pattern.length - 1;
  const codeAt = isReversed ? (i: number) => pattern.charCodeAt(last - i) : (i: number) => pattern.charCodeAt(i);
  const table = new Int32Array(pattern.length);
  let length = 0;
  for (let index = 1; index < pattern.length; index++) {
    const code = codeAt(index);
    while (length > 0 && codeAt(length) !== code) length = table[length - 1]!;
    if (codeAt(length) === code) length++;
    table[index] = length;
  }
  cached.pattern = pattern;
  cached.table = table;
  return table;
}

/** One pattern is searched for again and again while its occurrences are listed. */
const lastForward = { pattern: '', table: new Int32Array(0) };
const lastReversed = { pattern: '', table: new Int32Array(0) };
