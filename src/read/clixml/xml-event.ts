import type { EventRecord } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import { childOf, parseXmlTree, type XmlElement } from './xml-tree.js';

/** What an event says of itself, without where it stood. */
export type EventFields = Omit<EventRecord, 'type' | 'position'>;

/** The insertion strings and their names, as far as a form holds them. */
export interface Insertions {
  readonly insertions: readonly string[];
  readonly names?: readonly (string | undefined)[];
}

/**
 * Reads the XML of one event that stands inside another form: Splunk's `_raw`, winlogbeat's `event.original`, the block
 * under `Event Xml:` of a copied event.
 * @returns undefined when it is no event.
 */
export function eventOfXml(text: string): EventFields | undefined {
  const event = parseXmlTree(text);
  const system = event?.name === 'Event' ? childOf(event, 'System') : undefined;
  if (event === undefined || system === undefined) return undefined;
  const id = childOf(system, 'EventID');
  const eventId = id === undefined ? undefined : wholeNumber(id.text, 0xffff_ffff);
  if (id === undefined || eventId === undefined) return undefined;
  const rendering = childOf(event, 'RenderingInfo');
  const qualifiers = wholeNumber(id.attributes.get('Qualifiers') ?? '', 0xffff);
  return defined({
    provider: childOf(system, 'Provider')?.attributes.get('Name') ?? '',
    eventId: eventId & 0xffff,
    qualifiers,
    channel: nonEmpty(childOf(system, 'Channel')?.text),
    computer: nonEmpty(childOf(system, 'Computer')?.text),
    recordId: recordIdOf(childOf(system, 'EventRecordID')?.text),
    level: wholeNumber(childOf(system, 'Level')?.text ?? '', 255),
    time: parseIsoInstant(childOf(system, 'TimeCreated')?.attributes.get('SystemTime')?.trim() ?? ''),
    ...insertionsOfElement(childOf(event, 'EventData') ?? childOf(event, 'UserData')),
    message: nonEmpty(childOf(rendering, 'Message')?.text),
    culture: nonEmpty(rendering?.attributes.get('Culture')),
  });
}

/**
 * The values in an `<EventData>`, a `<UserData>`, Azure's `<DataItem>` around one, or a row of `<Param>`.
 * @returns undefined when the text is none of these.
 */
export function insertionsOfXml(text: string): Insertions | undefined {
  const trimmed = text.trim();
  if (/^<Param[\s/>]/i.test(trimmed)) return insertionsOfElement(parseXmlTree(`<Params>${trimmed}</Params>`));
  const root = parseXmlTree(trimmed);
  if (root === undefined) return undefined;
  if (root.name === 'DataItem') return insertionsOfElement(root.children[0]);
  return insertionsOfElement(root);
}

function insertionsOfElement(element: XmlElement | undefined): Insertions | undefined {
  if (element === undefined) return undefined;
  const insertions: string[] = [];
  const names: (string | undefined)[] = [];
  if (element.name === 'UserData') {
    for (const child of element.children) addLeaves(child, insertions, names);
  } else {
    for (const child of element.children) {
      if (child.name === 'Binary') continue;
      insertions.push(child.text);
      const isNamed = child.name !== 'Data' && child.name !== 'Param';
      names.push(isNamed ? child.name : child.attributes.get('Name'));
    }
  }
  return insertionsWith(insertions, names);
}

/** `UserData` holds its values in elements without children, in order; `<Data>` there is as in `EventData`. */
function addLeaves(element: XmlElement, insertions: string[], names: (string | undefined)[]): void {
  for (const child of element.children) {
    if (child.children.length > 0) {
      addLeaves(child, insertions, names);
    } else if (child.name !== 'Binary') {
      insertions.push(child.text);
      names.push(child.name === 'Data' ? child.attributes.get('Name') : child.name);
    }
  }
}

/** Insertions with names, or without where no value has one. */
export function insertionsWith(insertions: readonly string[], names: readonly (string | undefined)[]): Insertions {
  return names.some(name => name !== undefined) ? { insertions, names } : { insertions };
}

/** The object without its undefined members; a copy, since deleting members would make every object a slow one. */
export function defined<T extends object>(members: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const kept: Partial<T> = {};
  for (const name in members) if (members[name] !== undefined) kept[name] = members[name];
  // Every undefined member was left out.
  return kept as { [Name in keyof T]: Exclude<T[Name], undefined> };
}

/** A whole decimal number up to `max`; undefined for anything else. */
export function wholeNumber(text: string, max: number): number | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,10}$/.test(trimmed)) return undefined;
  const number = Number(trimmed);
  return number <= max ? number : undefined;
}

export function recordIdOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,20}$/.test(trimmed) ? trimmed : undefined;
}

export function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
