import { defined, eventOfXml, nonEmpty, recordIdOf } from '../clixml/xml-event.js';
import type { Dialect, DialectAnswer, DialectContext } from './dialect.js';
import { fieldText, levelOf, localTime, memberText, recordIdField, splitEventId, utcTime } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import {
  firstOf,
  insertionsOfData,
  insertionsOfItems,
  insertionsOfParams,
  insertionsOfText,
  paramPlacesOf,
  scalarNode,
  scalarText,
  valuePlacesOf,
} from './json-insertions.js';
import { K } from './key-table.js';
import { LOCAL_TIMES, PlaceFinder, type ShapedPlaces, USUAL } from './shaped-places.js';

/** Winlogbeat from 7 on and Elastic Agent: all of the event under `winlog`. */
export const winlogbeat: Dialect = {
  name: 'winlogbeat',
  marks: doc => doc.isObject(doc.field(K.winlog)),
  read: (doc, object, context) => readBeat(doc, object, doc.field(K.winlog), context),
  places: (doc, object) => beatPlaces(doc, object, doc.field(K.winlog)),
};

/** Winlogbeat 5 and 6: the same at the top. */
export const winlogbeat6: Dialect = {
  name: 'winlogbeat-6',
  marks: doc =>
    doc.field(K.event_id) >= 0 &&
    !doc.isObject(doc.field(K.event_id)) &&
    (doc.field(K.source_name) >= 0 || doc.field(K.log_name) >= 0 || doc.field(K.computer_name) >= 0) &&
    doc.field(K['@timestamp']) >= 0,
  read: (doc, object, context) => readBeat(doc, object, object, context),
  places: (doc, object) => beatPlaces(doc, object, object),
};

function readBeat(doc: JsonDocument, object: number, winlog: number, context: DialectContext): DialectAnswer {
  const ecs = doc.field(K.event);
  const id = splitEventId(memberText(doc, winlog, K.event_id) ?? memberText(doc, ecs, K.code));
  if (id === undefined) return undefined;
  const provider = memberText(doc, winlog, K.provider_name, K.source_name) ?? memberText(doc, ecs, K.provider) ?? '';
  if (!context.wants(provider, id.eventId)) return 'unwanted';
  return defined({
    provider,
    ...id,
    channel: memberText(doc, winlog, K.channel, K.log_name),
    computer: memberText(doc, winlog, K.computer_name),
    recordId: recordIdOf(memberText(doc, winlog, K.record_id, K.record_number)),
    level: levelOf(memberText(doc, doc.field(K.log), K.level) ?? fieldText(doc, K.level)),
    time: utcTime(fieldText(doc, K['@timestamp'])),
    ...beatInsertions(doc, winlog, memberText(doc, ecs, K.original), context),
    message: memberText(doc, object, K.message),
  });
}

function beatPlaces(doc: JsonDocument, object: number, winlog: number): ShapedPlaces | undefined {
  const ecs = doc.field(K.event);
  if (doc.get(ecs, K.original) >= 0) return undefined;
  const find = new PlaceFinder(doc);
  const data = beatValuePlaces(doc, firstOf(doc, winlog, [K.event_data, K.user_data]));
  return (
    data && {
      ...USUAL,
      ...data,
      eventId: find.first([find.member(winlog, K.event_id), find.member(ecs, K.code)]),
      provider: find.first([find.member(winlog, K.provider_name, K.source_name), find.member(ecs, K.provider)]),
      channel: find.member(winlog, K.channel, K.log_name),
      computer: find.member(winlog, K.computer_name),
      recordId: find.member(winlog, K.record_id, K.record_number),
      level: find.first([find.member(doc.field(K.log), K.level), find.field(K.level)]),
      time: find.field(K['@timestamp']),
      messages: [find.member(object, K.message)],
      filled: find.filled,
    }
  );
}

