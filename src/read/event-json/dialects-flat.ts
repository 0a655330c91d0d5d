import { defined, type Insertions, insertionsOfXml } from '../clixml/xml-event.js';
import type { Dialect, DialectAnswer, DialectContext } from './dialect.js';
import { fieldText, levelOf, localTime, recordIdField, splitEventId, utcTime } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import {
  flatPlacesOf,
  insertionsOfData,
  insertionsOfFlat,
  insertionsOfText,
  valuePlacesOf,
} from './json-insertions.js';
import { K, type KeyTable } from './key-table.js';
import { LOCAL_TIMES, PlaceFinder, type ReadPayload, type ShapedPlaces, USUAL } from './shaped-places.js';

/**
 * NXLog's im_msvistalog: the names of the data stand beside the event's own fields, without order; unnamed data are not
 * written at all. `EventTime` is local and has no zone.
 */
export const nxlog: Dialect = {
  name: 'nxlog',
  marks: doc =>
    doc.field(K.EventID) >= 0 &&
    doc.field(K.SourceName) >= 0 &&
    (doc.field(K.EventTime) >= 0 || doc.field(K.SourceModuleType) >= 0),
  read(doc, object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventID));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.SourceName) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.Channel),
      computer: fieldText(doc, K.Hostname),
      recordId: recordIdField(doc, K.RecordNumber),
      level: levelOf(fieldText(doc, K.Level)) ?? nxlogLevel(fieldText(doc, K.SeverityValue)),
      time: localTime(fieldText(doc, K.EventTime), context),
      ...flatInsertions(doc, object, NXLOG_FIELDS, context),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc, object, keys) {
    const find = new PlaceFinder(doc);
    const isByWord = doc.field(K.Level) >= 0;
    return {
      ...USUAL,
      ...LOCAL_TIMES,
      ...flatValuePlaces(doc, object, NXLOG_FIELDS, keys),
      eventId: find.field(K.EventID),
      provider: find.field(K.SourceName),
      channel: find.field(K.Channel),
      computer: find.field(K.Hostname),
      recordId: find.field(K.RecordNumber),
      level: doc.field(isByWord ? K.Level : K.SeverityValue),
      readLevel: isByWord ? levelOf : nxlogLevel,
      isLevelSure: !isByWord || doc.field(K.SeverityValue) < 0,
      time: find.field(K.EventTime),
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** NXLog's own scale: 1 DEBUG, 2 INFO, 3 WARNING, 4 ERROR, 5 CRITICAL (nxlog reference manual, SeverityValue). */
function nxlogLevel(severity: string | undefined): number | undefined {
  const value = Number(severity ?? Number.NaN);
  return value >= 1 && value <= 5 && Number.isInteger(value) ? 6 - value : undefined;
}

/** Flat events that Logstash or another collector made of forwarded ones; the time is ISO 8601. */
export const flatCollector: Dialect = {
  name: 'flat',
  marks: doc =>
    doc.field(K.EventID) >= 0 &&
    (doc.field(K.SourceName) >= 0 || doc.field(K.ProviderName) >= 0) &&
    (doc.field(K.TimeCreated) >= 0 || doc.field(K['@timestamp']) >= 0),
  read(doc, object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventID));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.SourceName, K.ProviderName) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    const data = doc.field(K.EventData);
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.Channel),
      computer: fieldText(doc, K.Hostname, K.Computer),
      recordId: recordIdField(doc, K.RecordNumber, K.EventRecordID),
      level: levelOf(fieldText(doc, K.Level)),
      time: utcTime(fieldText(doc, K.TimeCreated, K['@timestamp'])),
      ...(data >= 0 ? insertionsOfData(doc, data, context) : flatInsertions(doc, object, FLAT_FIELDS, context)),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc, object, keys) {
    const find = new PlaceFinder(doc);
    const data = doc.field(K.EventData);
    if (data >= 0 && !doc.isObject(data) && !doc.isArray(data)) return undefined;
    return {
      ...USUAL,
      ...(data >= 0 ? { values: valuePlacesOf(doc, data) } : flatValuePlaces(doc, object, FLAT_FIELDS, keys)),
      eventId: find.field(K.EventID),
      provider: find.field(K.SourceName, K.ProviderName),
      channel: find.field(K.Channel),
      computer: find.field(K.Hostname, K.Computer),
      recordId: find.field(K.RecordNumber, K.EventRecordID),
      level: find.field(K.Level),
      time: find.field(K.TimeCreated, K['@timestamp']),
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** Azure Monitor's tables SecurityEvent, Event and WindowsEvent; `TimeGenerated` is UTC. */
export const azure: Dialect = {
  name: 'azure',
  marks: doc =>
    doc.field(K.EventID) >= 0 &&
    doc.field(K.TimeGenerated) >= 0 &&
    doc.field(K.Computer) >= 0 &&
    (doc.field(K.EventSourceName) >= 0 || doc.field(K.Provider) >= 0 || doc.field(K.Source) >= 0),
  read(doc, object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventID));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.EventSourceName, K.Provider, K.Source) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.Channel, K.EventLog),
      computer: fieldText(doc, K.Computer),
      recordId: recordIdField(doc, K.EventRecordId, K.EventRecordID),
      // Of the table Event only the name is clear: its number may be a type of the old API, where 1 is an error.
      level: levelOf(fieldText(doc, K.EventLevelName)) ?? levelOf(fieldText(doc, K.EventLevel, K.Level)),
      time: utcTime(fieldText(doc, K.TimeCreated, K.TimeGenerated)),
      ...azureInsertions(doc, object, context),
      message: fieldText(doc, K.RenderedDescription, K.Message),
    });
  },
  places(doc, object, keys) {
    const find = new PlaceFinder(doc);
    const values = azureValuePlaces(doc, object, keys);
    if (values === undefined) return undefined;
    if (values.payload !== undefined) find.filled.push(values.payload);
    const hasName = doc.field(K.EventLevelName) >= 0;
    const number = find.field(K.EventLevel, K.Level);
    return {
      ...USUAL,
      ...values,
      eventId: find.field(K.EventID),
      provider: find.field(K.EventSourceName, K.Provider, K.Source),
      channel: find.field(K.Channel, K.EventLog),
      computer: find.field(K.Computer),
      recordId: find.field(K.EventRecordId, K.EventRecordID),
      level: hasName ? doc.field(K.EventLevelName) : number,
      isLevelSure: !hasName || number < 0,
      time: find.field(K.TimeCreated, K.TimeGenerated),
      messages: [find.field(K.RenderedDescription), find.field(K.Message)],
      filled: find.filled,
    };
  },
};

