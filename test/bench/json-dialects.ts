import type { GeneratedEvent } from './generate.js';
import {
  azureEvent,
  azureSecurity,
  byName,
  fluentBit,
  getEventLog,
  osquery,
  otel,
  splunk,
  velociraptor,
  WORDS,
} from './json-collectors.js';

/** How the producers of JSON write an event, each as one line. */
export const JSON_DIALECTS = {
  evtx_dump: evtxDump,
  'evtx_dump-separate': evtxDumpSeparate,
  winlogbeat,
  evtxecmd: evtxECmd,
  'get-winevent': getWinEvent,
  nxlog,
  flat,
  velociraptor,
  'fluent-bit': fluentBit,
  otel,
  osquery,
  splunk,
  'get-eventlog': getEventLog,
  'azure-event': azureEvent,
  'azure-security': azureSecurity,
} as const;

export type JsonDialect = keyof typeof JSON_DIALECTS;

const XMLNS = { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' };

/** `evtx_dump -o jsonl`. */
function evtxDump(event: GeneratedEvent): object {
  const { guid, qualifiers } = event;
  return {
    Event: {
      '#attributes': XMLNS,
      System: {
        Provider: { '#attributes': { Name: event.provider, ...(guid && { Guid: guid }) } },
        EventID:
          qualifiers === undefined
            ? event.eventId
            : { '#attributes': { Qualifiers: qualifiers }, '#text': event.eventId },
        Version: 0,
        Level: event.level,
        Task: 12544,
        Opcode: 0,
        Keywords: '0x8020000000000000',
        TimeCreated: { '#attributes': { SystemTime: microseconds(event.time) } },
        EventRecordID: event.recordId,
        Correlation: null,
        Execution: { '#attributes': { ProcessID: 668, ThreadID: 1740 } },
        Channel: event.channel,
        Computer: event.computer,
        Security: null,
      },
      EventData: event.names === undefined ? { Data: { '#text': event.values } } : byName(event),
    },
  };
}

/** `evtx_dump -o jsonl --separate-json-attributes`. */
function evtxDumpSeparate(event: GeneratedEvent): object {
  const { guid, qualifiers } = event;
  return {
    Event_attributes: XMLNS,
    Event: {
      System: {
        Provider_attributes: { Name: event.provider, ...(guid && { Guid: guid }) },
        ...(qualifiers !== undefined && { EventID_attributes: { Qualifiers: qualifiers } }),
        EventID: event.eventId,
        Version: 0,
        Level: event.level,
        Task: 12544,
        Opcode: 0,
        Keywords: '0x8020000000000000',
        TimeCreated_attributes: { SystemTime: microseconds(event.time) },
        EventRecordID: event.recordId,
        Correlation: null,
        Execution_attributes: { ProcessID: 668, ThreadID: 1740 },
        Channel: event.channel,
        Computer: event.computer,
        Security: null,
      },
      EventData: event.names === undefined ? { Data: { '#text': event.values } } : byName(event),
    },
  };
}

/** Winlogbeat 8 into a file: ECS, the values by name in alphabetical order or as `param1` …, the message with them. */
function winlogbeat(event: GeneratedEvent): object {
  const data = event.names === undefined ? byNumber(event) : byName(event);
  const time = event.time.toISOString();
  return {
    '@timestamp': time,
    '@metadata': { beat: 'winlogbeat', type: '_doc', version: '8.11.1' },
    message: event.message.replaceAll('\r\n', '\n'),
    event: {
      code: String(event.eventId),
      kind: 'event',
      provider: event.provider,
      created: time,
      outcome: 'success',
    },
    log: { level: WORDS[event.level] },
    host: { name: event.computer },
    agent: {
      version: '8.11.1',
      ephemeral_id: 'c2f9cf5c-8b5a-4b0d-a7ad-1cbf6dd0b9b1',
      id: '0ad3f1b5-1a74-4cf9-bb52-a2a9c1d21ba1',
      name: event.computer,
      type: 'winlogbeat',
    },
    ecs: { version: '8.0.0' },
    winlog: {
      api: 'wineventlog',
      channel: event.channel,
      computer_name: event.computer,
      event_data: Object.fromEntries(
        Object.entries(data).sort(
          ([a], [b]) => (Number(a.slice(5)) || 0) - (Number(b.slice(5)) || 0) || (a < b ? -1 : 1),
        ),
      ),
      event_id: String(event.eventId),
      keywords: ['Audit Success'],
      opcode: 'Info',
      process: { pid: 668, thread: { id: 1740 } },
      provider_guid: event.guid,
      provider_name: event.provider,
      record_id: event.recordId,
      task: 'Logon',
    },
  };
}

/** `EvtxECmd --json`: the event's data as JSON in a string, unnamed values joined. */
function evtxECmd(event: GeneratedEvent): object {
  const data =
    event.names === undefined
      ? event.values.join(', ')
      : event.values.map((value, at) => ({ '@Name': event.names![at], '#text': value }));
  return {
    PayloadData1: `Target: ${event.values[0]}`,
    MapDescription: 'An event',
    ChunkNumber: 3,
    Computer: event.computer,
    Payload: JSON.stringify({ EventData: { Data: data } }),
    Channel: event.channel,
    Provider: event.provider,
    EventId: event.eventId,
    EventRecordId: String(event.recordId),
    ProcessId: 668,
    ThreadId: 1740,
    Level: 'Info',
    Keywords: 'Audit success',
    SourceFile: 'C:\\evtx\\Security.evtx',
    ExtraDataOffset: 0,
    HiddenRecord: false,
    TimeCreated: `${event.time.toISOString().slice(0, -1)}1234+00:00`,
    RecordNumber: event.recordId,
  };
}

/** `Get-WinEvent | ForEach-Object { $_ | ConvertTo-Json -Compress -Depth 3 }` of PowerShell 7. */
function getWinEvent(event: GeneratedEvent): object {
  return {
    Id: event.eventId,
    Version: 0,
    Qualifiers: event.qualifiers ?? null,
    Level: event.level,
    Task: 12544,
    Opcode: 0,
    Keywords: -9_223_372,
    RecordId: event.recordId,
    ProviderName: event.provider,
    ProviderId: event.guid?.slice(1, -1) ?? null,
    LogName: event.channel,
    ProcessId: 668,
    ThreadId: 1740,
    MachineName: event.computer,
    UserId: null,
    TimeCreated: `${event.time.toISOString().slice(0, -1)}1234Z`,
    ActivityId: null,
    RelatedActivityId: null,
    ContainerLog: 'c:\\windows\\system32\\winevt\\logs\\security.evtx',
    MatchedQueryIds: [],
    Bookmark: {},
    LevelDisplayName: 'Information',
    OpcodeDisplayName: 'Info',
    TaskDisplayName: 'Logon',
    KeywordsDisplayNames: ['Audit Success'],
    Properties: event.values.map(value => ({ Value: value })),
    Message: event.message,
  };
}

/** NXLog's im_msvistalog by to_json(): local time, named values among its own fields, unnamed ones lost. */
function nxlog(event: GeneratedEvent): object {
  return {
    EventTime: event.time.toISOString().slice(0, 19).replace('T', ' '),
    Hostname: event.computer,
    Keywords: -9_223_372,
    EventType: 'INFO',
    SeverityValue: event.level === 2 ? 4 : 2,
    Severity: 'INFO',
    EventID: event.eventId,
    SourceName: event.provider,
    ProviderGuid: event.guid ?? '',
    Version: 0,
    Task: 12544,
    OpcodeValue: 0,
    RecordNumber: event.recordId,
    ProcessID: 668,
    ThreadID: 1740,
    Channel: event.channel,
    Message: event.message,
    Category: 'Logon',
    Opcode: 'Info',
    ...(event.names !== undefined && byName(event)),
    EventReceivedTime: event.time.toISOString().slice(0, 19).replace('T', ' '),
    SourceModuleName: 'eventlog',
    SourceModuleType: 'im_msvistalog',
  };
}

/** A Logstash pipeline over forwarded events, as in the Mordor data sets. */
function flat(event: GeneratedEvent): object {
  const time = event.time.toISOString();
  return {
    SourceName: event.provider,
    ProviderGuid: event.guid ?? '',
    Level: String(event.level),
    Keywords: '0x8020000000000000',
    Channel: event.channel,
    Hostname: event.computer,
    TimeCreated: time,
    '@timestamp': time,
    EventID: event.eventId,
    Message: event.message,
    Task: '12544',
    ...(event.names !== undefined && byName(event)),
  };
}

function byNumber(event: GeneratedEvent): Record<string, string> {
  return Object.fromEntries(event.values.map((value, at) => [`param${at + 1}`, value]));
}

function microseconds(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}
