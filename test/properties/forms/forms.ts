import { parseColumns } from '../../../src/index.js';
import { createZone } from '../../../src/time/zones.js';
import { writeEvt } from '../../evt-writer.js';
import { type WritableEvent, writeEvtx } from '../../evtx-writer.js';
import { getEventLogClixml, getWinEventClixml, selectedClixml } from './clixml-forms.js';
import * as collector from './collector-forms.js';
import { type Form, type Holds, isoText, keptTime, LOCAL_HOURS, LOCAL_ZONE } from './form.js';
import type { FormEvent } from './form-events.js';
import * as json from './json-forms.js';
import * as table from './table-forms.js';
import {
  ADDED_LANGUAGES,
  COPIED_LANGUAGES,
  copiedDetails,
  FURTHER_LANGUAGES,
  furtherDetails,
  oldCsv,
  securityCsv,
  VIEWERS,
  type ViewerLanguage,
  viewerCsv,
  viewerText,
  wevtutilText,
  widerCsv,
} from './viewer-forms.js';
import * as xml from './xml-forms.js';

/** All there is of an event. */
const ALL: Holds = {
  unnamed: 'all',
  named: 'all',
  names: true,
  message: 'whole',
  computer: true,
  channel: true,
  recordId: true,
  level: true,
  qualifiers: true,
  fraction: 7,
  zone: true,
  lineBreaks: 'kept',
};
const XML: Holds = { ...ALL, message: 'no', lineBreaks: 'lf' };
/** PowerShell keeps the values and not their names. */
const POWERSHELL: Holds = { ...ALL, names: false };
const TREE: Holds = { ...ALL, message: 'no', fraction: 6 };
const BEAT: Holds = { ...ALL, unnamed: 'gaps', named: 'filled by name', qualifiers: false, fraction: 3 };
/** Only the message and a local time to the second. */
const TEXT: Holds = {
  ...ALL,
  unnamed: 'message',
  named: 'message',
  names: false,
  qualifiers: false,
  fraction: 0,
  zone: false,
};
const VIEWER: Holds = { ...TEXT, computer: false, channel: false, recordId: false };

const LOCAL = { timezone: LOCAL_ZONE, zone: createZone(LOCAL_ZONE) };
const XML_FORM = { format: 'event-xml' };
const CSV = { format: 'tool-csv', options: LOCAL };
const languages = Object.keys(VIEWERS) as ViewerLanguage[];

/** A JSON dialect, in every framing. */
function jsonForm(name: string, texts: json.JsonTexts, holds: Holds, rest: Partial<Form> = {}): Form {
  const framings = Object.values(json.FRAMINGS);
  return {
    name,
    format: 'event-json',
    holds,
    variants: Object.keys(json.FRAMINGS),
    variesBy: 'framing',
    write: (events, variant) => framings[variant]!(texts(events)),
    ...rest,
  };
}

function evtx(events: readonly FormEvent[]): Uint8Array {
  return writeEvtx(events.map(logged));
}

function evt(events: readonly FormEvent[]): Uint8Array {
  return writeEvt(events.map(logged), 1 << 20).bytes;
}

function logged(event: FormEvent): WritableEvent {
  const { provider, eventId, channel, computer, level, qualifiers, insertions, names } = event;
  return {
    ...{ provider, eventId, channel, computer, level, insertions },
    ...(qualifiers === undefined ? {} : { qualifiers }),
    ...(names === undefined ? {} : { names }),
    recordId: String(event.recordId),
    time: keptTime(event, ALL),
  };
}

