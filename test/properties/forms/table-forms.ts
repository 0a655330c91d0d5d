import { dataItem } from './collector-forms.js';
import { fullEventId, isoText, LEVEL_WORDS, LOCAL_HOURS, OLD_TYPES, usDate } from './form.js';
import type { FormEvent } from './form-events.js';
import { evtxECmdPayload } from './json-forms.js';
import { quoteIfNeeded } from './viewer-forms.js';

/** Columns in order: a header and what stands under it. */
type Columns = readonly (readonly [header: string, cell: (event: FormEvent) => string | number | undefined])[];

const quoteAlways = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

function csv(columns: Columns, { quote = quoteIfNeeded, before = '', separator = ',' } = {}) {
  return (events: readonly FormEvent[]): Uint8Array => {
    const rows = [
      columns.map(([header]) => quote(header)),
      ...events.map(event => columns.map(([, cell]) => quote(String(cell(event) ?? '')))),
    ];
    return Buffer.from(before + rows.map(row => `${row.join(separator)}\r\n`).join(''));
  };
}

const nothing = () => '';

/** `Get-WinEvent | Export-Csv -Encoding UTF8` of Windows PowerShell. */
export const getWinEventCsv = csv(
  [
    ['Message', event => event.message],
    ['Id', event => event.eventId],
    ['Version', nothing],
    ['Qualifiers', event => event.qualifiers],
    ['Level', event => event.level],
    ['Task', () => '1'],
    ['Keywords', () => '36028797018963968'],
    ['RecordId', event => event.recordId],
    ['ProviderName', event => event.provider],
    ['LogName', event => event.channel],
    ['MachineName', event => event.computer],
    ['TimeCreated', usDate],
    ['LevelDisplayName', event => LEVEL_WORDS[event.level]],
    ['Properties', () => 'System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]'],
  ],
  { quote: quoteAlways, before: '\ufeff#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n' },
);

/** `Get-EventLog | Export-Csv -Encoding UTF8`. */
export const getEventLogCsv = csv(
  [
    ['EventID', event => event.eventId],
    ['MachineName', event => event.computer],
    ['Data', () => 'System.Byte[]'],
    ['Index', event => event.recordId],
    ['EntryType', event => LEVEL_WORDS[event.level]],
    ['Message', event => event.message],
    ['Source', event => event.provider],
    ['ReplacementStrings', () => 'System.String[]'],
    ['InstanceId', fullEventId],
    ['TimeGenerated', usDate],
    ['TimeWritten', usDate],
  ],
  {
    quote: quoteAlways,
    before: '\ufeff#TYPE System.Diagnostics.EventLogEntry#application/MSExchange Web Services/5\r\n',
  },
);

/** EvtxECmd --csv. */
export const evtxECmdCsv = csv(
  [
    ['RecordNumber', event => event.recordId],
    ['EventRecordId', event => event.recordId],
    ['TimeCreated', event => isoText(event, 7).replace('T', ' ')],
    ['EventId', event => event.eventId],
    ['Level', event => (event.level === 4 ? 'Info' : LEVEL_WORDS[event.level])],
    ['Provider', event => event.provider],
    ['Channel', event => event.channel],
    ['ProcessId', () => 0],
    ['Computer', event => event.computer],
    ['ChunkNumber', () => 0],
    ['MapDescription', nothing],
    ['PayloadData1', nothing],
    ['SourceFile', () => 'C:\\evtx\\Application.evtx'],
    ['Keywords', () => 'Classic'],
    ['Payload', evtxECmdPayload],
  ],
  { before: '\ufeff' },
);

/** Log Parser 2.2 -i:EVT -o:CSV: all 32 bits of the identifier, strings joined, no line break in the message. */
export const logParser = csv([
  ['EventLog', event => event.channel],
  ['RecordNumber', event => event.recordId],
  ['TimeGenerated', event => isoText(event, 0, LOCAL_HOURS).replace('T', ' ')],
  ['TimeWritten', event => isoText(event, 0, LOCAL_HOURS).replace('T', ' ')],
  ['EventID', fullEventId],
  ['EventType', event => OLD_TYPES[event.level]],
  ['EventTypeName', event => `${LEVEL_WORDS[event.level]} event`],
  ['EventCategory', () => 1],
  ['SourceName', event => event.provider],
  ['Strings', event => event.insertions.join('|')],
  ['ComputerName', event => event.computer],
  ['SID', nothing],
  ['Message', event => event.message.replaceAll(/\r\n|\n/g, ' ')],
  ['Data', nothing],
]);

