import { readPythonList } from './python-list.js';

/** The insertion strings that a cell holds, and what the form has done to them. */
export interface CellValues {
  readonly insertions: readonly string[];
  readonly names?: readonly (string | undefined)[];
  /** True when values were joined to one text and are parted where the separator stands, which a value may hold too. */
  readonly isJoined?: boolean;
}

/** Reads a cell of insertion strings in whatever shape: JSON, XML, a Python list, or joined by `|`. */
export function readAnyValues(cell: string): CellValues | undefined {
  const text = cell.trim();
  if (text === '') return { insertions: [] };
  if (text.startsWith('<')) return readXmlValues(text);
  if (text.startsWith('{') || text.startsWith('[')) return readJsonValues(text) ?? readListValues(text);
  return readJoinedValues(cell, '|');
}

/** Log Parser joins the strings by `|` and escapes none. */
export function readJoinedValues(cell: string, separator: string): CellValues {
  if (cell === '') return { insertions: [] };
  return cell.includes(separator) ? { insertions: cell.split(separator), isJoined: true } : { insertions: [cell] };
}

function readListValues(text: string): CellValues | undefined {
  const insertions = readPythonList(text);
  return insertions === undefined ? undefined : { insertions };
}

/**
 * EvtxECmd's payload: `{"EventData":{"Data":…}}`, where `Data` is an array, one item, or a string in which it joined
 * several unnamed values by ", "; an item is `{"@Name":…,"#text":…}` and lacks `#text` when empty. `UserData` is a tree
 * with values at its leaves. An array by itself is a list of values.
 * @returns undefined when the text is no JSON, or nothing of this kind.
 */
export function readJsonValues(text: string): CellValues | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(json)) return valuesOfItems(json);
  if (!isObject(json)) return undefined;
  const body = json.EventData ?? json.UserData ?? json;
  if (body === '' || body === null) return { insertions: [] };
  if (!isObject(body)) return undefined;
  const data = body.Data;
  if (typeof data === 'string') return readJoinedValues(data, ', ');
  if (Array.isArray(data)) return valuesOfItems(data);
  if (isObject(data)) return valuesOfItems([data]);
  return valuesOfLeaves(body);
}

function valuesOfItems(items: readonly unknown[]): CellValues {
  const insertions = items.map(item => (isObject(item) ? textOf(item['#text'] ?? item.Value) : textOf(item)));
  const names = items.map(item => (isObject(item) ? nameOf(item['@Name'] ?? item.Name) : undefined));
  return withNames(insertions, names);
}

/** More levels than any tree of user data has. */
const MAX_DEPTH = 32;

function valuesOfLeaves(body: Record<string, unknown>): CellValues {
  const insertions: string[] = [];
  const names: (string | undefined)[] = [];
  const add = (name: string, value: unknown, depth: number): void => {
    if (name.startsWith('@') || name === 'xmlns' || name === 'Binary' || depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const each of value) add(name, each, depth + 1);
    else if (isObject(value) && !('#text' in value))
      for (const key of Object.keys(value)) add(key, value[key], depth + 1);
    else {
      insertions.push(isObject(value) ? textOf(value['#text']) : textOf(value));
      names.push(name);
    }
  };
  for (const key of Object.keys(body)) add(key, body[key], 0);
  return withNames(insertions, names);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function withNames(insertions: readonly string[], names: readonly (string | undefined)[]): CellValues {
  return names.some(name => name !== undefined) ? { insertions, names } : { insertions };
}

/** Azure's `EventData` and `ParameterXml`: `<Data Name="a">x</Data>` or `<Param>x</Param>`, one after the other, in whatever stands around. */
export function readXmlValues(text: string): CellValues {
  const insertions: string[] = [];
  const names: (string | undefined)[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('<', at);
    if (open < 0) break;
    const close = text.indexOf('>', open);
    if (close < 0) break;
    at = close + 1;
    const tag = text.slice(open + 1, close);
    const name = /^(Data|Param)(?=[\s/]|$)/.exec(tag)?.[1];
    if (name === undefined) continue;
    if (tag.endsWith('/')) {
      insertions.push('');
    } else {
      const end = text.indexOf(`</${name}>`, at);
      insertions.push(unescapeXml(text.slice(at, end < 0 ? text.length : end)));
      at = end < 0 ? text.length : end + name.length + 3;
    }
    const attribute = /\sName=(?:"([^"]*)"|'([^']*)')/.exec(tag);
    names.push(attribute === null ? undefined : unescapeXml(attribute[1] ?? attribute[2] ?? ''));
  }
  return withNames(insertions, names);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
