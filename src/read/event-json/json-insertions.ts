import { type Insertions, insertionsOfXml, insertionsWith } from '../clixml/xml-event.js';
import type { DialectContext } from './dialect.js';
import { type JsonDocument, withJsonText } from './json-document.js';
import { K } from './key-table.js';

/** More values than any event has: a hostile `param999999999` must not make a list of that length. */
const MAX_INSERTIONS = 4096;
const MAX_NESTING = 64;

/**
 * The values of `EventData` or `UserData` in whatever shape: an object of names; `Data` as a string, an array or an
 * object with `#text` (evtx_dump, EvtxECmd, xml2json); an array of one-key objects (OTel); XML or JSON inside a string
 * (Azure, EvtxECmd).
 * @returns undefined when `node` is absent or in no such shape.
 */
export function insertionsOfData(doc: JsonDocument, node: number, context: DialectContext): Insertions | undefined {
  if (doc.isString(node)) return insertionsOfText(doc.text(node), context);
  const places = valuePlacesOf(doc, node);
  return places && insertionsAt(doc, places);
}

/** Where values stand: nodes of the document, -1 for an empty value; a name is a text, or the node that holds it. */
export interface ValuePlaces {
  readonly values: readonly number[];
  readonly names: readonly (string | number | undefined)[];
}

/**
 * As `insertionsOfData`, where the values are before they are read; it follows from keys and brackets alone.
 * @returns undefined when `node` is no object and no array.
 */
export function valuePlacesOf(doc: JsonDocument, node: number): ValuePlaces | undefined {
  const values: number[] = [];
  const names: Name[] = [];
  if (doc.isArray(node)) addItems(doc, node, values, names);
  else if (doc.isObject(node)) addMembers(doc, node, values, names, 0);
  else return undefined;
  return { values, names };
}

/** The values at their places. */
function insertionsAt(doc: JsonDocument, { values, names }: ValuePlaces): Insertions {
  return insertionsWith(
    values.map(node => (node < 0 ? '' : doc.text(node))),
    names.map(name => (typeof name === 'number' ? doc.text(name) : name)),
  );
}

/** The values inside a string: event XML, or JSON that one of the shapes above has. */
export function insertionsOfText(text: string, context: DialectContext): Insertions | undefined {
  const start = text.trimStart().charAt(0);
  if (start === '<') return insertionsOfXml(text);
  if (start !== '{' && start !== '[') return undefined;
  return withJsonText(text, context.keys, nested => {
    const body = firstOf(nested, 0, [K.EventData, K.UserData]);
    return insertionsOfData(nested, Math.max(body, 0), context);
  });
}

/** A plain array: `["a", ""]` (fluent-bit, Get-EventLog), `[{"Value":"a"}]` (Get-WinEvent), `[{"name":"a"}]` (OTel). */
export function insertionsOfItems(doc: JsonDocument, array: number): Insertions {
  const values: number[] = [];
  const names: Name[] = [];
  addItems(doc, array, values, names);
  return insertionsAt(doc, { values, names });
}

function addItems(doc: JsonDocument, array: number, values: number[], names: Name[]): void {
  for (let item = doc.first(array); item >= 0; item = doc.nextItem(array, item)) addItem(doc, item, values, names, 0);
}

/**
 * winlogbeat calls unnamed values `param1`, `param2` … and leaves out those that are empty, but keeps the numbers.
 * @returns undefined when a key has another name, so that the values are named ones.
 */
export function insertionsOfParams(
  doc: JsonDocument,
  object: number,
): (Insertions & { readonly gaps: number }) | undefined {
  const places = paramPlacesOf(doc, object);
  return places && { ...insertionsAt(doc, places), gaps: places.gaps };
}

/** As `insertionsOfParams`, where the values are. */
export function paramPlacesOf(
  doc: JsonDocument,
  object: number,
): (ValuePlaces & { readonly gaps: number }) | undefined {
  const values: number[] = [];
  let found = 0;
  for (let key = doc.first(object); key >= 0; key = doc.nextKey(object, key)) {
    const name = doc.keyText(key);
    if (name === 'Binary') continue;
    const number = /^param([1-9]\d{0,3})$/.exec(name);
    if (number === null || Number(number[1]) > MAX_INSERTIONS) return undefined;
    const at = Number(number[1]) - 1;
    while (values.length <= at) values.push(-1);
    values[at] = doc.valueOf(key);
    found += 1;
  }
  if (found === 0) return undefined;
  return { values, names: values.map((_, at) => `param${at + 1}`), gaps: values.length - found };
}

/** The members of a flat object that are none of the dialect's own fields. */
export function insertionsOfFlat(doc: JsonDocument, object: number, isField: Uint8Array): Insertions {
  const { values, names } = flatPlacesOf(doc, object, isField);
  return { insertions: values.map(node => doc.text(node)), names };
}

