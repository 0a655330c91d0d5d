import type { EventRecord } from '../../model/index.js';
import { insertionsOfXml } from '../clixml/xml-event.js';
import { type CellValues, readJoinedValues, readJsonValues } from './cell-values.js';
import { readPythonList } from './python-list.js';

/** A row's cells, by their header's name in lower case or by their place from 0; empty when there is no such column. */
export type Cells = (column: string | number) => string;

/** A fact about a form that its user should know. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** How one tool writes events as CSV. Header names are in lower case; of several the first that is there counts. */
export interface Dialect {
  readonly name: string;
  /** All of `marks` and, if given, one of `marksAny` must be among the headers. */
  readonly marks: readonly string[];
  readonly marksAny?: readonly string[];
  readonly provider: readonly string[];
  readonly eventId: readonly string[];
  readonly time: readonly string[];
  readonly timesAreUtc: boolean;
  /** True when times are always ISO 8601, so that no date can be in doubt. */
  readonly timesAreIso?: boolean;
  readonly computer?: readonly string[];
  readonly channel?: readonly string[];
  readonly recordId?: readonly string[];
  readonly level?: readonly string[];
  /** True when level numbers are those of the old API: 1 error, 2 warning, 4 information, 8 and 16 audit. */
  readonly hasOldLevels?: boolean;
  readonly qualifiers?: readonly string[];
  readonly message?: readonly string[];
  /** The insertion strings; undefined when the row holds none. */
  readonly values?: (cells: Cells) => CellValues | undefined;
  /** False for rows that tell of something else than an event. Default: all do. */
  readonly isEvent?: (cells: Cells) => boolean;
  /** What the cells do not say by themselves. */
  readonly refine?: (event: EventParts, cells: Cells) => EventParts;
  /** What this form has destroyed. */
  readonly lost?: Note;
}

type EventParts = Omit<EventRecord, 'type' | 'position' | 'time'>;

const INSERTIONS_LOST: Note = {
  code: 'insertions-lost',
  message:
    'Export-Csv wrote the type of the insertion strings and not the strings; only the messages are left. Export again with wevtutil, or as XML',
};

/** The first that fits is taken. */
export const DIALECTS: readonly Dialect[] = [
  {
    // EvtxECmd (Eric Zimmerman), 27 columns since ChunkNumber; TimeCreated is UTC without saying so.
    name: 'evtxecmd',
    marks: ['eventid', 'provider', 'payload', 'timecreated'],
    provider: ['provider'],
    eventId: ['eventid'],
    time: ['timecreated'],
    timesAreUtc: true,
    timesAreIso: true,
    computer: ['computer'],
    channel: ['channel'],
    recordId: ['eventrecordid', 'recordnumber'],
    level: ['level'],
    values: cells => readJsonValues(cells('payload')),
  },
  {
    // Plaso's psort, and Timesketch's export of it: every record stands twice, once by each of its times.
    name: 'plaso',
    marks: ['data_type', 'datetime', 'event_identifier', 'source_name'],
    provider: ['source_name'],
    eventId: ['event_identifier'],
    time: ['datetime'],
    timesAreUtc: true,
    timesAreIso: true,
    computer: ['computer_name'],
    recordId: ['record_number'],
    level: ['event_level'],
    values: valuesOfPlaso,
    // A timeline holds rows of files, registry keys and more.
    isEvent: cells => /^windows:evtx?:record$/.test(cells('data_type')),
    refine: refinePlaso,
  },
  {
    // Log Parser 2.2 (-i:EVT -o:CSV); times are local to the machine it ran on.
    name: 'log-parser',
    marks: ['sourcename', 'eventid', 'timegenerated'],
    provider: ['sourcename'],
    eventId: ['eventid'],
    time: ['timegenerated'],
    timesAreUtc: false,
    computer: ['computername'],
    channel: ['eventlog'],
    recordId: ['recordnumber'],
    level: ['eventtype', 'eventtypename'],
    hasOldLevels: true,
    message: ['message'],
    values: cells => readJoinedValues(cells('strings'), '|'),
    // The column holds the file's path when Log Parser read a file.
    refine: event => (/\\|\.evtx?$/i.test(event.channel ?? '') ? without(event, 'channel') : event),
  },
  {
    // Get-EventLog | Export-Csv
    name: 'get-eventlog',
    marks: ['eventid', 'source', 'timegenerated'],
    marksAny: ['replacementstrings', 'entrytype', 'instanceid', 'machinename'],
    provider: ['source'],
    eventId: ['eventid'],
    time: ['timegenerated'],
    timesAreUtc: false,
    computer: ['machinename'],
    recordId: ['index'],
    level: ['entrytype'],
    hasOldLevels: true,
    message: ['message'],
    refine: withInstance,
    lost: INSERTIONS_LOST,
  },
  {
    // Get-WinEvent | Export-Csv
    name: 'get-winevent',
    marks: ['providername', 'id', 'timecreated'],
    provider: ['providername'],
    eventId: ['id'],
    time: ['timecreated'],
    timesAreUtc: false,
    computer: ['machinename'],
    channel: ['logname'],
    recordId: ['recordid'],
    level: ['level'],
    qualifiers: ['qualifiers'],
    message: ['message'],
    lost: INSERTIONS_LOST,
  },
  {
    // Azure Monitor's tables Event, SecurityEvent and WindowsEvent
    name: 'azure',
    marks: ['timegenerated', 'eventid', 'computer'],
    provider: ['eventsourcename', 'source', 'provider'],
    eventId: ['eventid'],
    time: ['timegenerated'],
    timesAreUtc: true,
    computer: ['computer'],
    channel: ['eventlog', 'channel'],
    recordId: ['eventrecordid', 'systemeventrecordid'],
    level: ['eventlevelname', 'eventlevel', 'level'],
    hasOldLevels: true,
    message: ['rendereddescription', 'message'],
    values: cells => {
      const cell = cells('eventdata') || cells('eventdata_dynamic') || cells('parameterxml');
      return cell === '' ? undefined : cell.trimStart().startsWith('<') ? insertionsOfXml(cell) : readJsonValues(cell);
    },
  },
  {
    // NirSoft FullEventLogView. Its columns are not proved by a real file; times are local or UTC by an option that the file does not tell.
    name: 'full-event-log-view',
    marks: ['event time', 'event id', 'provider'],
    provider: ['provider'],
    eventId: ['event id'],
    time: ['event time'],
    timesAreUtc: false,
    computer: ['computer'],
    channel: ['channel'],
    recordId: ['record id'],
    level: ['level'],
    message: ['description'],
  },
];