/** NirSoft FullEventLogView: the message alone. */
export const fullEventLogView = csv(
  [
    ['Event Time', usDate],
    ['Record ID', event => event.recordId],
    ['Event ID', event => event.eventId],
    ['Level', event => LEVEL_WORDS[event.level]],
    ['Channel', event => event.channel],
    ['Provider', event => event.provider],
    ['Description', event => event.message],
    ['Opcode', nothing],
    ['Computer', event => event.computer],
  ],
  { before: '\ufeff' },
);

/** A string as Python's `repr` writes it. */
function pythonRepr(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('\u0001', '\\x01')
    .replaceAll('\u00a0', '\\xa0')
    .replaceAll('\u202f', '\\u202f')
    .replaceAll('\u200f', '\\u200f');
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

const pythonList = (event: FormEvent) => `[${event.insertions.map(pythonRepr).join(', ')}]`;

const PLASO: Columns = [
  ['computer_name', event => event.computer],
  ['data_type', () => 'windows:evtx:record'],
  ['datetime', event => `${isoText(event, 6).replace('T', ' ')}+00:00`],
  ['display_name', event => `OS:/evtx/${event.channel.replaceAll('/', '%4')}.evtx`],
  ['event_identifier', event => event.eventId],
  ['event_level', event => event.level],
  [
    'message',
    event =>
      `[${event.eventId} / 0x${event.eventId.toString(16).padStart(4, '0')}] Source Name: ${event.provider} Strings: ${pythonList(event)} Computer Name: ${event.computer} Record Number: ${event.recordId} Event Level: ${event.level}`,
  ],
  ['message_identifier', event => fullEventId(event)],
  ['offset', () => 0],
  ['parser', () => 'winevtx'],
  ['record_number', event => event.recordId],
  ['source_name', event => event.provider],
  ['source_short', () => 'EVT'],
  ['strings', pythonList],
  ['timestamp_desc', () => 'Content Modification Time'],
];

/** Plaso's psort -o dynamic: each record twice, once for each of its times. */
export function plaso(events: readonly FormEvent[]): Uint8Array {
  return csv(PLASO)(events.flatMap(event => [event, event]));
}

/** Azure Monitor's table Event as the portal saves it. */
export const azureCsv = csv([
  ['TenantId', () => '00000000-0000-0000-0000-000000000000'],
  [
    'TimeGenerated [UTC]',
    event => {
      const [date = '', time = ''] = isoText(event, 3).split('T');
      const [y, m, d] = date.split('-').map(Number);
      const hour = Number(time.slice(0, 2));
      return `${m}/${d}/${y}, ${hour % 12 === 0 ? 12 : hour % 12}${time.slice(2)} ${hour < 12 ? 'AM' : 'PM'}`;
    },
  ],
  ['Source', event => event.provider],
  ['EventLog', event => event.channel],
  ['Computer', event => event.computer],
  ['EventLevel', event => OLD_TYPES[event.level]],
  ['EventLevelName', event => LEVEL_WORDS[event.level]],
  ['ParameterXml', nothing],
  ['EventData', dataItem],
  ['EventID', event => event.eventId],
  ['RenderedDescription', event => event.message],
]);

/** A CSV of someone's own, and the `--columns` that tells what is what. */
export const ownCsv = csv(
  [
    ['When', event => isoText(event, 3, LOCAL_HOURS).replace('T', ' ')],
    ['Who', event => event.computer],
    ['App', event => event.provider],
    ['No.', event => event.eventId],
    ['A', event => event.insertions[0]],
    ['B', event => event.insertions[1]],
    ['C', event => event.insertions[2]],
    ['D', event => event.insertions[3]],
    ['Row', event => event.recordId],
    ['Log', event => event.channel],
    ['Severity', event => event.level],
  ],
  { separator: ';', quote: quoteAlways },
);
export const OWN_COLUMNS =
  'time=When,computer=Who,provider=App,event_id=No.,%1=A,%2=B,%3=C,%4=D,record_id=Row,channel=Log,level=Severity';
