import { escapeXml, isoText, LEVEL_WORDS, LOCAL_HOURS, OLD_TYPES } from './form.js';
import type { FormEvent } from './form-events.js';
import type { JsonTexts } from './json-forms.js';
import { eventXml } from './xml-forms.js';

const pairsOf = (event: FormEvent) => event.insertions.map((value, at): [string, string] => [event.names![at]!, value]);

/** Winlogbeat names what has no name, leaves out empty values, and orders by name. */
function beatData(event: FormEvent): { event_data?: object } {
  const named =
    event.names === undefined
      ? event.insertions.map((value, at) => [`param${at + 1}`, value] as const)
      : pairsOf(event);
  const filled = named.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return filled.length === 0 ? {} : { event_data: Object.fromEntries(filled) };
}

const beatObject = (event: FormEvent) => ({
  '@timestamp': `${isoText(event, 3)}Z`,
  agent: { type: 'winlogbeat', version: '8.11.1' },
  event: { code: String(event.eventId), kind: 'event', provider: event.provider },
  log: { level: LEVEL_WORDS[event.level]!.toLowerCase() },
  message: event.message.replaceAll('\r\n', '\n'),
  host: { name: event.computer },
  winlog: {
    api: 'wineventlog',
    channel: event.channel,
    computer_name: event.computer,
    ...beatData(event),
    event_id: String(event.eventId),
    keywords: ['Classic'],
    provider_name: event.provider,
    record_id: event.recordId,
  },
});

/** Winlogbeat 7 and later. */
export const winlogbeat: JsonTexts = events => events.map(event => JSON.stringify(beatObject(event)));

/** Winlogbeat with `include_xml: true`. */
export const winlogbeatXml: JsonTexts = events =>
  events.map(event => {
    const object = beatObject(event);
    return JSON.stringify({ ...object, event: { ...object.event, original: eventXml(event) } });
  });

/** Winlogbeat 5 and 6: everything at the top. */
export const winlogbeat6: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      '@timestamp': `${isoText(event, 3)}Z`,
      beat: { name: 'x', version: '6.7.0' },
      computer_name: event.computer,
      ...beatData(event),
      event_id: event.eventId,
      keywords: ['Classic'],
      level: LEVEL_WORDS[event.level],
      log_name: event.channel,
      message: event.message,
      record_number: String(event.recordId),
      source_name: event.provider,
      type: 'wineventlog',
    }),
  );

/** One answer of Elasticsearch with all hits. */
export function elasticsearchHits(events: readonly FormEvent[]): Uint8Array {
  const hits = events.map(event => ({
    _index: 'winlogbeat-8.11.1',
    _id: String(event.recordId),
    _source: beatObject(event),
  }));
  return Buffer.from(
    JSON.stringify({ took: 3, timed_out: false, hits: { total: { value: hits.length }, hits } }, null, 2),
  );
}

/** NXLog im_msvistalog: local time, names beside its own fields, nothing of values without names. */
export const nxlog: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      EventTime: isoText(event, 0, LOCAL_HOURS).replace('T', ' '),
      Hostname: event.computer,
      Keywords: 1,
      EventType: LEVEL_WORDS[event.level]!.toUpperCase(),
      SeverityValue: 6 - event.level,
      Severity: LEVEL_WORDS[event.level]!.toUpperCase(),
      EventID: event.eventId,
      SourceName: event.provider,
      Task: 1,
      RecordNumber: event.recordId,
      ProcessID: 0,
      ThreadID: 0,
      Channel: event.channel,
      Message: event.message,
      Opcode: 'Info',
      ...(event.names === undefined ? {} : Object.fromEntries(pairsOf(event))),
      EventReceivedTime: isoText(event, 0, LOCAL_HOURS).replace('T', ' '),
      SourceModuleName: 'in',
      SourceModuleType: 'im_msvistalog',
    }),
  );

/** Logstash from a Windows event collector: flat too, times in UTC. */
export const logstash: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      SourceName: event.provider,
      Level: String(event.level),
      Keywords: '0x8010000000000000',
      Channel: event.channel,
      Hostname: event.computer,
      TimeCreated: `${isoText(event, 3)}Z`,
      '@timestamp': `${isoText(event, 3)}Z`,
      EventID: event.eventId,
      EventRecordID: event.recordId,
      Message: event.message,
      Task: '12544',
      ...(event.names === undefined ? {} : Object.fromEntries(pairsOf(event))),
    }),
  );

/** Azure Monitor's table Event: parameters as XML, the types of the old API. */
export const azureEvent: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      TenantId: '00000000-0000-0000-0000-000000000000',
      TimeGenerated: `${isoText(event, 3)}Z`,
      Source: event.provider,
      EventLog: event.channel,
      Computer: event.computer,
      EventLevel: OLD_TYPES[event.level],
      EventLevelName: LEVEL_WORDS[event.level],
      ParameterXml: event.insertions.map(value => `<Param>${escapeXml(value)}</Param>`).join(''),
      EventData: dataItem(event),
      EventID: event.eventId,
      RenderedDescription: event.message,
      Type: 'Event',
    }),
  );

/** The `EventData` column of Azure's table Event. */
export function dataItem(event: FormEvent): string {
  return `<DataItem type="System.XmlData" time="${isoText(event, 7)}Z">${eventData(event, '')}</DataItem>`;
}

