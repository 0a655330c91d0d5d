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

/** A template made ready for the fast path. */
interface Row {
  /** The literals with line breaks as LF, and as CRLF. */
  readonly lf: readonly string[];
  readonly crlf: readonly string[];
  readonly inserts: readonly number[];
  readonly insertCount: number;
  readonly hasRepeats: boolean;
  /** No parameter references, no white space in front. */
  readonly isPlain: boolean;
}

/**
 * The fast path of inversion: a message that fits its template as it is, with exactly one reading. Whatever is not so
 * plain is `UNSURE` and left to `invertAt`; a differential test holds the two together.
 *
 * Literals are compared as slices and searched by `indexOf`, which are vectorised: `startsWith` and loops over
 * `charCodeAt` take 2 to 3 ns a character, measured on Node 20, and slices a tenth of that.
 */
export class PlainTemplates {
  readonly #rows: Row[] = [];
  /** Where `place` put the literals. */
  #placed = new Int32Array(128);

  /** Adds a template; returns its row. */
  add(template: CompiledTemplate): number {
    const { literals, inserts, insertCount, hasRepeats, hasParameters } = template;
    const lf = literals.map(literal => literal.replace(/\r\n?/g, '\n'));
    const crlf = lf.some(literal => literal.includes('\n')) ? lf.map(literal => literal.replaceAll('\n', '\r\n')) : lf;
    const isPlain = !hasParameters && !isSpace(lf[0]!.charCodeAt(0));
    if (literals.length > this.#placed.length) this.#placed = new Int32Array(literals.length * 2);
    return this.#rows.push({ lf, crlf, inserts, insertCount, hasRepeats, isPlain }) - 1;
  }

  /** Places the literals: `NONE` if the message does not fit as it is, `ONE` if in one way, `UNSURE` if it takes more to tell. */
  place(row: number, message: string, breaks: LineBreaks): number {
    const template = this.#rows[row]!;
    const { length } = message;
    if (!template.isPlain || breaks === 'mixed' || length > PLAIN_LIMIT) return UNSURE;
    const literals = breaks === 'lf' ? template.lf : template.crlf;
    const last = literals.length - 1;
    const first = literals[0]!;
    if (message.charCodeAt(0) !== first.charCodeAt(0) && first !== '') {
      return isSpace(message.charCodeAt(0)) ? UNSURE : NONE;
    }
    if (last === 0) return message === first ? ONE : UNSURE;
    if (message.slice(0, first.length) !== first) return NONE;
    const end = endOf(message, literals[last]!);
    if (end < 0) return end === SPACES ? UNSURE : NONE;
    const placed = this.#placed;
    placed[0] = 0;
    placed[last] = end;
    let at = first.length;
    for (let k = 1; k < last; k++) {
      const literal = literals[k]!;
      const place = message.indexOf(literal, at);
      if (place < 0) return NONE;
      placed[k] = place;
      at = place + literal.length;
    }
    if (at > end) return NONE;
    // From the right: while every later literal has one place, this one's other places can only lie before it.
    for (let k = last - 1; k >= 1; k--) {
      const literal = literals[k]!;
      const other = message.indexOf(literal, placed[k]! + 1);
      if (other >= 0 && other + literal.length <= placed[k + 1]!) return UNSURE;
    }
    return template.hasRepeats ? UNSURE : ONE;
  }

  /** The values between the literals that `place` has just placed. */
  values(row: number, message: string, breaks: LineBreaks): (string | null)[] {
    const { lf, crlf, inserts, insertCount } = this.#rows[row]!;
    const literals = breaks === 'lf' ? lf : crlf;
    const placed = this.#placed;
    const insertions: (string | null)[] = [];
    for (let number = insertCount; number > 0; number--) insertions.push(null);
    for (let k = 0; k < inserts.length; k++) {
      insertions[inserts[k]! - 1] = message.slice(placed[k]! + literals[k]!.length, placed[k + 1]!);
    }
    return insertions;
  }
}

const LF = 10;
const NOT_FOUND = -1;
const SPACES = -2;
/** Longer messages go the way that is linear whatever they hold. */
const PLAIN_LIMIT = 8192;

/**
 * Where the last literal starts; `NOT_FOUND` if it does not stand at the end. White space at its end and the message's may
 * differ; `SPACES` where the literal is nothing else and that could be the value's.
 */
function endOf(message: string, literal: string): number {
  const { length } = message;
  if (length >= literal.length && message.slice(length - literal.length) === literal) return length - literal.length;
  let literalEnd = literal.length;
  while (literalEnd > 0 && isSpace(literal.charCodeAt(literalEnd - 1))) literalEnd--;
  if (literalEnd === 0) return endsInSpace(message) ? SPACES : length;
  let messageEnd = length;
  while (messageEnd > 0 && isSpace(message.charCodeAt(messageEnd - 1))) messageEnd--;
  if (literalEnd === literal.length && messageEnd === length) return NOT_FOUND;
  const start = messageEnd - literalEnd;
  return start >= 0 && message.slice(start, messageEnd) === literal.slice(0, literalEnd) ? start : NOT_FOUND;
}

function endsInSpace(message: string): boolean {
  return isSpace(message.charCodeAt(message.length - 1));
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