/** Every form that evpair reads: how it is written, and what it holds. Law 7 and the README's table come from here. */
export const FORMS: readonly Form[] = [
  { name: 'Event Viewer’s XML', ...XML_FORM, holds: { ...XML, message: 'whole' }, write: xml.eventViewerXml },
  { name: '`wevtutil /f:RenderedXml`', ...XML_FORM, holds: { ...XML, message: 'whole' }, write: xml.renderedXml },
  { name: '`wevtutil /f:xml`', ...XML_FORM, holds: XML, write: xml.wevtutilXml },
  { name: '`ToXml()` in UTF-16', ...XML_FORM, holds: { ...XML, fraction: 9 }, write: xml.utf16Xml },
  { name: 'the tree copied from the XML view', ...XML_FORM, holds: XML, write: xml.treeXml },
  { name: 'evtx_dump XML', ...XML_FORM, holds: { ...XML, fraction: 6 }, write: xml.evtxDumpXml },
  { name: 'python-evtx XML', ...XML_FORM, holds: { ...XML, fraction: 6 }, write: xml.pythonEvtxXml },
  { name: '`.evtx`', format: 'evtx', holds: XML, write: evtx },
  {
    name: '`.evt`, before Windows Vista',
    format: 'evt',
    holds: { ...XML, names: false, channel: false, fraction: 0 },
    write: evt,
  },
  {
    name: 'Event Viewer’s CSV',
    format: 'viewer-csv',
    holds: VIEWER,
    options: LOCAL,
    tells: ['no-computer'],
    variants: languages,
    variesBy: 'language',
    write: (events, variant) => viewerCsv(languages[variant]!)(events),
  },
  {
    name: 'Event Viewer’s text',
    format: 'viewer-csv',
    holds: VIEWER,
    options: LOCAL,
    tells: ['no-computer'],
    variants: languages,
    variesBy: 'language',
    write: (events, variant) => viewerText(languages[variant]!)(events),
  },
  {
    name: 'CSV of the Security log',
    format: 'viewer-csv',
    holds: { ...VIEWER, level: false },
    options: LOCAL,
    tells: ['no-computer'],
    variants: ADDED_LANGUAGES,
    variesBy: 'language',
    write: (events, variant) => securityCsv(ADDED_LANGUAGES[variant]!)(events),
  },
  {
    name: 'CSV with the columns log and computer added',
    format: 'viewer-csv',
    holds: { ...VIEWER, computer: true, channel: true },
    options: LOCAL,
    variants: ADDED_LANGUAGES,
    variesBy: 'language',
    write: (events, variant) => widerCsv(ADDED_LANGUAGES[variant]!)(events),
  },
  {
    name: 'CSV of Windows 2000 and 2003',
    format: 'viewer-csv',
    holds: { ...VIEWER, computer: true },
    options: LOCAL,
    write: oldCsv,
  },
  {
    name: 'EvtxECmd CSV',
    ...CSV,
    holds: { ...ALL, unnamed: { joinedBy: ', ' }, message: 'no', qualifiers: false },
    tells: ['values-joined'],
    write: table.evtxECmdCsv,
  },
  {
    name: '`Get-WinEvent \\| Export-Csv`',
    ...CSV,
    holds: { ...TEXT, qualifiers: true },
    tells: ['insertions-lost'],
    write: table.getWinEventCsv,
  },
  {
    name: '`Get-EventLog \\| Export-Csv`',
    ...CSV,
    holds: { ...TEXT, qualifiers: true, channel: false },
    tells: ['insertions-lost'],
    write: table.getEventLogCsv,
  },
  {
    name: 'Log Parser CSV',
    ...CSV,
    holds: {
      ...ALL,
      unnamed: { joinedBy: '|', isNoneWhenEmpty: true },
      named: { joinedBy: '|', isNoneWhenEmpty: true },
      names: false,
      message: 'one line',
      fraction: 0,
      zone: false,
    },
    tells: ['values-joined'],
    write: table.logParser,
  },
  { name: 'FullEventLogView CSV', ...CSV, holds: TEXT, write: table.fullEventLogView },
  {
    name: 'Plaso CSV',
    ...CSV,
    holds: { ...ALL, names: false, message: 'no', fraction: 6 },
    copies: 2,
    write: table.plaso,
  },
  {
    name: 'Azure Event CSV',
    ...CSV,
    holds: { ...ALL, recordId: false, qualifiers: false, fraction: 3, lineBreaks: 'lf' },
    write: table.azureCsv,
  },
  {
    name: 'any CSV by `--columns`',
    ...CSV,
    holds: {
      ...ALL,
      unnamed: { columns: 4 },
      named: { columns: 4 },
      names: false,
      message: 'no',
      qualifiers: false,
      fraction: 3,
      zone: false,
    },
    options: { ...LOCAL, columns: parseColumns(table.OWN_COLUMNS) },
    write: table.ownCsv,
  },
  jsonForm('evtx_dump', json.evtxDump, TREE),
  jsonForm('evtx_dump with attributes apart', json.evtxDumpSeparate, TREE),
  {
    name: 'evtx_dump with `Record N` headings',
    format: 'event-json',
    holds: TREE,
    write: events =>
      Buffer.from(
        json
          .evtxDump(events)
          .map((text, at) => `Record ${events[at]!.recordId}\n${text}\n`)
          .join(''),
      ),
  },
  jsonForm('Velociraptor', json.velociraptor, { ...ALL, fraction: 'float' }),
  jsonForm('osquery', collector.osquery, { ...ALL, message: 'no', recordId: false, qualifiers: false }),
  jsonForm('OpenTelemetry', collector.otel('list'), ALL),
  { name: 'OTLP', format: 'event-json', holds: ALL, write: collector.otlp },
  jsonForm(
    'OpenTelemetry with a map of values',
    collector.otel('map'),
    { ...ALL, unnamed: 'numbered', named: 'by name' },
    { tells: ['data-order-lost'] },
  ),
  jsonForm('Splunk `XmlWinEventLog`', collector.splunkXml, XML),
  jsonForm('Winlogbeat with `include_xml`', collector.winlogbeatXml, {
    ...ALL,
    qualifiers: false,
    fraction: 3,
    lineBreaks: 'lf',
  }),
  jsonForm('`Get-WinEvent \\| ConvertTo-Json -Depth 3` (PowerShell 7)', json.getWinEvent('7', true), POWERSHELL),
  jsonForm('`Get-WinEvent \\| ConvertTo-Json -Depth 3` (5.1)', json.getWinEvent('5.1', true), {
    ...POWERSHELL,
    fraction: 3,
  }),
  jsonForm(
    '`Get-WinEvent \\| ConvertTo-Json` (PowerShell 7)',
    json.getWinEvent('7', false),
    { ...TEXT, qualifiers: true, fraction: 7, zone: true },
    { tells: ['insertions-lost'] },
  ),
  jsonForm(
    '`Get-WinEvent \\| ConvertTo-Json` (5.1)',
    json.getWinEvent('5.1', false),
    { ...TEXT, qualifiers: true, fraction: 3, zone: true },
    { tells: ['insertions-lost'] },
  ),
  jsonForm('`Get-EventLog \\| ConvertTo-Json`', json.getEventLog, {
    ...POWERSHELL,
    channel: false,
    fraction: 0,
    zeros: 3,
  }),
  jsonForm('fluent-bit', collector.fluentBit, { ...POWERSHELL, fraction: 0 }),
  jsonForm(
    'EvtxECmd',
    json.evtxECmd,
    { ...ALL, unnamed: { joinedBy: ', ' }, message: 'no', qualifiers: false },
    { tells: ['values-joined'] },
  ),
  jsonForm('Azure Event', collector.azureEvent, {
    ...ALL,
    recordId: false,
    qualifiers: false,
    fraction: 3,
    lineBreaks: 'lf',
  }),
  jsonForm('Azure SecurityEvent', collector.azureSecurity, {
    ...ALL,
    message: 'no',
    recordId: false,
    qualifiers: false,
    fraction: 3,
    lineBreaks: 'lf',
  }),
  jsonForm('Azure WindowsEvent', collector.azureWindows, { ...ALL, message: 'no', qualifiers: false }),
  jsonForm('Winlogbeat 7 and later, Elastic Agent', collector.winlogbeat, BEAT, {
    tells: ['empty-values-omitted', 'data-order-lost'],
  }),
  jsonForm('Winlogbeat 5 and 6', collector.winlogbeat6, BEAT, { tells: ['empty-values-omitted', 'data-order-lost'] }),
  {
    name: 'Elasticsearch hits',
    format: 'event-json',
    holds: BEAT,
    tells: ['empty-values-omitted', 'data-order-lost'],
    write: collector.elasticsearchHits,
  },
  jsonForm(
    'NXLog',
    collector.nxlog,
    { ...ALL, unnamed: 'message', named: 'by name', qualifiers: false, fraction: 0, zone: false },
    { options: LOCAL, tells: ['unnamed-data-lost', 'data-order-lost'] },
  ),
  jsonForm(
    'Logstash, flat',
    collector.logstash,
    { ...ALL, unnamed: 'message', named: 'by name', qualifiers: false, fraction: 3 },
    { tells: ['unnamed-data-lost', 'data-order-lost'] },
  ),
  jsonForm(
    'Splunk `WinEventLog`',
    collector.splunk,
    { ...TEXT, fraction: 3, zone: true },
    { tells: ['unnamed-data-lost'] },
  ),
  { name: '`Get-WinEvent \\| Export-Clixml`', format: 'clixml', holds: POWERSHELL, write: getWinEventClixml },
  {
    name: '`Get-EventLog \\| Export-Clixml`',
    format: 'clixml',
    holds: { ...POWERSHELL, channel: false, fraction: 0 },
    write: getEventLogClixml,
  },
  {
    name: 'CLIXML of selected members',
    format: 'clixml',
    holds: { ...TEXT, channel: false, level: false },
    options: LOCAL,
    tells: ['insertions-lost'],
    write: selectedClixml,
  },
  {
    name: 'copied details',
    format: 'event-text',
    holds: { ...TEXT, message: 'trimmed', lineBreaks: 'lf', recordId: false },
    options: LOCAL,
    variants: COPIED_LANGUAGES,
    variesBy: 'language',
    write: (events, variant) => copiedDetails(COPIED_LANGUAGES[variant]!)(events),
  },
  {
    name: 'copied details, levels not known',
    format: 'event-text',
    holds: { ...TEXT, message: 'trimmed', lineBreaks: 'lf', recordId: false, level: false },
    options: LOCAL,
    variants: FURTHER_LANGUAGES,
    variesBy: 'language',
    write: (events, variant) => furtherDetails(FURTHER_LANGUAGES[variant]!)(events),
  },
  {
    name: 'copied details with their XML',
    format: 'event-text',
    holds: { ...XML, message: 'trimmed' },
    options: LOCAL,
    variants: COPIED_LANGUAGES,
    variesBy: 'language',
    write: (events, variant) =>
      copiedDetails(COPIED_LANGUAGES[variant]!, event => xml.eventXml(event, { quote: '"', selfClosing: ' />' }))(
        events,
      ),
  },
  {
    name: '`wevtutil /f:text`, local times',
    format: 'event-text',
    holds: { ...TEXT, message: 'trimmed', lineBreaks: 'lf', recordId: false, fraction: 3 },
    options: LOCAL,
    write: wevtutilText(event => isoText(event, 3, LOCAL_HOURS)),
  },
  {
    name: '`wevtutil /f:text` of Windows 10',
    format: 'event-text',
    holds: { ...TEXT, message: 'trimmed', lineBreaks: 'lf', recordId: false, fraction: 7, zone: true },
    write: wevtutilText(event => `${isoText(event, 7)}Z`),
  },
];
