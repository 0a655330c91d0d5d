import type { Instant } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import { defined, type EventFields, nonEmpty, recordIdOf, wholeNumber } from './xml-event.js';
import { childOf, parseXmlTree, type XmlElement } from './xml-tree.js';

/** An object of CLIXML as an event; `isLost` when it holds only the class of its values. */
export interface ParsedObject {
  readonly fields: EventFields;
  readonly isLost: boolean;
}

/**
 * Reads one serialised object: an EventLogRecord of Get-WinEvent or an EventLogEntry of Get-EventLog, whole or selected
 * (its members then stand under `MS` instead of `Props`). Times carry their offset; one without is left to `localTime`.
 * @returns undefined when the object is no event.
 */
export function parseClixmlObject(
  text: string,
  localTime: (text: string) => Instant | undefined,
): ParsedObject | undefined {
  const object = parseXmlTree(text);
  if (object?.name !== 'Obj') return undefined;
  const members = membersOf(object);
  const isRecord = members.has('Id');
  const id = scalar(members.get(isRecord ? 'Id' : 'EventID')) ?? scalar(members.get('InstanceId'));
  const fullId = id === undefined ? undefined : wholeNumber(id, 0xffff_ffff);
  const provider = scalar(members.get('ProviderName')) ?? scalar(members.get('Source'));
  if (fullId === undefined || provider === undefined) return undefined;
  const values = valuesOf(members.get('Properties') ?? members.get('ReplacementStrings'));
  const instance = wholeNumber(scalar(members.get('InstanceId')) ?? '', 0xffff_ffff) ?? fullId;
  const high = instance >>> 16;
  const time = scalar(members.get('TimeCreated')) ?? scalar(members.get('TimeGenerated'));
  const fields = defined({
    provider,
    eventId: fullId & 0xffff,
    qualifiers: wholeNumber(scalar(members.get('Qualifiers')) ?? '', 0xffff) ?? (high === 0 ? undefined : high),
    channel: scalar(members.get('LogName')),
    computer: scalar(members.get('MachineName')),
    recordId: recordIdOf(scalar(members.get('RecordId')) ?? scalar(members.get('Index'))),
    level:
      wholeNumber(scalar(members.get('Level')) ?? '', 255) ?? ENTRY_LEVELS.get(scalar(members.get('EntryType')) ?? ''),
    time: time === undefined ? undefined : timeOf(time, localTime),
    insertions: values,
    message: scalar(members.get('Message')),
  });
  return { fields, isLost: values === undefined };
}

/** System.Diagnostics.EventLogEntryType; the audits have no level of their own. */
const ENTRY_LEVELS: ReadonlyMap<string, number> = new Map([
  ['Error', 2],
  ['Warning', 3],
  ['Information', 4],
  ['SuccessAudit', 0],
  ['FailureAudit', 0],
]);

/** Adapted properties stand under `Props`, extended and selected ones under `MS`; a name is an `N` attribute. */
function membersOf(object: XmlElement): ReadonlyMap<string, XmlElement> {
  const members = new Map<string, XmlElement>();
  for (const group of [childOf(object, 'MS'), childOf(object, 'Props')]) {
    for (const member of group?.children ?? []) {
      const name = member.attributes.get('N');
      if (name !== undefined) members.set(unescapeName(name), member);
    }
  }
  return members;
}

/** The text of a value; of an enumeration or another object what its `ToString` was. Undefined when null or empty. */
function scalar(element: XmlElement | undefined): string | undefined {
  if (element === undefined || element.name === 'Nil') return undefined;
  if (element.name !== 'Obj') return nonEmpty(unescapeName(element.text));
  return nonEmpty(unescapeName(childOf(element, 'ToString')?.text ?? ''));
}

/** The items of a list: strings, or objects with a `Value` of any type. Undefined when only their class is left. */
function valuesOf(list: XmlElement | undefined): string[] | undefined {
  const items = childOf(list, 'LST') ?? childOf(list, 'IE');
  if (items === undefined) return undefined;
  const values: string[] = [];
  for (const item of items.children) {
    const value = item.name === 'Obj' ? membersOf(item).get('Value') : item;
    if (value === undefined && item.name === 'Obj') return undefined;
    const text = scalar(value) ?? '';
    if (/^System\.Diagnostics\.Eventing\.Reader\.EventProperty$/.test(text)) return undefined;
    values.push(text);
  }
  return values;
}

function timeOf(text: string, localTime: (text: string) => Instant | undefined): Instant | undefined {
  const iso = parseIsoInstant(text, 'assumed');
  return iso === undefined || iso.basis === 'export' ? iso : localTime(text.replace('T', ' '));
}

/** CLIXML writes characters that XML may not hold, and line breaks, as `_x000D_`; a literal `_x` as `_x005F_x`. */
function unescapeName(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