function beatValuePlaces(
  doc: JsonDocument,
  data: number,
): Pick<ShapedPlaces, 'values' | 'losses' | 'isUnordered'> | undefined {
  if (data < 0) return { values: { values: [], names: [] }, losses: [], isUnordered: false };
  const params = paramPlacesOf(doc, data);
  if (params !== undefined) {
    return { values: params, losses: params.gaps > 0 ? ['empty-values-omitted'] : [], isUnordered: false };
  }
  const all = valuePlacesOf(doc, data);
  if (all === undefined || all.names.some(name => typeof name !== 'string')) return undefined;
  const kept = all.values.map((_, at) => at).filter(at => all.names[at] !== 'xml_name');
  if (kept.length === 0) return undefined;
  const values = { values: kept.map(at => all.values[at]!), names: kept.map(at => all.names[at]) };
  return { values, losses: ['data-order-lost'], isUnordered: true };
}

/** `event.original` holds the event's XML where `include_xml` was set: then nothing is lost. */
function beatInsertions(doc: JsonDocument, winlog: number, original: string | undefined, context: DialectContext) {
  const data = firstOf(doc, winlog, [K.event_data, K.user_data]);
  const exact = original === undefined ? undefined : insertionsInEventXml(original);
  if (exact !== undefined) return exact;
  if (data < 0) return { insertions: [] };
  const params = insertionsOfParams(doc, data);
  if (params !== undefined) {
    if (params.gaps > 0) context.note('empty-values-omitted');
    return { insertions: params.insertions, names: params.names };
  }
  const read = insertionsOfData(doc, data, context);
  if (read === undefined) return undefined;
  // Beats writes the names in alphabetical order, and none for empty values.
  context.note('data-order-lost');
  const kept = read.insertions.map((_, at) => at).filter(at => read.names?.[at] !== 'xml_name');
  return {
    insertions: kept.map(at => read.insertions[at]!),
    names: kept.map(at => read.names?.[at]),
    isUnordered: true,
  };
}

function insertionsInEventXml(xml: string) {
  const read = xml.trimStart().startsWith('<Event') ? eventOfXml(xml) : undefined;
  if (read?.insertions === undefined) return undefined;
  return read.names === undefined
    ? { insertions: read.insertions }
    : { insertions: read.insertions, names: read.names };
}

