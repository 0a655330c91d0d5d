/**
 * What exports do to a message's text, undone on both sides before they are compared. An export treats a message as a
 * whole alike, so that each view is a hypothesis on what was done to it: it says how the text and how the template's
 * literals look if that was so.
 *
 * - `verbatim`: nothing but the line breaks' form (CRLF, LF, CR)
 * - `folded`: no-break and other spaces, apostrophes, quotation marks, dashes in their ASCII forms; marks of direction
 *   and other invisible characters dropped
 * - `joined`, `joined-wide`: as folded, and each line break became one space, or two (CR and LF each)
 * - `trimmed`: as folded, without spaces at the ends of lines
 * - `spaced`: as folded, with any run of white space as one space
 * - `unbroken`: as folded, with line breaks left out
 */
export type View = 'verbatim' | 'folded' | 'joined' | 'joined-wide' | 'trimmed' | 'spaced' | 'unbroken';

/** A text under a view, with the way back to the original text. */
export interface ViewedText {
  readonly text: string;
  /** For each character of `text`, where it begins in the original; absent when `text` is the original. */
  readonly begins?: Int32Array;
  /** For each character of `text`, where it ends in the original. */
  readonly ends?: Int32Array;
}

/** A message under each view, each made once. */
export class MessageViews {
  readonly raw: string;
  readonly hasLineBreaks: boolean;
  /** The text holds what stands for characters that an encoding lost. */
  readonly hasLosses: boolean;
  #verbatim: ViewedText | undefined;
  #folded: ViewedText | undefined;
  #trimmed: ViewedText | undefined;
  #spaced: ViewedText | undefined;

  constructor(raw: string) {
    this.raw = raw;
    this.hasLosses = raw.includes('?') || raw.includes('\ufffd');
    this.hasLineBreaks = raw.includes('\n') || raw.includes('\r');
  }

  /** The message under a view; undefined where the view cannot be what was done to it. */
  get(view: View): ViewedText | undefined {
    switch (view) {
      case 'verbatim':
        this.#verbatim ??= this.raw.includes('\r') ? fold(this.raw, 'lines') : { text: this.raw };
        return this.#verbatim;
      case 'trimmed':
        this.#trimmed ??= fold(this.raw, 'trimmed');
        return this.#trimmed;
      case 'spaced':
        this.#spaced ??= fold(this.raw, 'spaced');
        return this.#spaced;
      case 'joined':
      case 'joined-wide':
      case 'unbroken':
        if (this.hasLineBreaks) return undefined;
        break;
    }
    this.#folded ??= fold(this.raw, 'folded');
    return this.#folded;
  }
}

/** A literal of a template under a view. */
export function viewLiteral(literal: string, view: View): string {
  if (view === 'verbatim') return literal.includes('\r') ? literal.replace(/\r\n?/g, '\n') : literal;
  if (view === 'trimmed' || view === 'spaced') return fold(literal, view).text;
  const { text } = fold(literal, 'folded');
  if (view === 'folded') return text;
  return text.replaceAll('\n', view === 'joined' ? ' ' : view === 'unbroken' ? '' : '  ');
}

/** The slice of the original text that `[from, to)` of a viewed text stands for, dropped characters at its borders included. */
export function originalSlice(raw: string, viewed: ViewedText, from: number, to: number): string {
  const { begins, ends } = viewed;
  if (begins === undefined || ends === undefined) return raw.slice(from, to);
  if (from >= to) return '';
  const start = from === 0 ? 0 : ends[from - 1]!;
  return raw.slice(start, to === viewed.text.length ? raw.length : begins[to]!);
}

/** How one UTF-16 code unit is folded; 0xffff is dropped. */
export function foldCode(code: number): number {
  return foldTable()[code]!;
}

/** `foldCode` of every code unit. */
export function foldTable(): Uint16Array {
  table ??= makeTable();
  return table;
}

/** Dropped by folding. U+FFFF is no character, and a text that holds it loses it alone. */
export const DROPPED = 0xffff;

let table: Uint16Array | undefined;

function makeTable(): Uint16Array {
  const codes = Uint16Array.from({ length: 65_536 }, (_, code) => code);
  for (const [to, from] of FOLDS) {
    for (const range of from.split(' ')) {
      const [low, high = low] = range.split('-').map(hex => Number.parseInt(hex, 16));
      codes.fill(to === '' ? DROPPED : to.charCodeAt(0), low!, high! + 1);
    }
  }
  return codes;
}

/** What is folded (Unicode code points in hexadecimal) to what. */
const FOLDS: readonly (readonly [to: string, from: string])[] = [
  [' ', 'a0 1680 2000-200a 202f 205f 3000'],
  ['\n', '85 2028 2029'],
  ["'", '60 b4 2b9 2bb 2bc 2bd 2c8 2018-201b 2032 ff07'],
  ['"', '201c-201f 2033 ff02'],
  ['-', '2010-2015 2212'],
  // Soft hyphen, zero-width characters, marks of direction and embedding, byte order mark.
  ['', 'ad 61c 200b-200f 202a-202e 2060-2064 2066-2069 feff'],
];

type Folding = 'lines' | 'folded' | 'trimmed' | 'spaced';

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;

function fold(raw: string, folding: Folding): ViewedText {
  const codes = new Uint16Array(raw.length);
  const begins = new Int32Array(raw.length);
  const ends = new Int32Array(raw.length);
  let length = 0;
  for (let at = 0; at < raw.length; at++) {
    const begin = at;
    let code = raw.charCodeAt(at);
    if (code === CR) {
      if (raw.charCodeAt(at + 1) === LF) at++;
      code = LF;
    } else if (folding !== 'lines') {
      code = foldCode(code);
      if (code === DROPPED) continue;
    }
    if (folding === 'trimmed' && code === LF) {
      while (length > 0 && isBlank(codes[length - 1]!)) length--;
    } else if (folding === 'spaced' && (code === LF || isBlank(code) || code === 11 || code === 12)) {
      if (length > 0 && codes[length - 1] === SPACE) {
        ends[length - 1] = at + 1;
        continue;
      }
      code = SPACE;
    }
    codes[length] = code;
    begins[length] = begin;
    ends[length++] = at + 1;
  }
  return { text: decode(codes, length), begins, ends };
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function decode(codes: Uint16Array, length: number): string {
  let text = '';
  for (let at = 0; at < length; at += 8192) {
    text += String.fromCharCode.apply(null, codes.subarray(at, Math.min(at + 8192, length)) as unknown as number[]);
  }
  return text;
}
