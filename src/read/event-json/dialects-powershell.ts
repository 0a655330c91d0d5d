import { defined } from '../clixml/xml-event.js';
import type { Dialect, DialectAnswer, DialectContext } from './dialect.js';
import { fieldText, levelOf, powershellTime, recordIdField, splitEventId } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import { insertionsOfItems, valuePlacesOf } from './json-insertions.js';
import { K } from './key-table.js';
import { LOCAL_TIMES, PlaceFinder, type ShapedPlaces, USUAL } from './shaped-places.js';

/** `Get-WinEvent | ConvertTo-Json`, of Windows PowerShell 5.1 and PowerShell 7. */
export const getWinEvent: Dialect = {
  name: 'get-winevent',
  marks: doc => doc.field(K.Id) >= 0 && (doc.field(K.ProviderName) >= 0 || doc.field(K.RecordId) >= 0),
  read(doc, _object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.Id));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.ProviderName) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      qualifiers: splitEventId(fieldText(doc, K.Qualifiers))?.eventId ?? id.qualifiers,
      channel: fieldText(doc, K.LogName),
      computer: fieldText(doc, K.MachineName),
      recordId: recordIdField(doc, K.RecordId),
      level: levelOf(fieldText(doc, K.Level)) ?? levelOf(fieldText(doc, K.LevelDisplayName)),
      time: powershellTime(doc, doc.field(K.TimeCreated), context),
      ...valuesOf(doc, doc.field(K.Properties), context),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc) {
    const find = new PlaceFinder(doc);
    const level = doc.field(K.Level);
    return {
      ...USUAL,
      ...LOCAL_TIMES,
      ...valuePlaces(doc, doc.field(K.Properties)),
      eventId: find.field(K.Id),
      provider: find.field(K.ProviderName),
      qualifiers: find.field(K.Qualifiers),
      channel: find.field(K.LogName),
      computer: find.field(K.MachineName),
      recordId: find.field(K.RecordId),
      level: level >= 0 ? level : doc.field(K.LevelDisplayName),
      isLevelSure: level < 0 || doc.field(K.LevelDisplayName) < 0,
      time: timePlace(doc, find, doc.field(K.TimeCreated)),
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** `Get-EventLog | ConvertTo-Json`: keeps the insertion strings, and names no log. */
export const getEventLog: Dialect = {
  name: 'get-eventlog',
  marks: doc =>
    doc.field(K.MachineName) >= 0 &&
    doc.field(K.EventID) >= 0 &&
    (doc.field(K.ReplacementStrings) >= 0 || doc.field(K.EntryType) >= 0 || doc.field(K.InstanceId) >= 0),
  read(doc, _object, context): DialectAnswer {
    const instance = splitEventId(fieldText(doc, K.InstanceId));
    const id = splitEventId(fieldText(doc, K.EventID)) ?? instance;
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.Source) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      eventId: id.eventId,
      qualifiers: id.qualifiers ?? instance?.qualifiers,
      computer: fieldText(doc, K.MachineName),
      recordId: recordIdField(doc, K.Index),
      level: ENTRY_LEVELS.get(fieldText(doc, K.EntryType) ?? ''),
      time: powershellTime(doc, doc.field(K.TimeGenerated), context),
      ...valuesOf(doc, doc.field(K.ReplacementStrings), context),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc) {
    const find = new PlaceFinder(doc);
    return {
      ...USUAL,
      ...LOCAL_TIMES,
      ...valuePlaces(doc, doc.field(K.ReplacementStrings)),
      eventId: find.field(K.EventID),
      provider: find.field(K.Source),
      qualifiers: find.field(K.InstanceId),
      readQualifiers: (text, own) => own ?? splitEventId(text)?.qualifiers,
      computer: find.field(K.MachineName),
      recordId: find.field(K.Index),
      level: find.field(K.EntryType),
      readLevel: text => ENTRY_LEVELS.get(text),
      time: timePlace(doc, find, doc.field(K.TimeGenerated)),
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** System.Diagnostics.EventLogEntryType, as number and as name; the audits have no level of their own. */
const ENTRY_LEVELS: ReadonlyMap<string, number> = new Map([
  ...([1, 2, 4, 8, 16] as const).map((type, at): [string, number] => [String(type), [2, 3, 4, 0, 0][at]!]),
  ...(['Error', 'Warning', 'Information', 'SuccessAudit', 'FailureAudit'] as const).map(
    (type, at): [string, number] => [type, [2, 3, 4, 0, 0][at]!],
  ),
]);

/**
 * The values of a list of PowerShell, which may stand in `{"value":[…],"Count":n}`. At the default depth `Properties`
 * holds only the name of its items' class, and with `-Depth 1` the list's own: the values are gone.
 */
function valuesOf(doc: JsonDocument, node: number, context: DialectContext) {
  const list = listOf(doc, node);
  if (doc.isArray(list)) {
    const values = insertionsOfItems(doc, list);
    const first = doc.first(list);
    // An object that holds a value is no name of its class, whatever the value says.
    if (first < 0 || doc.isObject(first) || !values.insertions.every(isClassName)) return values;
  }
  context.note('insertions-lost');
  return undefined;
}

/** As `valuesOf`, where the values are. */
function valuePlaces(
  doc: JsonDocument,
  node: number,
): Pick<ShapedPlaces, 'values'> & Partial<Pick<ShapedPlaces, 'losses' | 'areValues'>> {
  const list = listOf(doc, node);
  if (!doc.isArray(list)) return { values: undefined, losses: ['insertions-lost'] };
  const first = doc.first(list);
  const values = valuePlacesOf(doc, list);
  return first < 0 || doc.isObject(first) ? { values } : { values, areValues: texts => !texts.every(isClassName) };
}

/** Where `powershellTime` reads; one that is empty is left to the parser. */
function timePlace(doc: JsonDocument, find: PlaceFinder, node: number): number {
  const place = doc.isObject(node) ? find.member(node, K.value, K.DateTime) : node;
  if (place >= 0) find.filled.push(place);
  return place;
}

function listOf(doc: JsonDocument, node: number): number {
  return doc.isObject(node) ? doc.get(node, K.value) : node;
}

function isClassName(text: string): boolean {
  return /^System\.(Diagnostics\.Eventing\.Reader\.EventProperty|Collections\.Generic\.|String\[\]|Object)/.test(text);
}
