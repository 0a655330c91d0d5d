/** A message template: the text with `%n` that a provider registered for an event ID in a language. */
export interface MessageTemplate {
  readonly provider: string;
  readonly eventId: number;
  /** BCP 47 tag, as the source of the template spelt it. */
  readonly culture?: string;
  /** In FormatMessage's syntax. */
  readonly text: string;
}

/**
 * A template taken apart: `literals[0] inserts[0] literals[1] inserts[1] … literals[inserts.length]`. Literals are the
 * text as Windows renders it (`%n` is a line break, `%%` a percent sign) and may be empty.
 */
export interface CompiledTemplate {
  readonly text: string;
  readonly literals: readonly string[];
  /** The number of each insert in order of appearance, 1 to 99. Numbers may repeat. */
  readonly inserts: readonly number[];
  /** The highest number; so many places has the array of insertions. */
  readonly insertCount: number;
  /** Some insert appears more than once. */
  readonly hasRepeats: boolean;
  /** The template holds a parameter reference such as `%%1833`, which a rendering may have replaced by its text. */
  readonly hasParameters: boolean;
}

/**
 * Compiles FormatMessage's syntax (Windows API, FormatMessage, "Message definitions"): `%1` to `%99`, `%1!format!` (the
 * printf form says nothing for event strings and is skipped), `%n` line break, `%r` carriage return, `%t` tab, `%b`
 * space, `%0` end of the message, `%%`, `%.`, `%!`; any other character after `%` stands for itself. `%%` before digits
 * is a parameter reference, which Event Viewer may or may not replace: it is kept as text. Never throws.
 */
export function compileTemplate(text: string): CompiledTemplate {
  const literals: string[] = [];
  const inserts: number[] = [];
  let literal = '';
  let hasParameters = false;
  let at = 0;
  for (;;) {
    const percent = text.indexOf('%', at);
    if (percent < 0 || percent === text.length - 1) {
      literal += text.slice(at);
      break;
    }
    literal += text.slice(at, percent);
    const next = text[percent + 1]!;
    at = percent + 2;
    if (next === '0') break;
    if (isDigit(next)) {
      let number = next;
      if (isDigit(text[at])) number += text[at++];
      at = skipFormat(text, at);
      literals.push(literal);
      inserts.push(Number(number));
      literal = '';
    } else if (next === '%' && isDigit(text[at])) {
      hasParameters = true;
      literal += '%%';
      while (isDigit(text[at])) literal += text[at++];
    } else {
      literal += ESCAPES[next] ?? next;
    }
  }
  literals.push(literal);
  let insertCount = 0;
  for (const number of inserts) insertCount = Math.max(insertCount, number);
  const hasRepeats = new Set(inserts).size < inserts.length;
  return { text, literals, inserts, insertCount, hasRepeats, hasParameters };
}

/** Fills a template in. An insert without a value (null, or past the end) stays in the text as `%n`, as in Windows. */
export function renderTemplate(template: CompiledTemplate, insertions: readonly (string | null)[]): string {
  let message = template.literals[0]!;
  for (let index = 0; index < template.inserts.length; index++) {
    const number = template.inserts[index]!;
    message += (insertions[number - 1] ?? `%${number}`) + template.literals[index + 1]!;
  }
  return message;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\r\n', r: '\r', t: '\t', b: ' ' };

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** The longest printf form taken for one: longer text between exclamation marks is text. */
const MAX_FORMAT = 16;

function skipFormat(text: string, at: number): number {
  if (text[at] !== '!') return at;
  const close = text.indexOf('!', at + 1);
  if (close < 0 || close - at > MAX_FORMAT || close === at + 1) return at;
  return PRINTF.test(text.slice(at + 1, close)) ? close + 1 : at;
}

const PRINTF = /^[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:h|l|ll|w|I|I32|I64)?[a-zA-Z]$/;
