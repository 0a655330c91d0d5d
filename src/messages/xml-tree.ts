/** An element of a small XML document, such as a manifest. */
export interface XmlElement {
  /** Without namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, entities resolved, children left out. */
  readonly text: string;
}

/**
 * Reads XML into a tree of its top elements, forgivingly: what does not nest is closed where its parent ends, what is no
 * markup is text. For manifests and what wevtutil prints, which are small; event logs have a reader of their own.
 */
export function parseXmlTree(xml: string): XmlElement[] {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  let at = 0;
  while (at < xml.length) {
    const tag = xml.indexOf('<', at);
    const top = open[open.length - 1]!;
    if (tag < 0) break;
    top.text += resolve(xml.slice(at, tag));
    if (xml.startsWith('<!--', tag)) {
      at = after(xml, '-->', tag);
    } else if (xml.startsWith('<![CDATA[', tag)) {
      const end = after(xml, ']]>', tag);
      top.text += xml.slice(tag + 9, Math.max(tag + 9, end - 3));
      at = end;
    } else if (xml[tag + 1] === '?' || xml[tag + 1] === '!') {
      at = after(xml, '>', tag);
    } else if (xml[tag + 1] === '/') {
      at = after(xml, '>', tag);
      const name = plainName(xml.slice(tag + 2, at - 1).trim());
      const level = open.findLastIndex(element => element.name === name);
      if (level > 0) open.length = level;
    } else {
      at = readStartTag(xml, tag, open);
    }
  }
  return root.children;
}

/** All elements of a name below, in document order. */
export function* findElements(elements: readonly XmlElement[], name: string): Generator<XmlElement> {
  for (const element of elements) {
    if (element.name === name) yield element;
    yield* findElements(element.children, name);
  }
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: Open[];
  text: string;
}

/** Deeper nesting than any manifest has; deeper elements become siblings. */
const MAX_DEPTH = 64;

function readStartTag(xml: string, tag: number, open: Open[]): number {
  let at = tag + 1;
  while (at < xml.length && !ENDS_NAME.has(xml[at]!)) at++;
  const element: Open = { name: plainName(xml.slice(tag + 1, at)), attributes: {}, children: [], text: '' };
  open[open.length - 1]!.children.push(element);
  for (;;) {
    while (at < xml.length && SPACE.has(xml[at]!)) at++;
    if (at >= xml.length) return at;
    if (xml[at] === '>') {
      if (open.length < MAX_DEPTH) open.push(element);
      return at + 1;
    }
    if (xml[at] === '/') {
      at++;
      if (xml[at] === '>') return at + 1;
      continue;
    }
    const equals = xml.indexOf('=', at);
    if (equals < 0) return xml.length;
    const name = plainName(xml.slice(at, equals).trim());
    at = equals + 1;
    while (at < xml.length && SPACE.has(xml[at]!)) at++;
    const quote = xml[at];
    if (quote !== '"' && quote !== "'") return after(xml, '>', at);
    const end = xml.indexOf(quote, at + 1);
    if (end < 0) return xml.length;
    element.attributes[name] = resolve(xml.slice(at + 1, end));
    at = end + 1;
  }
}

const SPACE = new Set([' ', '\t', '\r', '\n']);
const ENDS_NAME = new Set([' ', '\t', '\r', '\n', '>', '/']);

function after(xml: string, end: string, from: number): number {
  const found = xml.indexOf(end, from);
  return found < 0 ? xml.length : found + end.length;
}

function plainName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
