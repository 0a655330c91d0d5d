import { findFirst } from './find.js';
import type { CompiledTemplate } from './template.js';

/**
 * The fast path of inversion: a message that fits its template as it is, with exactly one reading. It walks the message
 * once, in plain loops, and allocates nothing until the values are cut out. Whatever is not so plain is `UNSURE` and left
 * to `invertAt`; a differential test holds the two together.
 */
export interface PreparedTemplate {
  readonly compiled: CompiledTemplate;
  /** The literals with line breaks as LF, and as CRLF. */
  readonly lf: readonly string[];
  readonly crlf: readonly string[];
  /** Parameter references, or white space in front: not for this path. */
  readonly isPlain: boolean;
}

export const NONE = 0;
export const ONE = 1;
export const UNSURE = 2;

export type LineBreaks = 'lf' | 'crlf' | 'mixed';

/** Which form the line breaks of a message have, those at its end aside; `lf` too where it has none. */
export function lineBreaksOf(message: string): LineBreaks {
  let at = message.indexOf('\r');
  if (at < 0) return 'lf';
  let end = message.length;
  while (end > 0 && isSpace(message.charCodeAt(end - 1))) end--;
  let breaks = 0;
  for (; at >= 0 && at < end; at = message.indexOf('\r', at + 2)) {
    if (message.charCodeAt(at + 1) !== LF) return 'mixed';
    breaks++;
  }
  for (at = message.indexOf('\n'); at >= 0 && at < end; at = message.indexOf('\n', at + 1)) breaks--;
  return breaks === 0 ? 'crlf' : 'mixed';
}

export function prepareTemplate(compiled: CompiledTemplate): PreparedTemplate {
  const lf = compiled.literals.map(literal => literal.replace(/\r\n?/g, '\n'));
  const crlf = lf.map(literal => literal.replaceAll('\n', '\r\n'));
  return { compiled, lf, crlf, isPlain: !compiled.hasParameters && !isSpace(lf[0]!.charCodeAt(0)) };
}

/** Where the literals start after a `placeVerbatim` that returned `ONE`; overwritten by the next. */
export let placed = new Int32Array(128);

/** Places the literals in the message: `NONE` if it does not fit as it is, `ONE` if in one way, `UNSURE` if it takes more to tell. */
export function placeVerbatim(prepared: PreparedTemplate, message: string, breaks: LineBreaks): number {
  if (!prepared.isPlain || breaks === 'mixed') return UNSURE;
  const literals = breaks === 'lf' ? prepared.lf : prepared.crlf;
  const first = literals[0]!;
  if (!standsAt(message, first, 0)) return isSpace(message.charCodeAt(0)) && first !== '' ? UNSURE : NONE;
  const last = literals.length - 1;
  const end = endOf(message, literals[last]!, last === 0);
  if (end < 0) return end === SPACES ? UNSURE : NONE;
  if (last === 0) return ONE;
  if (end < first.length) return NONE;
  if (last >= placed.length) placed = new Int32Array(last * 2);
  placed[0] = 0;
  placed[last] = end;
  let at = first.length;
  for (let k = 1; k < last; k++) {
    const literal = literals[k]!;
    const place = find(message, literal, at, end);
    if (place < 0) return NONE;
    placed[k] = place;
    at = place + literal.length;
  }
  if (at > end) return NONE;
  // From the right: while every later literal has one place, this one's other places can only lie before it.
  for (let k = last - 1; k >= 1; k--) {
    const literal = literals[k]!;
    if (find(message, literal, placed[k]! + 1, placed[k + 1]!) >= 0) return UNSURE;
  }
  return prepared.compiled.hasRepeats && last > 1 ? UNSURE : ONE;
}

/** The values between the literals that `placeVerbatim` has just placed. */
export function valuesPlaced(prepared: PreparedTemplate, message: string, breaks: LineBreaks): (string | null)[] {
  const { inserts, insertCount } = prepared.compiled;
  const literals = breaks === 'lf' ? prepared.lf : prepared.crlf;
  const insertions: (string | null)[] = [];
  for (let number = 0; number < insertCount; number++) insertions.push(null);
  for (let k = 1; k < literals.length; k++) {
    insertions[inserts[k - 1]! - 1] = message.slice(placed[k - 1]! + literals[k - 1]!.length, placed[k]!);
  }
  return insertions;
}

const LF = 10;
/** White space at the end that may be the literal's or the value's. */
const SPACES = -2;

/**
 * Where the last literal starts; -1 if it does not stand at the end, `SPACES` if that takes more to tell. White space at its end and the message's may differ,
 * unless the literal is nothing else: then it stands there whole or not at all.
 */
function endOf(message: string, literal: string, isWhole: boolean): number {
  const { length } = message;
  if (length >= literal.length && standsAt(message, literal, length - literal.length)) {
    return isWhole && literal.length !== length ? -1 : length - literal.length;
  }
  let literalEnd = literal.length;
  while (literalEnd > 0 && isSpace(literal.charCodeAt(literalEnd - 1))) literalEnd--;
  if (literalEnd === 0 && !isWhole) return isSpace(message.charCodeAt(length - 1)) ? SPACES : length;
  let messageEnd = length;
  while (messageEnd > 0 && isSpace(message.charCodeAt(messageEnd - 1))) messageEnd--;
  const start = messageEnd - literalEnd;
  if (start < 0 || (isWhole && start > 0)) return -1;
  for (let index = 0; index < literalEnd; index++) {
    if (message.charCodeAt(start + index) !== literal.charCodeAt(index)) return -1;
  }
  return start;
}

function standsAt(message: string, literal: string, at: number): boolean {
  if (at + literal.length > message.length) return false;
  for (let index = 0; index < literal.length; index++) {
    if (message.charCodeAt(at + index) !== literal.charCodeAt(index)) return false;
  }
  return true;
}

/** Characters that a plain search may compare before the built-in ones take over (they are linear where it matters). */
const PLAIN_LIMIT = 4096;

function find(message: string, literal: string, from: number, end: number): number {
  const { length } = literal;
  const stop = end - length;
  if (length === 0) return from <= end ? from : -1;
  if (stop - from > PLAIN_LIMIT) return findFirst(message, literal, from, end);
  const first = literal.charCodeAt(0);
  for (let at = from; at <= stop; at++) {
    if (message.charCodeAt(at) !== first) continue;
    let index = 1;
    while (index < length && message.charCodeAt(at + index) === literal.charCodeAt(index)) index++;
    if (index === length) return at;
  }
  return -1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
