import {
  compileDefinitions,
  escapeForTerminal,
  extractFailures,
  formatInstant,
  type InputSurvey,
  type ReadItem,
  SHIPPED_DEFINITIONS,
  surveyInputs,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { readInputs } from './read-inputs.js';

/** What a form has lost, by the warnings of its reader, and what helps. */
const LOSSES: Readonly<Record<string, string>> = {
  'insertions-lost':
    'the insertion strings are lost (exported too shallow); messages are read instead, or export with -Depth 5',
  'empty-values-omitted': 'empty values were left out; their places are filled by number',
  'unnamed-data-lost': 'values without a name are lost; messages are read instead',
  'data-order-lost': 'the order of the values is lost; only named values are used',
  'values-joined': 'several values were joined into one text; they were parted where the tool joins them',
  'text-destroyed': 'characters were destroyed by the encoding of the export; export again as UTF-8',
  'encoding-fallback': 'not UTF-8: read in a code page; name it with --encoding',
  'no-computer': 'no computer is named: give it with --computer',
  'local-time': 'local times without a zone: give it with --timezone',
  'date-order-assumed': 'day and month cannot be told apart: give --date-order',
  'chunk-checksum': 'checksums of chunks do not fit: the log was copied while in use, or is damaged',
  'empty-input': 'the file is empty',
};

const MOST_EVENTS = 10;

/** What one input is, holds and lacks, with what the shipped definitions would find in it. */
export interface Detected {
  readonly survey: InputSurvey;
  /** Failures by definition, the most first. */
  readonly findings: readonly { readonly definition: string; readonly failures: number }[];
}

/** `evpair detect`: a block of text, or a line of NDJSON, for each input. */
export async function detect(command: Command & { readonly isText: boolean }): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const surveyor = surveyInputs();
  let extractor = extractFailures(compiled);
  let found = new Map<string, number>();
  return readInputs(command, undefined, item => {
    if (item.type === 'failure' || item.type === 'unpaired') return;
    extractor.push(item, each => {
      if (each.type === 'failure') found.set(each.definition, (found.get(each.definition) ?? 0) + 1);
    });
    surveyor.push(item as ReadItem, survey => {
      const findings = [...found]
        .map(([definition, failures]) => ({ definition, failures }))
        .sort((a, b) => b.failures - a.failures || (a.definition < b.definition ? -1 : 1));
      command.output.line(command.isText ? blockOf({ survey, findings }) : lineOf({ survey, findings }));
      extractor = extractFailures(compiled);
      found = new Map();
    });
  });
}

function lineOf({ survey, findings }: Detected): string {
  const { report, holds } = survey;
  return JSON.stringify({
    type: 'survey',
    schema_version: 1,
    path: report.path,
    format: report.format,
    encoding: report.encoding,
    bytes: report.bytes,
    events: report.events,
    rejects: report.rejects,
    malformed: report.malformed,
    ...(survey.firstTime === undefined ? {} : { first_time: formatInstant(survey.firstTime) }),
    ...(survey.lastTime === undefined ? {} : { last_time: formatInstant(survey.lastTime) }),
    timezone: report.timezone,
    date_order: report.dateOrder,
    cultures: survey.cultures,
    channels: survey.channels,
    computers: survey.computers,
    event_counts: survey.events.map(({ provider, eventId, count }) => ({ provider, event_id: eventId, count })),
    holds: {
      insertions: holds.insertions,
      message: holds.message,
      computer: holds.computer,
      record_id: holds.recordId,
      time: holds.time,
    },
    lost: Object.keys(report.warnings).filter(code => code in LOSSES),
    warnings: report.warnings,
    findings,
    complete: report.isComplete,
  });
}

/** For a person: the most important first, log text escaped, and what to type next. */
function blockOf({ survey, findings }: Detected): string {
  const { report, holds } = survey;
  const rows: [string, string][] = [];
  const add = (name: string, text: string) => rows.push([name, escapeForTerminal(text)]);
  add('form', report.format === 'unknown' ? 'none that evpair reads' : `${report.format}, ${report.encoding}`);
  if (report.format !== 'unknown') {
    const share = (count: number) => (count === report.events ? 'all' : String(count));
    add(
      'events',
      `${report.events}${report.rejects === 0 ? '' : `, ${report.rejects} reject${report.rejects === 1 ? '' : 's'}`}`,
    );
    if (survey.firstTime !== undefined && survey.lastTime !== undefined) {
      add('time', `${formatInstant(survey.firstTime)} to ${formatInstant(survey.lastTime)}`);
    }
    add('computers', topOf(survey.computers, 5));
    add('channels', topOf(survey.channels, 5));
    if (survey.cultures.length > 0) add('languages', topOf(survey.cultures, 5));
    add(
      'holds',
      `values in ${share(holds.insertions)}, messages in ${share(holds.message)}, record IDs in ${share(holds.recordId)}`,
    );
    for (const { provider, eventId, count } of survey.events.slice(0, MOST_EVENTS))
      add('', `${String(count).padStart(8)}  ${provider} ${eventId}`);
    const rest = survey.events.length - MOST_EVENTS;
    if (rest > 0) add('', `          and ${rest} more kinds of events`);
    for (const code of Object.keys(report.warnings)) if (LOSSES[code] !== undefined) add('note', LOSSES[code]);
    if (findings.length === 0) add('finds', 'no failure between two machines');
    for (const { definition, failures } of findings) add('finds', `${failures} of ${definition}`);
    if (findings.length > 0) add('next', `evpair ${shellWord(report.path)}`);
  }
  const lines = rows.map(([name, text], at) => {
    const shown = at > 0 && rows[at - 1]![0] === name ? '' : name;
    return `  ${shown.padEnd(10)} ${text}`;
  });
  return `${escapeForTerminal(report.path)}\n${lines.join('\n')}\n`;
}

function topOf(tallies: readonly { readonly value: string; readonly count: number }[], most: number): string {
  if (tallies.length === 0) return 'none named';
  const shown = tallies.slice(0, most).map(({ value, count }) => `${value} (${count})`);
  return tallies.length > most ? `${shown.join(', ')} and ${tallies.length - most} more` : shown.join(', ');
}

function shellWord(path: string): string {
  return /^[\w./:@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
