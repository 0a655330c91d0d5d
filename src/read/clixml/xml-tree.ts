/** An element of a small XML text that was read whole. Names are local: prefixes are dropped. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, pieces joined. */
  readonly text: string;
}

const MAX_DEPTH = 128;

/**
 * Reads one small XML text into a tree: an event inside a JSON string, a CLIXML object, the block under `Event Xml:`.
 * Strict about tags, lenient as events need it: control characters stand as they are, and a `&` that starts no entity
 * stands for itself, since event XML is often not escaped in full. Linear in the text; no document types.
 * @returns undefined when the text is no single well-formed element.
 */
export function parseXmlTree(text: string): XmlElement | undefined {
  const open: Building[] = [];
  let root: Building | undefined;
  let at = 0;
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const run = text.slice(at, tag < 0 ? text.length : tag);
    const parent = open.at(-1);
    if (parent !== undefined) parent.text += decodeEntities(run.replace(/\r\n?/g, '\n'));
    else if (!/^[\s\ufeff\u200b]*$/.test(run)) return undefined;
    if (tag < 0) break;
    if (text.startsWith('<!--', tag)) {
      at = endAfter(text, '-->', tag + 4);
    } else if (text.startsWith('<?', tag)) {
      at = endAfter(text, '?>', tag + 2);
    } else if (text.startsWith('<![CDATA[', tag)) {
      at = endAfter(text, ']]>', tag + 9);
      if (parent === undefined) return undefined;
      if (at > 0) parent.text += text.slice(tag + 9, at - 3);
    } else if (text.startsWith('</', tag)) {
      at = endAfter(text, '>', tag + 2);
      const closed = open.pop();
      if (closed === undefined || at < 0 || text.slice(tag + 2, at - 1).trim() !== closed.tag) return undefined;
      if (open.length === 0) root = closed;
    } else {
      if (root !== undefined && open.length === 0) return undefined;
      const element = openTag(text, tag);
      if (element === undefined || open.length === MAX_DEPTH) return undefined;
      at = element.end;
      parent?.children.push(element.built);
      if (!element.isEmpty) open.push(element.built);
      else if (parent === undefined) root = element.built;
    }
    if (at < 0) return undefined;
  }
  return open.length === 0 ? root : undefined;
}

/** The first child with this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find(child => child.name === name);
}

interface Building extends XmlElement {
  readonly tag: string;
  text: string;
  readonly children: Building[];
}

const SPACE = /\s/;
const NAME_END = /[\s/>=<'"]/;

function openTag(text: string, from: number): { built: Building; end: number; isEmpty: boolean } | undefined {
  let at = from + 1;
  while (at < text.length && !NAME_END.test(text.charAt(at))) at += 1;
  const tag = text.slice(from + 1, at);
  if (!/^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(tag)) return undefined;
  const attributes = new Map<string, string>();
  for (;;) {
    while (SPACE.test(text.charAt(at))) at += 1;
    const isEmpty = text.startsWith('/>', at);
    if (isEmpty || text.charAt(at) === '>') {
      const built = { tag, name: localName(tag), attributes, children: [], text: '' };
      return { built, end: at + (isEmpty ? 2 : 1), isEmpty };
    }
    const start = at;
    while (at < text.length && !NAME_END.test(text.charAt(at))) at += 1;
    const name = text.slice(start, at);
    while (SPACE.test(text.charAt(at))) at += 1;
    if (name === '' || text.charAt(at) !== '=') return undefined;
    at += 1;
    while (SPACE.test(text.charAt(at))) at += 1;
    const quote = text.charAt(at);
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, at + 1) : -1;
    if (close < 0) return undefined;
    attributes.set(localName(name), decodeEntities(text.slice(at + 1, close)));
    at = close + 1;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function endAfter(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|apos|quot));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