function eventData(event: FormEvent, lineBreak: string): string {
  const data = event.insertions.map((value, at) => {
    const name = event.names === undefined ? '' : ` Name="${event.names[at]}"`;
    return `${lineBreak}<Data${name}>${escapeXml(value)}</Data>`;
  });
  return `<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${data.join('')}${lineBreak}</EventData>`;
}

/** Azure Monitor's table SecurityEvent, with `EventData` as XML. */
export const azureSecurity: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      TenantId: '00000000-0000-0000-0000-000000000000',
      TimeGenerated: `${isoText(event, 3)}Z`,
      SourceSystem: 'OpsManager',
      Computer: event.computer,
      EventSourceName: event.provider,
      Channel: event.channel,
      Level: String(event.level),
      EventData: eventData(event, '\r\n  '),
      EventID: event.eventId,
      Activity: `${event.eventId} - Something happened.`,
      Type: 'SecurityEvent',
    }).replaceAll('<', '\\u003c'),
  );

/** Azure Monitor's table WindowsEvent, with `EventData` as an object. */
export const azureWindows: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      TenantId: '00000000-0000-0000-0000-000000000000',
      TimeGenerated: `${isoText(event, 7)}Z`,
      Provider: event.provider,
      Channel: event.channel,
      Computer: event.computer,
      EventLevel: event.level,
      EventLevelName: LEVEL_WORDS[event.level],
      EventData: event.names === undefined ? { Data: event.insertions } : Object.fromEntries(pairsOf(event)),
      EventID: event.eventId,
      EventRecordId: String(event.recordId),
      Type: 'WindowsEvent',
    }),
  );

/** fluent-bit's winevtlog: the values in order, names gone; local time with its offset. */
export const fluentBit: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      ProviderName: event.provider,
      ProviderGuid: '',
      Qualifiers: event.qualifiers ?? 0,
      EventID: event.eventId,
      Level: event.level,
      TimeCreated: `${isoText(event, 0, LOCAL_HOURS).replace('T', ' ')} +0100`,
      EventRecordID: event.recordId,
      Channel: event.channel,
      Computer: event.computer,
      UserID: '',
      Message: event.message,
      StringInserts: event.insertions,
    }),
  );

/** The body that OpenTelemetry's windowseventlog receiver makes; `event_data` as a list, or as an older or newer map. */
export function otelBody(data: 'list' | 'map') {
  return (event: FormEvent): object => ({
    channel: event.channel,
    computer: event.computer,
    event_data:
      data === 'list'
        ? { data: event.insertions.map((value, at) => ({ [event.names?.[at] ?? '']: value })) }
        : Object.fromEntries(event.insertions.map((value, at) => [event.names?.[at] ?? `param${at + 1}`, value])),
    event_id: { id: event.eventId, qualifiers: event.qualifiers ?? 0 },
    keywords: ['Classic'],
    level: LEVEL_WORDS[event.level],
    message: event.message,
    provider: { event_source: '', guid: '', name: event.provider },
    record_id: event.recordId,
    system_time: `${isoText(event, 7)}Z`,
    task: '1',
  });
}

export function otel(data: 'list' | 'map'): JsonTexts {
  return events => events.map(event => JSON.stringify({ body: otelBody(data)(event) }));
}

/** The same in OTLP's JSON: all events in one object, each value with its type. */
export function otlp(events: readonly FormEvent[]): Uint8Array {
  const logRecords = events.map(event => ({ severityText: 'x', body: anyValue(otelBody('list')(event)) }));
  return Buffer.from(
    `${JSON.stringify({ resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords }] }] })}\n`,
  );
}

function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return {
    kvlistValue: { values: Object.entries(value as object).map(([key, each]) => ({ key, value: anyValue(each) })) },
  };
}

/** osquery's windows_events: `data` is JSON in a string, in which unnamed values all have the key "". */
export const osquery: JsonTexts = events =>
  events.map(event => {
    const members = event.insertions.map(
      (value, at) => `${JSON.stringify(event.names?.[at] ?? '')}:${JSON.stringify(value)}`,
    );
    return JSON.stringify({
      name: 'pack_windows_events',
      hostIdentifier: 'x',
      calendarTime: 'Fri Mar  4 11:05:00 2011 UTC',
      unixTime: Math.floor(event.ms / 1000),
      columns: {
        computer_name: event.computer,
        data: `{"EventData":{${members.join(',')}}}`,
        datetime: `${isoText(event, 7)}Z`,
        eventid: String(event.eventId),
        keywords: '0x80000000000000',
        level: String(event.level),
        provider_guid: '',
        provider_name: event.provider,
        source: event.channel,
        task: '1',
        time: String(Math.floor(event.ms / 1000)),
      },
      action: 'added',
    });
  });

/** Splunk's export of WinEventLog: only the message. */
export const splunk: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({
      preview: false,
      result: {
        _time: `${isoText(event, 3)}+00:00`,
        EventCode: String(event.eventId),
        EventType: String(OLD_TYPES[event.level]),
        Type: LEVEL_WORDS[event.level],
        ComputerName: event.computer,
        LogName: event.channel,
        SourceName: event.provider,
        RecordNumber: String(event.recordId),
        Message: event.message,
        host: 'x',
        sourcetype: 'WinEventLog',
      },
    }),
  );

/** Splunk's export of XmlWinEventLog. */
export const splunkXml: JsonTexts = events =>
  events.map(event =>
    JSON.stringify({ preview: false, result: { _raw: eventXml(event), host: 'x', sourcetype: 'XmlWinEventLog' } }),
  );
