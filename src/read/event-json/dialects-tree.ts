import { defined, type Insertions } from '../clixml/xml-event.js';
import type { Dialect, DialectAnswer, DialectContext } from './dialect.js';
import { fieldText, levelOf, recordIdField, splitEventId, utcTime } from './dialect-fields.js';
import { type EventPlaces, eventAt } from './event-places.js';
import { type JsonDocument, withJsonText } from './json-document.js';
import { firstOf, insertionsOfData, scalarNode, valuePlacesOf } from './json-insertions.js';
import { K } from './key-table.js';
import { PlaceFinder, USUAL } from './shaped-places.js';

/**
 * The event's own tree as JSON: evtx_dump (`#attributes` and `#text`, or `Provider_attributes` beside `Provider`),
 * Velociraptor (`EventID.Value`, `SystemTime` as Unix time with a fraction), and XML turned into JSON (`@Name`).
 */
export const eventTree: Dialect = {
  name: 'event-tree',
  marks: doc => doc.isObject(doc.field(K.System)) || doc.get(doc.field(K.Event), K.System) >= 0,
  read: (doc, object, context): DialectAnswer => eventAt(doc, placesInTree(doc, object), context),
  places(doc, object) {
    const { data, hasLostData, ...places } = placesInTree(doc, object);
    if (doc.isString(data)) return undefined;
    const values = valuePlacesOf(doc, data) ?? (hasLostData ? undefined : { values: [], names: [] });
    return { ...USUAL, ...places, values, filled: [] };
  },
};

/** The places in an event's tree whose fields are open in `doc`. */
function placesInTree(doc: JsonDocument, object: number): EventPlaces {
  const event = doc.isObject(doc.field(K.Event)) ? doc.field(K.Event) : object;
  const system = doc.get(event, K.System);
  const rendering = firstOf(doc, event, [K.RenderingInfo, K.rendering_info]);
  const data = doc.get(event, K.EventData);
  return {
    eventId: scalarNode(doc, doc.get(system, K.EventID)),
    provider: attribute(doc, system, K.Provider, K.Provider_attributes, K.Name, K['@Name']),
    qualifiers: attribute(doc, system, K.EventID, K.EventID_attributes, K.Qualifiers, K['@Qualifiers']),
    channel: memberNode(doc, system, K.Channel),
    computer: memberNode(doc, system, K.Computer),
    recordId: memberNode(doc, system, K.EventRecordID),
    level: memberNode(doc, system, K.Level),
    time: attribute(doc, system, K.TimeCreated, K.TimeCreated_attributes, K.SystemTime, K['@SystemTime']),
    messages: [memberNode(doc, rendering, K.Message), memberNode(doc, event, K.Message)],
    culture: memberNode(doc, rendering, K.Culture),
    data: data >= 0 ? data : doc.get(event, K.UserData),
    hasLostData: data < 0 && doc.get(event, K.ProcessingErrorData) >= 0,
  };
}

function memberNode(doc: JsonDocument, object: number, ...keys: readonly number[]): number {
  return scalarNode(doc, firstOf(doc, object, keys));
}

/** An attribute in any of the places where it is written. */
function attribute(
  doc: JsonDocument,
  system: number,
  element: number,
  separate: number,
  name: number,
  atName: number,
): number {
  const node = doc.get(system, element);
  const attributes = doc.isObject(node) ? doc.get(node, K['#attributes']) : doc.get(system, separate);
  if (attributes >= 0) return memberNode(doc, attributes, name);
  return doc.isObject(node) ? memberNode(doc, node, name, atName) : -1;
}

/** EvtxECmd: one row of its CSV as an object; the event's data as JSON inside a string. Times are UTC. */
export const evtxECmd: Dialect = {
  name: 'evtxecmd',
  marks: doc => doc.field(K.EventId) >= 0 && doc.field(K.Payload) >= 0 && doc.field(K.Provider) >= 0,
  read(doc, _object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventId));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.Provider) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.Channel),
      computer: fieldText(doc, K.Computer),
      recordId: recordIdField(doc, K.EventRecordId),
      level: levelOf(fieldText(doc, K.Level)),
      time: utcTime(fieldText(doc, K.TimeCreated)),
      ...insertionsOfPayload(fieldText(doc, K.Payload) ?? '', context),
    });
  },
  places(doc) {
    const find = new PlaceFinder(doc);
    return {
      ...USUAL,
      eventId: find.field(K.EventId),
      provider: find.field(K.Provider),
      channel: find.field(K.Channel),
      computer: find.field(K.Computer),
      recordId: find.field(K.EventRecordId),
      level: find.field(K.Level),
      time: find.field(K.TimeCreated),
      messages: [],
      payload: find.field(K.Payload),
      readPayload: insertionsOfPayload,
      filled: find.filled,
    };
  },
};

/**
 * The values in EvtxECmd's payload. It joins several unnamed values with ", " into one string; they are parted there,
 * which is right as long as no value holds one.
 */
function insertionsOfPayload(payload: string, context: DialectContext): Insertions | undefined {
  return withJsonText(payload, context.keys, nested => {
    const data = firstOf(nested, 0, [K.EventData, K.UserData]);
    const joined = data < 0 ? -1 : nested.get(data, K.Data);
    if (joined >= 0 && nested.isString(joined)) {
      const text = nested.text(joined);
      if (text.includes(', ')) context.note('values-joined');
      return { insertions: text.split(', ') };
    }
    return insertionsOfData(nested, data, context) ?? { insertions: [] };
  });
}
