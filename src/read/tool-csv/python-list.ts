/**
 * The strings of a Python list as `repr` writes it: `['a', "it's", 'C:\\x', None, 12]`. What is no string is kept as it
 * is written, `None` as empty. Linear in the text.
 * @returns undefined when the text is no such list.
 */
export function readPythonList(text: string): string[] | undefined {
  const end = text.trimEnd().length - 1;
  if (text[0] !== '[' || text[end] !== ']') return undefined;
  const items: string[] = [];
  let at = skipSpaces(text, 1);
  while (at < end) {
    const item = text[at] === "'" || text[at] === '"' ? readString(text, at, end) : readBare(text, at, end);
    if (item === undefined) return undefined;
    items.push(item.value);
    at = skipSpaces(text, item.next);
    if (at >= end) break;
    if (text[at] !== ',') return undefined;
    at = skipSpaces(text, at + 1);
  }
  return at === end ? items : undefined;
}

interface Item {
  readonly value: string;
  readonly next: number;
}

function readString(text: string, from: number, end: number): Item | undefined {
  const quote = text[from];
  let value = '';
  let plainFrom = from + 1;
  for (let at = from + 1; at < end; at++) {
    if (text[at] === quote) return { value: value + text.slice(plainFrom, at), next: at + 1 };
    if (text[at] !== '\\') continue;
    value += text.slice(plainFrom, at);
    const escaped = readEscape(text, at);
    value += escaped.value;
    plainFrom = escaped.next;
    at = escaped.next - 1;
  }
  return undefined;
}

function readBare(text: string, from: number, end: number): Item {
  let to = from;
  while (to < end && text[to] !== ',') to += 1;
  const value = text.slice(from, to).trim();
  return { value: value === 'None' ? '' : value, next: to };
}

const PLAIN_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };
const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The escape that begins with the backslash at `at`; one that is none stands for itself. */
function readEscape(text: string, at: number): Item {
  const kind = text.charAt(at + 1);
  const plain = PLAIN_ESCAPES[kind];
  if (plain !== undefined) return { value: plain, next: at + 2 };
  const length = HEX_LENGTHS[kind] ?? 0;
  const digits = text.slice(at + 2, at + 2 + length);
  const code = Number.parseInt(digits, 16);
  if (length === 0 || !/^[\da-f]+$/i.test(digits) || digits.length !== length || code > 0x10ffff) {
    return { value: '\\', next: at + 1 };
  }
  return { value: String.fromCodePoint(code), next: at + 2 + length };
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}
