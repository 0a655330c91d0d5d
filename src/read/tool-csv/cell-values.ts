import { insertionsOfXml } from '../clixml/xml-event.js';
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
  if (text.startsWith('<')) return insertionsOfXml(text);
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
  // One empty value is not the same as none.
  if (data === '') return { insertions: [''] };
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