/** fluent-bit's winevtlog and winlog: the values as an array in order; times are local with their offset. */
export const fluentBit: Dialect = {
  name: 'fluent-bit',
  marks: doc => doc.field(K.StringInserts) >= 0 && doc.field(K.EventID) >= 0,
  read(doc, _object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventID));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.ProviderName, K.SourceName) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    const values = doc.field(K.StringInserts);
    return defined({
      provider,
      ...id,
      qualifiers: splitEventId(fieldText(doc, K.Qualifiers))?.eventId ?? id.qualifiers,
      channel: fieldText(doc, K.Channel),
      computer: fieldText(doc, K.Computer, K.ComputerName),
      recordId: recordIdField(doc, K.EventRecordID, K.RecordNumber),
      level: levelOf(fieldText(doc, K.Level)),
      time: localTime(fieldText(doc, K.TimeCreated, K.TimeGenerated), context),
      ...(doc.isArray(values) ? insertionsOfItems(doc, values) : undefined),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc) {
    const find = new PlaceFinder(doc);
    const values = doc.field(K.StringInserts);
    return {
      ...USUAL,
      ...LOCAL_TIMES,
      eventId: find.field(K.EventID),
      provider: find.field(K.ProviderName, K.SourceName),
      qualifiers: find.field(K.Qualifiers),
      channel: find.field(K.Channel),
      computer: find.field(K.Computer, K.ComputerName),
      recordId: find.field(K.EventRecordID, K.RecordNumber),
      level: find.field(K.Level),
      time: find.field(K.TimeCreated, K.TimeGenerated),
      values: doc.isArray(values) ? valuePlacesOf(doc, values) : undefined,
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** The body that OpenTelemetry's windowseventlog receiver makes: `event_id.id`, `provider.name`, `system_time`. */
export const openTelemetry: Dialect = {
  name: 'otel',
  marks: doc => doc.isObject(doc.field(K.event_id)) && doc.field(K.provider) >= 0,
  read(doc, _object, context): DialectAnswer {
    const idNode = doc.field(K.event_id);
    const id = splitEventId(memberText(doc, idNode, K.id));
    if (id === undefined) return undefined;
    const provider = memberText(doc, doc.field(K.provider), K.name) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      qualifiers: splitEventId(memberText(doc, idNode, K.qualifiers))?.eventId ?? id.qualifiers,
      channel: fieldText(doc, K.channel),
      computer: fieldText(doc, K.computer),
      recordId: recordIdField(doc, K.record_id),
      level: levelOf(fieldText(doc, K.level)),
      time: utcTime(fieldText(doc, K.system_time)),
      ...otelInsertions(doc, doc.field(K.event_data), context),
      message: fieldText(doc, K.message),
    });
  },
  places(doc) {
    const data = doc.field(K.event_data);
    if (doc.isString(data)) return undefined;
    const find = new PlaceFinder(doc);
    return {
      ...USUAL,
      ...otelValuePlaces(doc, data),
      eventId: find.member(doc.field(K.event_id), K.id),
      provider: find.member(doc.field(K.provider), K.name),
      qualifiers: find.member(doc.field(K.event_id), K.qualifiers),
      channel: find.field(K.channel),
      computer: find.field(K.computer),
      recordId: find.field(K.record_id),
      level: find.field(K.level),
      time: find.field(K.system_time),
      messages: [find.field(K.message)],
      filled: find.filled,
    };
  },
};

/** `{"data":[{"name":"value"}]}` keeps the order; the older and newer map of names is in alphabetical order. */
function otelInsertions(doc: JsonDocument, data: number, context: DialectContext) {
  if (data < 0) return undefined;
  const list = doc.isObject(data) ? doc.get(data, K.data) : data;
  if (doc.isArray(list)) return insertionsOfItems(doc, list);
  const params = doc.isObject(data) ? insertionsOfParams(doc, data) : undefined;
  if (params !== undefined) return { insertions: params.insertions, names: params.names };
  const read = insertionsOfData(doc, data, context);
  if (read === undefined || read.insertions.length === 0) return read;
  context.note('data-order-lost');
  return { ...read, isUnordered: true };
}

function otelValuePlaces(
  doc: JsonDocument,
  data: number,
): Pick<ShapedPlaces, 'values'> & Partial<Pick<ShapedPlaces, 'losses' | 'isUnordered'>> {
  const list = doc.isObject(data) ? doc.get(data, K.data) : data;
  if (doc.isArray(list)) return { values: valuePlacesOf(doc, list) };
  const params = doc.isObject(data) ? paramPlacesOf(doc, data) : undefined;
  const values = params ?? valuePlacesOf(doc, data);
  if (params !== undefined || values === undefined || values.values.length === 0) return { values };
  return { values, losses: ['data-order-lost'], isUnordered: true };
}

/** A row of osquery's `windows_events` or `windows_eventlog`: `data` is JSON in a string, unnamed values under `""`. */
export const osquery: Dialect = {
  name: 'osquery',
  marks: doc => doc.field(K.eventid) >= 0 && doc.field(K.provider_name) >= 0,
  read(doc, _object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.eventid));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.provider_name) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    const data = doc.field(K.data);
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.source, K.channel),
      computer: fieldText(doc, K.computer_name),
      level: levelOf(fieldText(doc, K.level)),
      time: utcTime(fieldText(doc, K.datetime, K.time)),
      ...(data < 0 ? undefined : insertionsOfText(scalarText(doc, data), context)),
      message: nonEmpty(fieldText(doc, K.message)),
    });
  },
  places(doc) {
    const find = new PlaceFinder(doc);
    return {
      ...USUAL,
      eventId: find.field(K.eventid),
      provider: find.field(K.provider_name),
      channel: find.field(K.source, K.channel),
      computer: find.field(K.computer_name),
      recordId: -1,
      level: find.field(K.level),
      time: find.field(K.datetime, K.time),
      payload: scalarNode(doc, doc.field(K.data)),
      readPayload: insertionsOfText,
      messages: [find.field(K.message)],
      filled: find.filled,
    };
  },
};