/** `ParameterXml` and `EventData_dynamic` hold all values in order; `EventData` is XML, JSON in a string, or an object. */
function azureInsertions(doc: JsonDocument, object: number, context: DialectContext) {
  let empty: Insertions | undefined;
  for (const key of [K.EventData, K.EventData_dynamic]) {
    const read = insertionsOfData(doc, doc.field(key), context);
    if (read !== undefined && read.insertions.length > 0) return read;
    empty ??= read;
  }
  const parameters = fieldText(doc, K.ParameterXml);
  const read = parameters === undefined ? undefined : insertionsOfXml(parameters);
  if (read !== undefined) return read;
  const hasFlat = insertionsOfFlat(doc, object, AZURE_FIELDS.of(context.keys)).insertions.length > 0;
  // An event whose data is there and holds nothing has lost nothing.
  return empty !== undefined && !hasFlat ? empty : flatInsertions(doc, object, AZURE_FIELDS, context);
}

function azureValuePlaces(doc: JsonDocument, object: number, keys: KeyTable): Partial<ShapedPlaces> | undefined {
  let isThere = false;
  for (const key of [K.EventData, K.EventData_dynamic]) {
    const node = doc.field(key);
    if (doc.isString(node)) return { payload: node, readPayload: someInsertionsOfText };
    const values = valuePlacesOf(doc, node);
    if (values !== undefined && values.values.length > 0) return { values };
    isThere ||= values !== undefined;
  }
  const parameters = doc.field(K.ParameterXml);
  if (doc.isString(parameters)) return { payload: parameters, readPayload: insertionsOfParameters };
  // A number or a truth value is no XML, which the parser finds out.
  if (parameters >= 0 && (doc.textIfAny(parameters) ?? '') !== '') return undefined;
  const flat = flatValuePlaces(doc, object, AZURE_FIELDS, keys);
  return isThere && flat.values === undefined ? { values: { values: [], names: [] } } : flat;
}

const someInsertionsOfText: ReadPayload = (text, context) => {
  const read = insertionsOfText(text, context);
  return read !== undefined && read.insertions.length > 0 ? read : 'unsure';
};

const insertionsOfParameters: ReadPayload = text => insertionsOfXml(text) ?? 'unsure';

