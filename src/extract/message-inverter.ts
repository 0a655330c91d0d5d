/** What a message says of a template's values. */
export interface Inversion {
  readonly certainty: 'exact' | 'ambiguous' | 'none';
  readonly insertions: readonly (string | null)[];
  readonly damaged?: readonly number[];
}

type Token = string | number;
export interface CompiledTemplate {
  readonly tokens: readonly Token[];
}

export function compileTemplate(text: string): CompiledTemplate {
  const tokens: Token[] = [];
  let literal = '';
  const pattern = /%(?:([1-9]\d?)(?:![^!]*!)?|([nrtb.!%0]))/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    literal += text.slice(last, match.index);
    last = match.index + match[0].length;
    if (match[1]) {
      tokens.push(squeeze(literal), Number(match[1]));
      literal = '';
    } else literal += { n: '\n', r: '\r', t: '\t', b: ' ', '.': '.', '!': '!', '%': '%', '0': '' }[match[2]!]!;
  }
  tokens.push(squeeze(literal + text.slice(last)));
  return { tokens };
}

export function renderTemplate(template: CompiledTemplate, insertions: readonly (string | null)[]): string {
  return template.tokens
    .map(token => (typeof token === 'string' ? token : (insertions[token - 1] ?? `%${token}`)))
    .join('');
}

export function invertMessage(template: CompiledTemplate, message: string): Inversion {
  const text = squeeze(message).trim();
  const tokens = template.tokens.map((token, index) =>
    typeof token === 'string' && index === template.tokens.length - 1 ? token.trimEnd() : token,
  );
  const found: (string | null)[][] = [];
  let steps = 0;
  const go = (at: number, index: number, values: (string | null)[]): void => {
    if (found.length > 1 || ++steps > 20_000) return;
    if (index === tokens.length) {
      if (at === text.length) found.push(values);
      return;
    }
    const token = tokens[index]!;
    if (typeof token === 'string') {
      if (text.startsWith(token, at)) go(at + token.length, index + 1, values);
      return;
    }
    const known = values[token - 1];
    if (typeof known === 'string') {
      if (text.startsWith(known, at)) go(at + known.length, index + 1, values);
      return;
    }
    const literal = tokens[index + 1] as string;
    const isLast = index + 2 === tokens.length;
    for (
      let to = isLast ? text.length - literal.length : text.indexOf(literal, at);
      to >= at;
      to = isLast ? -1 : text.indexOf(literal, to + 1)
    ) {
      const next = values.slice();
      while (next.length < token) next.push(null);
      next[token - 1] = text.slice(at, to);
      go(to, index + 1, next);
      if (literal === '' && !isLast && to >= text.length) break;
    }
  };
  go(0, 0, []);
  if (found.length === 0) return { certainty: 'none', insertions: [] };
  return { certainty: found.length > 1 || steps > 20_000 ? 'ambiguous' : 'exact', insertions: found[0]! };
}

function squeeze(text: string): string {
  return text.replace(/[\u200e\u200f]/g, '').replace(/[ \t\r\n\u00a0\u202f]+/g, ' ');
}
