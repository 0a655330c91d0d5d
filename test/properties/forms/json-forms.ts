import { epochFloat, fullEventId, isoText, LEVEL_WORDS, LOCAL_HOURS, OLD_TYPES } from './form.js';
import type { FormEvent } from './form-events.js';

/** Each event as the text of one JSON object. */
export type JsonTexts = (events: readonly FormEvent[]) => readonly string[];

/** How objects stand in a file. */
export const FRAMINGS = {
  lines: texts => Buffer.from(texts.map(text => `${text}\n`).join('')),
  'lines after a byte order mark': texts => Buffer.from(`\ufeff${texts.map(text => `${text}\r\n`).join('')}`),
  array: texts => Buffer.from(`[${texts.join(',')}]`),
  'pretty array': texts => Buffer.from(`[\r\n    ${texts.map(pretty).join(',\r\n    ')}\r\n]\r\n`),
  'array of unindented lines': texts => Buffer.from(`[\n${texts.map(flat).join(',\n')}\n]\n`),
  concatenated: texts => Buffer.from(texts.map(text => `${pretty(text)}\n`).join('')),
  'UTF-16LE array': texts => Buffer.from(`\ufeff[${texts.join(',\r\n')}]\r\n`, 'utf16le'),
  'UTF-16LE lines without a mark': texts => Buffer.from(texts.map(text => `${text}\r\n`).join(''), 'utf16le'),
} satisfies Record<string, (texts: readonly string[]) => Uint8Array>;

const TOKENS = /"(?:[^"\\]|\\.)*"|[,{}[\]]|[^",{}[\]]+/gs;

/** Breaks and indents lines outside strings. It never looks at what members mean, so that a key may stand twice. */
function pretty(text: string): string {
  let depth = 0;
  const newLine = () => `\r\n${'    '.repeat(depth + 1)}`;
  return (text.match(TOKENS) ?? [])
    .map(token => {
      if (token === '{' || token === '[') {
        depth += 1;
        return token + newLine();
      }
      if (token === '}' || token === ']') {
        depth -= 1;
        return newLine() + token;
      }
      return token === ',' ? token + newLine() : token;
    })
    .join('');
}

/** The same with each line at the margin. */
const flat = (text: string) => pretty(text).replace(/\r\n +/g, '\n');

const KEYWORDS = '36028797018963968';

/** An object as text; the number of keywords passes 2^53, and so is put in as digits. */
const text = (object: object): string => JSON.stringify(object).replaceAll(`"${KEYWORDS}"`, KEYWORDS);

const entries = (event: FormEvent) =>
  Object.fromEntries(event.insertions.map((value, at) => [event.names![at]!, value]));

/** `{"Name":"value"}`, or evtx_dump's `Data` for values without names. */
function evtxDumpData(event: FormEvent): object | null {
  if (event.insertions.length === 0) return null;
  if (event.names !== undefined) return entries(event);
  return { Data: { '#text': event.insertions.length === 1 ? event.insertions[0] : event.insertions } };
}

/** evtx_dump -o json and jsonl. */
export const evtxDump: JsonTexts = events =>
  events.map(event =>
    text({
      Event: {
        '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
        System: {
          Provider: { '#attributes': { Name: event.provider } },
          EventID:
            event.qualifiers === undefined
              ? event.eventId
              : { '#attributes': { Qualifiers: event.qualifiers }, '#text': event.eventId },
          Level: event.level,
          TimeCreated: { '#attributes': { SystemTime: `${isoText(event, 6)}Z` } },
          EventRecordID: event.recordId,
          Correlation: null,
          Execution: { '#attributes': { ProcessID: 0, ThreadID: 0 } },
          Channel: event.channel,
          Computer: event.computer,
          Security: null,
        },
        EventData: evtxDumpData(event),
      },
    }),
  );