/** What Splunk's add-on for Windows extracts: flat, `EventCode` for the event ID. */
export const splunk: Dialect = {
  name: 'splunk',
  marks: doc => doc.field(K.EventCode) >= 0 && (doc.field(K.SourceName) >= 0 || doc.field(K.LogName) >= 0),
  read(doc, object, context): DialectAnswer {
    const id = splitEventId(fieldText(doc, K.EventCode));
    if (id === undefined) return undefined;
    const provider = fieldText(doc, K.SourceName) ?? '';
    if (!context.wants(provider, id.eventId)) return 'unwanted';
    return defined({
      provider,
      ...id,
      channel: fieldText(doc, K.LogName),
      computer: fieldText(doc, K.ComputerName),
      recordId: recordIdField(doc, K.RecordNumber),
      level: levelOf(fieldText(doc, K.Type)),
      time: localTime(fieldText(doc, K._time), context),
      ...flatInsertions(doc, object, SPLUNK_FIELDS, context),
      message: fieldText(doc, K.Message),
    });
  },
  places(doc, object, keys) {
    const find = new PlaceFinder(doc);
    return {
      ...USUAL,
      ...LOCAL_TIMES,
      ...flatValuePlaces(doc, object, SPLUNK_FIELDS, keys),
      eventId: find.field(K.EventCode),
      provider: find.field(K.SourceName),
      channel: find.field(K.LogName),
      computer: find.field(K.ComputerName),
      recordId: find.field(K.RecordNumber),
      level: find.field(K.Type),
      time: find.field(K._time),
      messages: [find.field(K.Message)],
      filled: find.filled,
    };
  },
};

function flatInsertions(doc: JsonDocument, object: number, fields: FieldList, context: DialectContext) {
  const read = insertionsOfFlat(doc, object, fields.of(context.keys));
  if (read.insertions.length === 0) {
    context.note('unnamed-data-lost');
    return undefined;
  }
  context.note('data-order-lost');
  return { ...read, isUnordered: true };
}

function flatValuePlaces(
  doc: JsonDocument,
  object: number,
  fields: FieldList,
  keys: KeyTable,
): Pick<ShapedPlaces, 'values' | 'losses' | 'isUnordered'> {
  const values = flatPlacesOf(doc, object, fields.of(keys));
  if (values.values.length === 0) return { values: undefined, losses: ['unnamed-data-lost'], isUnordered: false };
  return { values, losses: ['data-order-lost'], isUnordered: true };
}

/** The names that are fields of a dialect and no data, as a table by key number. */
class FieldList {
  readonly #names: readonly string[];
  readonly #tables = new WeakMap<KeyTable, Uint8Array>();

  constructor(...names: readonly string[]) {
    this.#names = names.join(' ').split(' ');
  }

  of(keys: KeyTable): Uint8Array {
    let table = this.#tables.get(keys);
    if (table === undefined) {
      const numbers = this.#names.map(name => keys.numberOf(name));
      table = new Uint8Array(Math.max(...numbers) + 1);
      for (const number of numbers) if (number >= 0) table[number] = 1;
      this.#tables.set(keys, table);
    }
    return table;
  }
}

/** What Logstash, Beats and fluentd put beside the event. */
const SHIPPER_FIELDS = '@timestamp @version host port type tags path agent ecs input offset prospector beat message';

/** NXLog reference manual, im_msvistalog, fields; and its core fields. */
const NXLOG_FIELDS = new FieldList(
  SHIPPER_FIELDS,
  'AccountName AccountType ActivityID Category Channel Domain EventID EventReceivedTime EventTime EventType EventXML',
  'Hostname Keywords Level LevelValue Message MessageID MessageSourceAddress Opcode OpcodeValue ProcessID ProviderGuid',
  'RecordNumber RelatedActivityID Severity SeverityValue SourceModuleName SourceModuleType SourceName Task ThreadID',
  'UserID Version ERROR_EVT_UNRESOLVED',
);

const FLAT_FIELDS = new FieldList(
  SHIPPER_FIELDS,
  'ActivityID Channel Computer EventID EventRecordID ExecutionProcessID ExecutionThreadID Hostname Keywords Level',
  'Message Opcode ProviderGuid ProviderName RecordNumber RelatedActivityID SourceName Task TimeCreated Version',
);

/** Azure Monitor Logs reference, the columns that every row of the three tables has. */
const AZURE_FIELDS = new FieldList(
  'TenantId TimeGenerated SourceSystem Computer EventSourceName Channel Task Level EventData EventID Activity Provider',
  'SourceComputerId EventOriginId MG TimeCollected ManagementGroupName Type _ResourceId _SubscriptionId AzureDeploymentID',
  'EventLog EventLevel EventLevelName EventCategory Source UserName Message RenderedDescription ParameterXml Role',
  'EventData_dynamic EventRecordId SystemUserId SystemThreadId SystemProcessId Correlation Opcode Keywords Version',
  'TimeCreated InstanceId PartitionKey RowKey StorageAccount AzureTableName Account AccountType EventData_xml',
);

const SPLUNK_FIELDS = new FieldList(
  'EventCode EventType Type ComputerName LogName SourceName RecordNumber TaskCategory OpCode Keywords Message Sid SidType',
  '_time _raw _bkt _cd _indextime _serial _si _sourcetype _subsecond _eventtype_color host index linecount source',
  'sourcetype splunk_server splunk_server_group punct timestamp timeendpos timestartpos eventtype tag body name',
  'date_hour date_mday date_minute date_month date_second date_wday date_year date_zone unix_category unix_group',
);