/** `EventID` has the low 16 bits alone; `InstanceId` all 32, in its high half the qualifiers. */
function withInstance(event: EventParts, cells: Cells): EventParts {
  const instance = cells('instanceid').trim();
  const qualifiers = /^\d{1,10}$/.test(instance) ? Math.floor(Number(instance) / 65_536) : 0;
  return qualifiers === 0 || qualifiers > 0xffff ? event : { ...event, qualifiers };
}

/**
 * Plaso writes the strings as a Python list and appends the record's binary data as one string more; the XML beside
 * them, where it was exported, tells which one that is.
 */
function valuesOfPlaso(cells: Cells): CellValues | undefined {
  const strings = readPythonList(cells('strings').trim());
  if (strings === undefined) return undefined;
  const last = strings.at(-1) ?? '';
  const isBinary = /^[\dA-F]{2,}$/.test(last) && cells('xml_string').includes(`<Binary>${last}</Binary>`);
  return { insertions: isBinary ? strings.slice(0, -1) : strings };
}

function refinePlaso(event: EventParts, cells: Cells): EventParts {
  const message = messageOfPlaso(cells('message'));
  const channel = channelOfPlaso(cells);
  const identifier = /^(\d{1,10})(?:\.0)?$/.exec(cells('message_identifier'))?.[1];
  const qualifiers = identifier === undefined ? 0 : Math.floor(Number(identifier) / 65_536);
  return {
    ...event,
    ...(channel === undefined ? {} : { channel }),
    ...(message === undefined ? {} : { message }),
    ...(qualifiers === 0 ? {} : { qualifiers }),
  };
}

/** `[7036 / 0x1b7c] Source Name: … Message string: … Strings: […] Computer Name: …` */
function messageOfPlaso(text: string): string | undefined {
  const start = text.indexOf('Message string: ');
  if (start < 0) return undefined;
  const end = text.lastIndexOf(' Strings: [');
  return text.slice(start + 'Message string: '.length, end < start ? text.length : end);
}

/** The channel stands in the XML alone; without it the log file's name, which Windows makes of the channel, has it. */
function channelOfPlaso(cells: Cells): string | undefined {
  const inXml = /<Channel>([^<]{1,255})<\/Channel>/.exec(cells('xml_string'))?.[1];
  if (inXml !== undefined) return inXml;
  return /([^/\\:]{1,255})\.evtx?$/i.exec(cells('display_name'))?.[1]?.replaceAll('%4', '/');
}

function without<T extends object, Key extends keyof T>(object: T, key: Key): Omit<T, Key> {
  const { [key]: _dropped, ...rest } = object;
  return rest;
}