/** As `insertionsOfFlat`, where the values are. */
export function flatPlacesOf(
  doc: JsonDocument,
  object: number,
  isField: Uint8Array,
): { readonly values: readonly number[]; readonly names: readonly string[] } {
  const values: number[] = [];
  const names: string[] = [];
  for (let key = doc.first(object); key >= 0; key = doc.nextKey(object, key)) {
    const number = doc.keyNumber(key);
    if (number >= 0 && isField[number] === 1) continue;
    const value = doc.valueOf(key);
    if (doc.isObject(value) || doc.isArray(value)) continue;
    values.push(value);
    names.push(doc.keyText(key));
  }
  return { values, names };
}

/** A value as text: of an object its `#text`, `Value` or `value`; a Security Identifier of PowerShell is such an object. */
export function scalarText(doc: JsonDocument, node: number): string {
  const inner = scalarNode(doc, node);
  return inner < 0 ? '' : doc.text(inner);
}

/** The node that holds such a text; -1 when none does. */
export function scalarNode(doc: JsonDocument, node: number): number {
  let inner = node;
  for (let nesting = 0; nesting < 3 && doc.isObject(inner); nesting++) {
    inner = firstOf(doc, inner, [K['#text'], K.Value, K.value]);
  }
  return inner;
}

/** The value of the first of `keys` that the object has; -1 when it has none. */
export function firstOf(doc: JsonDocument, object: number, keys: readonly number[]): number {
  for (const key of keys) {
    const found = doc.get(object, key);
    if (found >= 0) return found;
  }
  return -1;
}

type Name = string | number | undefined;

function addMembers(doc: JsonDocument, object: number, values: number[], names: Name[], depth: number): void {
  const seen = new Set<string>();
  for (let key = doc.first(object); key >= 0; key = doc.nextKey(object, key)) {
    const name = doc.keyText(key);
    const value = doc.valueOf(key);
    if (name === 'Binary' || name === 'xmlns' || name === '<xmlattr>' || name.startsWith('@') || name === '#attributes')
      continue;
    if (name.endsWith('_attributes') && doc.isObject(value)) {
      // Attributes apart come right before their element, which is missing where it holds nothing.
      const element = name.slice(0, -'_attributes'.length);
      const next = doc.nextKey(object, key);
      if (next >= 0 && doc.keyText(next) === element) continue;
      values.push(-1);
      names.push(originalName(element, seen));
      seen.add(element);
      continue;
    }
    seen.add(name);
    if (name === 'Data' || name === '#text' || name === 'data' || name === '') {
      addUnnamed(doc, value, values, names, depth);
    } else if (isTree(doc, value)) {
      if (depth < MAX_NESTING) addMembers(doc, value, values, names, depth + 1);
    } else {
      addNamed(doc, value, originalName(name, seen), values, names);
    }
  }
}

/** evtx_dump numbers the repetitions of a name: `LogonGuid`, `LogonGuid_1`. */
function originalName(name: string, seen: ReadonlySet<string>): string {
  const repeated = /^(.+)_\d{1,3}$/.exec(name);
  return repeated?.[1] !== undefined && seen.has(repeated[1]) ? repeated[1] : name;
}

/** An object that stands for an element with children, not for a value with attributes. */
function isTree(doc: JsonDocument, node: number): boolean {
  return doc.isObject(node) && firstOf(doc, node, [K['#text'], K['#attributes'], K.Value]) < 0;
}

function addNamed(doc: JsonDocument, value: number, name: string, values: number[], names: Name[]): void {
  if (!doc.isArray(value)) {
    values.push(scalarNode(doc, value));
    names.push(name);
    return;
  }
  for (let item = doc.first(value); item >= 0; item = doc.nextItem(value, item)) {
    values.push(scalarNode(doc, item));
    names.push(name);
  }
}

function addUnnamed(doc: JsonDocument, value: number, values: number[], names: Name[], depth: number): void {
  const text = doc.isObject(value) ? doc.get(value, K['#text']) : -1;
  const list = doc.isArray(text) ? text : value;
  if (!doc.isArray(list)) {
    addItem(doc, value, values, names, depth);
    return;
  }
  for (let item = doc.first(list); item >= 0; item = doc.nextItem(list, item)) {
    addItem(doc, item, values, names, depth);
  }
}

/** One value of a list: plain, with its name in an attribute, or an object of one name. */
function addItem(doc: JsonDocument, item: number, values: number[], names: Name[], depth: number): void {
  if (!doc.isObject(item)) {
    values.push(item);
    names.push(undefined);
    return;
  }
  const attributes = doc.get(item, K['#attributes']);
  const nameNode = attributes >= 0 ? doc.get(attributes, K.Name) : firstOf(doc, item, [K['@Name'], K.Name]);
  const hasText = firstOf(doc, item, [K['#text'], K.Value, K.value]) >= 0;
  if (nameNode >= 0 || hasText || doc.first(item) < 0) {
    values.push(scalarNode(doc, item));
    names.push(nameNode < 0 ? undefined : nameNode);
    return;
  }
  for (let key = doc.first(item); key >= 0; key = doc.nextKey(item, key)) {
    const name = doc.keyText(key);
    const value = doc.valueOf(key);
    if (isTree(doc, value) && depth < MAX_NESTING) addMembers(doc, value, values, names, depth + 1);
    else if (name === '' || name === 'Data') addUnnamed(doc, value, values, names, depth + 1);
    else addNamed(doc, value, name, values, names);
  }
}