/** evtx_dump --separate-json-attributes. */
export const evtxDumpSeparate: JsonTexts = events =>
  events.map(event =>
    text({
      Event_attributes: { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      Event: {
        System: {
          Provider_attributes: { Name: event.provider },
          ...(event.qualifiers === undefined ? {} : { EventID_attributes: { Qualifiers: event.qualifiers } }),
          EventID: event.eventId,
          Level: event.level,
          TimeCreated_attributes: { SystemTime: `${isoText(event, 6)}Z` },
          EventRecordID: event.recordId,
          Channel: event.channel,
          Computer: event.computer,
          Security: null,
        },
        EventData: evtxDumpData(event),
      },
    }),
  );

/** Velociraptor's parse_evtx: the time as a float. */
export const velociraptor: JsonTexts = events =>
  events.map(event =>
    text({
      System: {
        Provider: { Name: event.provider },
        EventID: { Value: event.eventId, ...(event.qualifiers === undefined ? {} : { Qualifiers: event.qualifiers }) },
        Level: event.level,
        Keywords: KEYWORDS,
        TimeCreated: { SystemTime: '@time@' },
        EventRecordID: event.recordId,
        Channel: event.channel,
        Computer: event.computer,
        Security: {},
      },
      EventData: event.names === undefined ? { Data: event.insertions } : entries(event),
      Message: event.message,
    }).replace('"@time@"', epochFloat(event)),
  );

/** EvtxECmd's payload: unnamed values joined in one text; an item without text when empty. */
export function evtxECmdPayload(event: FormEvent): string {
  if (event.insertions.length === 0) return JSON.stringify({ EventData: '' });
  const items = event.insertions.map((value, at) => ({
    '@Name': event.names?.[at],
    ...(value === '' ? {} : { '#text': value }),
  }));
  const data = event.names === undefined ? event.insertions.join(', ') : items.length === 1 ? items[0] : items;
  return JSON.stringify({ EventData: { Data: data } });
}

export const evtxECmd: JsonTexts = events =>
  events.map(event =>
    text({
      PayloadData1: null,
      MapDescription: '',
      ChunkNumber: 0,
      Computer: event.computer,
      Payload: evtxECmdPayload(event),
      Channel: event.channel,
      Provider: event.provider,
      EventId: event.eventId,
      EventRecordId: String(event.recordId),
      ProcessId: 0,
      Level: event.level === 4 ? 'Info' : LEVEL_WORDS[event.level],
      Keywords: 'Classic',
      TimeCreated: `${isoText(event, 7)}+00:00`,
      RecordNumber: event.recordId,
    }),
  );

/** `Get-WinEvent | ConvertTo-Json`; `isDeep` with -Depth 3 or more. */
export function getWinEvent(edition: '5.1' | '7', isDeep: boolean): JsonTexts {
  const className = 'System.Diagnostics.Eventing.Reader.EventProperty';
  return events =>
    events.map(event => {
      const json = text({
        Id: event.eventId,
        Version: null,
        Qualifiers: event.qualifiers ?? null,
        Level: event.level,
        Task: 1,
        Keywords: KEYWORDS,
        RecordId: event.recordId,
        ProviderName: event.provider,
        ProviderId: null,
        LogName: event.channel,
        MachineName: event.computer,
        UserId: null,
        TimeCreated: edition === '7' ? `${isoText(event, 7, LOCAL_HOURS)}+01:00` : `/Date(${event.ms})/`,
        MatchedQueryIds: [],
        Bookmark: {},
        LevelDisplayName: LEVEL_WORDS[event.level],
        KeywordsDisplayNames: isDeep
          ? ['Classic']
          : 'System.Collections.ObjectModel.ReadOnlyCollection`1[System.String]',
        Properties: event.insertions.map(value => (isDeep ? { Value: value } : className)),
        Message: event.message,
      });
      return edition === '7' ? json : json51(json);
    });
}

/** Windows PowerShell 5.1 escapes more than it must, and puts two spaces behind a colon. */
function json51(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|:/gs, token =>
    token === ':'
      ? ':  '
      : token
          .replace(/['<>&]/g, char => `\\u00${char.charCodeAt(0).toString(16)}`)
          .replace(/^"\/Date\((\d+)\)\/"$/, '"\\/Date($1)\\/"'),
  );
}

/** `Get-EventLog | ConvertTo-Json` of Windows PowerShell: keeps the insertion strings, names no log. */
export const getEventLog: JsonTexts = events =>
  events.map(event =>
    json51(
      text({
        EventID: event.eventId,
        MachineName: event.computer,
        Data: [],
        Index: event.recordId,
        Category: '(1)',
        EntryType: OLD_TYPES[event.level],
        Message: event.message,
        Source: event.provider,
        ReplacementStrings: event.insertions,
        InstanceId: fullEventId(event),
        TimeGenerated: `/Date(${Math.floor(event.ms / 1000) * 1000})/`,
        TimeWritten: { value: `/Date(${event.ms})/`, DisplayHint: 2, DateTime: 'Friday, March 4, 2011 11:05:00 AM' },
        UserName: null,
        Site: null,
        Container: null,
      }),
    ),
  );
