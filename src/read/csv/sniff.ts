export type Delimiter = ',' | ';' | '\t';

/** The first records of a CSV as text, and how they lie in it. */
export interface SniffedCsv {
  readonly delimiter: Delimiter;
  /** Physical lines before the first record: blank ones, Excel's `sep=;`, PowerShell's `#TYPE …`. */
  readonly skippedLines: number;
  /** What stood behind `#TYPE`. */
  readonly typeName?: string;
  readonly first: readonly string[];
  /** The record after it, if there is one that is whole. */
  readonly second?: readonly string[];
}

/**
 * Looks at the text that an input begins with. The delimiter is the one of comma, semicolon and tab that stands most
 * often outside quotes in the first record (Event Viewer writes commas even where the list separator is a semicolon).
 * @returns undefined when there is no record with two fields.
 */
export function sniffCsv(text: string, given?: Delimiter): SniffedCsv | undefined {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let skippedLines = 0;
  let delimiter = given;
  let typeName: string | undefined;
  for (;;) {
    const line = lineAt(text, at);
    if (line === undefined) return undefined;
    const separator = /^"?sep=([,;\t])"?$/i.exec(line.text)?.[1];
    const type = /^"?#TYPE (.{1,200}?)"?$/.exec(line.text)?.[1];
    if (separator !== undefined) delimiter ??= separator === ';' ? ';' : separator === ',' ? ',' : '\t';
    else if (type !== undefined) typeName = type;
    else if (line.text !== '') break;
    at = line.next;
    skippedLines += 1;
  }
  delimiter ??= mostOften(text, at);
  const first = recordAt(text, at, delimiter);
  if (first === undefined || first.fields.length < 2) return undefined;
  let nextAt = first.next;
  while (text[nextAt] === '\r' || text[nextAt] === '\n') nextAt += 1;
  const second = nextAt < text.length ? recordAt(text, nextAt, delimiter) : undefined;
  return {
    delimiter,
    skippedLines,
    first: first.fields,
    ...(typeName === undefined ? {} : { typeName }),
    ...(second === undefined ? {} : { second: second.fields }),
  };
}

function lineAt(text: string, at: number): { readonly text: string; readonly next: number } | undefined {
  if (at >= text.length) return undefined;
  let end = at;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  const next = text.startsWith('\r\n', end) ? end + 2 : end + 1;
  // A long line is a record; it need not be copied to know that.
  return { text: end - at > 300 ? '?' : text.slice(at, end), next };
}

function mostOften(text: string, at: number): Delimiter {
  const counts = { ',': 0, ';': 0, '\t': 0 };
  let isQuoted = false;
  for (let n = at; n < text.length; n++) {
    const char = text[n];
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '\n' || char === '\r') break;
    else if (char === ',' || char === ';' || char === '\t') counts[char] += 1;
  }
  if (counts['\t'] > counts[','] && counts['\t'] >= counts[';']) return '\t';
  return counts[';'] > counts[','] ? ';' : ',';
}

/** The record at `at`, quoted as `RecordFramer` has it; undefined when it is broken or the text ends inside its quotes. */
function recordAt(
  text: string,
  at: number,
  delimiter: Delimiter,
): { readonly fields: string[]; readonly next: number } | undefined {
  const fields: string[] = [];
  let n = at;
  for (;;) {
    let from = n;
    let value: string | undefined;
    if (text[n] === '"') {
      value = '';
      from += 1;
      for (;;) {
        const close = text.indexOf('"', from);
        if (close < 0) return undefined;
        value += text.slice(from, close);
        n = close + 1;
        if (text[n] !== '"') break;
        value += '"';
        from = n + 1;
      }
    } else {
      while (n < text.length && text[n] !== delimiter && text[n] !== '\n' && text[n] !== '\r') n += 1;
      value = text.slice(from, n);
    }
    fields.push(value);
    if (n >= text.length) return { fields, next: n };
    if (text[n] === delimiter) n += 1;
    else if (text[n] === '\r' || text[n] === '\n') return { fields, next: text.startsWith('\r\n', n) ? n + 2 : n + 1 };
    else return undefined;
  }
}
