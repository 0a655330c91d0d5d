import type { CompiledTemplate } from './template.js';

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

/**
 * The fast path of inversion: a message that fits its template as it is, with exactly one reading. Whatever is not so
 * plain is `UNSURE` and left to `invertAt`; a differential test holds the two together.
 *
 * With tens of thousands of templates the time goes to memory that is not in the cache, so that the literals of all
 * templates lie in two arrays and a template is a number (its row); measured, strings and objects took three times as
 * long.
 */
export class LiteralArena {
  #codes = new Uint16Array(1 << 14);
  #codesUsed = 0;
  /**
   * A row: flags, number of insertions, number of inserts; then for each literal where its codes start and end with line
   * breaks as LF, the same as CRLF, and the number of the insert after it (0 after the last).
   */
  #rows = new Int32Array(1 << 12);
  #rowsUsed = 1;
  /** Where `place` put the literals. */
  #placed = new Int32Array(128);

  /** Adds a template; returns its row. */
  add(template: CompiledTemplate): number {
    const { literals, inserts, insertCount, hasRepeats, hasParameters } = template;
    const row = this.#rowsUsed;
    const words = HEAD + literals.length * STEP;
    if (row + words > this.#rows.length) this.#rows = grown(this.#rows, Int32Array, row + words);
    this.#rowsUsed += words;
    const lf = literals.map(literal => literal.replace(/\r\n?/g, '\n'));
    const isPlain = !hasParameters && !isSpace(lf[0]!.charCodeAt(0));
    this.#rows.set([(isPlain ? PLAIN : 0) | (hasRepeats ? REPEATS : 0), insertCount, inserts.length], row);
    lf.forEach((literal, k) => {
      const at = row + HEAD + k * STEP;
      const [start, end] = this.#store(literal);
      const [crlfStart, crlfEnd] = literal.includes('\n')
        ? this.#store(literal.replaceAll('\n', '\r\n'))
        : [start, end];
      this.#rows.set([start, end, crlfStart, crlfEnd, inserts[k] ?? 0], at);
    });
    if (literals.length > this.#placed.length) this.#placed = new Int32Array(literals.length * 2);
    return row;
  }

  /** Places the literals: `NONE` if the message does not fit as it is, `ONE` if in one way, `UNSURE` if it takes more to tell. */
  place(row: number, message: string, breaks: LineBreaks): number {
    const rows = this.#rows;
    const flags = rows[row]!;
    if ((flags & PLAIN) === 0 || breaks === 'mixed') return UNSURE;
    const placed = this.#placed;
    const codes = this.#codes;
    const last = rows[row + 2]!;
    let at = row + (breaks === 'lf' ? HEAD : HEAD + 2);
    let start = rows[at]!;
    let stop = rows[at + 1]!;
    const { length } = message;
    let place = 0;
    while (start < stop) {
      // Past the end it is NaN; a template without inserts may differ in white space at the end.
      if (message.charCodeAt(place) !== codes[start]) {
        return isSpace(message.charCodeAt(0)) || (last === 0 && isSpace(codes[start]!)) ? UNSURE : NONE;
      }
      place++;
      start++;
    }
    if (last === 0) return place === length ? ONE : UNSURE;
    const lastAt = at + last * STEP;
    const end = this.#endOf(message, rows[lastAt]!, rows[lastAt + 1]!);
    if (end < 0) return end === SPACES ? UNSURE : NONE;
    placed[0] = 0;
    placed[last] = end;
    for (let k = 1; k < last; k++) {
      at += STEP;
      start = rows[at]!;
      stop = rows[at + 1]!;
      place = this.#find(message, start, stop, place, end);
      if (place < 0) return place === TOO_LONG ? UNSURE : NONE;
      placed[k] = place;
      place += stop - start;
    }
    if (place > end) return NONE;
    // From the right: while every later literal has one place, this one's other places can only lie before it.
    for (let k = last - 1; k >= 1; k--) {
      start = rows[at]!;
      stop = rows[at + 1]!;
      if (this.#find(message, start, stop, placed[k]! + 1, placed[k + 1]!) !== NOT_FOUND) return UNSURE;
      at -= STEP;
    }
    return (flags & REPEATS) !== 0 ? UNSURE : ONE;
  }

  /** The values between the literals that `place` has just placed. */
  values(row: number, message: string, breaks: LineBreaks): (string | null)[] {
    const rows = this.#rows;
    const placed = this.#placed;
    const insertions: (string | null)[] = [];
    for (let number = rows[row + 1]!; number > 0; number--) insertions.push(null);
    const last = rows[row + 2]!;
    let at = row + (breaks === 'lf' ? HEAD : HEAD + 2);
    const insert = breaks === 'lf' ? 4 : 2;
    for (let k = 0; k < last; k++) {
      const from = placed[k]! + rows[at + 1]! - rows[at]!;
      insertions[rows[at + insert]! - 1] = message.slice(from, placed[k + 1]!);
      at += STEP;
    }
    return insertions;
  }

  #store(literal: string): [start: number, end: number] {
    const start = this.#codesUsed;
    const end = start + literal.length;
    if (end > this.#codes.length) this.#codes = grown(this.#codes, Uint16Array, end);
    for (let index = 0; index < literal.length; index++) this.#codes[start + index] = literal.charCodeAt(index);
    this.#codesUsed = end;
    return [start, end];
  }

  /**
   * Where the last literal starts; `NOT_FOUND` if it does not stand at the end. White space at its end and the message's
   * may differ; `SPACES` where the literal is nothing else and that could be the value's.
   */
  #endOf(message: string, start: number, stop: number): number {
    const { length } = message;
    const codes = this.#codes;
    let index = stop - 1;
    let at = length - 1;
    while (index >= start && at >= 0 && message.charCodeAt(at) === codes[index]) {
      index--;
      at--;
    }
    if (index < start) return at + 1;
    let literalEnd = stop;
    while (literalEnd > start && isSpace(codes[literalEnd - 1]!)) literalEnd--;
    if (literalEnd === start) return endsInSpace(message) ? SPACES : length;
    index = literalEnd - 1;
    at = length - 1;
    while (at >= 0 && isSpace(message.charCodeAt(at))) at--;
    while (index >= start) {
      if (at < 0 || message.charCodeAt(at) !== codes[index]) return NOT_FOUND;
      index--;
      at--;
    }
    return at + 1;
  }

  /** The first place of a literal; `TOO_LONG` when a plain search could take more than linear time. */
  #find(message: string, start: number, stop: number, from: number, end: number): number {
    const codes = this.#codes;
    if (start === stop) return from <= end ? from : NOT_FOUND;
    const limit = end - (stop - start);
    if (limit - from > PLAIN_LIMIT) return TOO_LONG;
    const first = codes[start]!;
    for (let at = from; at <= limit; at++) {
      if (message.charCodeAt(at) !== first) continue;
      let index = start + 1;
      let next = at + 1;
      while (index < stop && message.charCodeAt(next) === codes[index]) {
        index++;
        next++;
      }
      if (index === stop) return at;
    }
    return NOT_FOUND;
  }
}

const LF = 10;
const HEAD = 3;
const STEP = 5;
const PLAIN = 1;
const REPEATS = 2;
const NOT_FOUND = -1;
const SPACES = -2;
const TOO_LONG = -3;
/** Places that a plain search may try. */
const PLAIN_LIMIT = 4096;

function endsInSpace(message: string): boolean {
  return isSpace(message.charCodeAt(message.length - 1));
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function grown<T extends Int32Array | Uint16Array>(array: T, kind: new (length: number) => T, least: number): T {
  const larger = new kind(Math.max(array.length * 2, least));
  larger.set(array);
  return larger;
}
