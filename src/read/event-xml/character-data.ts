/** Counts what a reader of event XML lets pass although XML forbids it. */
export interface Leniencies {
  bareAmpersands: number;
}

/**
 * Text content as a conforming parser gives it: raw CRLF and CR become LF, then references are replaced, so that
 * `&#13;` stays a carriage return. An `&` that begins no reference XML knows is kept as it is and counted: some
 * exporters leave it unescaped.
 */
export function textContent(raw: string, leniencies: Leniencies): string {
  return replaceReferences(raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw, leniencies);
}

/** An attribute's value: raw white space becomes spaces (CRLF one), then references are replaced. */
export function attributeValue(raw: string, leniencies: Leniencies): string {
  return replaceReferences(raw.replace(/\r\n|[\t\n\r]/g, ' '), leniencies);
}

function replaceReferences(text: string, leniencies: Leniencies): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let out = '';
  let done = 0;
  while (at >= 0) {
    const semicolon = endOfReference(text, at + 1);
    const character = semicolon < 0 ? undefined : referenced(text, at + 1, semicolon);
    if (character === undefined) {
      leniencies.bareAmpersands += 1;
      at = text.indexOf('&', at + 1);
      continue;
    }
    out += text.slice(done, at) + character;
    done = semicolon + 1;
    at = text.indexOf('&', done);
  }
  return out + text.slice(done);
}

/** References are short; the bound keeps hostile text of ampersands linear. */
const LONGEST_REFERENCE = 16;

function endOfReference(text: string, from: number): number {
  const limit = Math.min(text.length, from + LONGEST_REFERENCE);
  for (let at = from; at < limit; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 59) return at;
    const isName =
      (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 35;
    if (!isName) return -1;
  }
  return -1;
}

/** Control characters may be referenced here although XML 1.0 forbids it: real events hold them. */
function referenced(text: string, from: number, to: number): string | undefined {
  if (text.charCodeAt(from + 1) === 49 && to - from === 3 && text.charCodeAt(from) === 35) {
    // Rendered messages are full of these two.
    if (text.charCodeAt(from + 2) === 51) return '\r';
    if (text.charCodeAt(from + 2) === 48) return '\n';
  }
  const name = text.slice(from, to);
  if (name.charCodeAt(0) !== 35) return NAMED.get(name);
  const isHex = name[1] === 'x';
  const digits = name.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return undefined;
  const codePoint = Number.parseInt(digits, isHex ? 16 : 10);
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
}

const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
