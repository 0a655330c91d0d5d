import type { GeneratedEvent } from './generate.js';

// How collectors other than Beats and NXLog write an event, each as one line.

/** Levels as those write them that write words. */
export const WORDS: Readonly<Record<number, string>> = { 0: 'information', 2: 'error', 4: 'information' };

/** Velociraptor's `parse_evtx`: the time as Unix time with a fraction. */
export function velociraptor(event: GeneratedEvent): object {
  return {
    System: {
      Provider: { Name: event.provider, Guid: event.guid },
      EventID: { Value: event.eventId, Qualifiers: event.qualifiers },
      Version: 0,
      Level: event.level,
      Task: 12544,
      Opcode: 0,
      Keywords: 36_028_797_018_963_968,
      TimeCreated: { SystemTime: event.time.getTime() / 1000 },
      EventRecordID: event.recordId,
      Channel: event.channel,
      Computer: event.computer,
      Security: {},
    },
    EventData: event.names === undefined ? { Data: event.values } : byName(event),
    Message: event.message,
  };
}

/** fluent-bit's winevtlog: local time with its offset. */
export function fluentBit(event: GeneratedEvent): object {
  return {
    ProviderName: event.provider,
    ProviderGuid: event.guid ?? '',
    Qualifiers: event.qualifiers ?? 0,
    EventID: event.eventId,
    Version: 0,
    Level: event.level,
    Task: 12544,
    Opcode: 0,
    Keywords: '0x8020000000000000',
    TimeCreated: `${event.time.toISOString().slice(0, 19).replace('T', ' ')} +0100`,
    EventRecordID: event.recordId,
    ActivityID: '',
    RelatedActivityID: '',
    ProcessID: 668,
    ThreadID: 1740,
    Channel: event.channel,
    Computer: event.computer,
    UserID: '',
    Message: event.message,
    StringInserts: event.values,
  };
}

/** What OpenTelemetry's windowseventlog receiver makes, by the file exporter of the collector's body. */
export function otel(event: GeneratedEvent): object {
  return {
    body: {
      channel: event.channel,
      computer: event.computer,
      event_data: { data: event.values.map((value, at) => ({ [event.names?.[at] ?? '']: value })) },
      event_id: { id: event.eventId, qualifiers: event.qualifiers ?? 0 },
      keywords: ['Audit Success'],
      level: WORDS[event.level],
      message: event.message,
      opcode: 'Info',
      provider: { event_source: '', guid: event.guid ?? '', name: event.provider },
      record_id: event.recordId,
      system_time: `${event.time.toISOString().slice(0, -1)}1234Z`,
      task: 'Logon',
    },
  };
}

/** A row of osquery's `windows_events` in its results log. */
export function osquery(event: GeneratedEvent): object {
  const seconds = Math.floor(event.time.getTime() / 1000);
  const data =
    event.names === undefined
      ? event.values.map(value => `"":${JSON.stringify(value)}`).join(',')
      : JSON.stringify(byName(event)).slice(1, -1);
  return {
    name: 'pack_windows_events',
    hostIdentifier: event.computer,
    calendarTime: event.time.toUTCString(),
    unixTime: seconds,
    columns: {
      computer_name: event.computer,
      data: `{"EventData":{${data}}}`,
      datetime: `${event.time.toISOString().slice(0, -1)}1234Z`,
      eventid: String(event.eventId),
      keywords: '0x8020000000000000',
      level: String(event.level),
      provider_guid: event.guid ?? '',
      provider_name: event.provider,
      source: event.channel,
      task: '12544',
      time: String(seconds),
    },
    action: 'added',
  };
}

/** Splunk's export of search results, with what its add-on for Windows extracts. */
export function splunk(event: GeneratedEvent): object {
  return {
    preview: false,
    offset: 0,
    result: {
      _time: `${event.time.toISOString().slice(0, -1)}+00:00`,
      EventCode: String(event.eventId),
      EventType: '2',
      Type: WORDS[event.level],
      ComputerName: event.computer,
      LogName: event.channel,
      SourceName: event.provider,
      RecordNumber: String(event.recordId),
      Message: event.message,
      ...(event.names !== undefined && byName(event)),
    },
  };
}

/** `Get-EventLog | ConvertTo-Json` of Windows PowerShell 5.1. */
export function getEventLog(event: GeneratedEvent): object {
  const date = `/Date(${event.time.getTime()})/`;
  return {
    EventID: event.eventId,
    MachineName: event.computer,
    Data: [],
    Index: event.recordId,
    Category: '(1)',
    CategoryNumber: 1,
    EntryType: event.level === 2 ? 1 : 4,
    Message: event.message,
    Source: event.provider,
    ReplacementStrings: event.values,
    InstanceId: ((event.qualifiers ?? 0) * 65_536 + event.eventId) >>> 0,
    TimeGenerated: date,
    TimeWritten: { value: date, DisplayHint: 2, DateTime: event.time.toUTCString() },
    UserName: null,
    Site: null,
    Container: null,
  };
}

/** Azure Monitor's table Event: the values as XML. */
export function azureEvent(event: GeneratedEvent): object {
  return {
    TenantId: '00000000-0000-0000-0000-000000000000',
    TimeGenerated: event.time.toISOString(),
    Source: event.provider,
    EventLog: event.channel,
    Computer: event.computer,
    EventLevel: event.level,
    EventLevelName: WORDS[event.level],
    ParameterXml: event.values
      .map(value => `<Param>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Param>`)
      .join(''),
    EventID: event.eventId,
    RenderedDescription: event.message,
    EventCategory: 1,
    UserName: 'N/A',
    Type: 'Event',
  };
}

/** Azure Monitor's table SecurityEvent: the values as JSON in a string. */
export function azureSecurity(event: GeneratedEvent): object {
  return {
    TimeGenerated: event.time.toISOString(),
    Computer: event.computer,
    EventData_dynamic: JSON.stringify(event.names === undefined ? event.values : byName(event)),
    EventID: event.eventId,
    Type: 'SecurityEvent',
    EventSourceName: event.provider,
    Channel: event.channel,
    Task: 12544,
    Level: String(event.level),
    EventRecordId: String(event.recordId),
  };
}

/** The values by their names. */
export function byName(event: GeneratedEvent): Record<string, string> {
  return Object.fromEntries(event.values.map((value, at) => [event.names![at]!, value]));
}
