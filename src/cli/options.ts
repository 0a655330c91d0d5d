/** One option of the command line. From this table come parsing, help, completions, the man page and the README's table. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** The placeholder of the option's value; absent for a flag. */
  readonly value?: string;
  /** The option may be given several times. */
  readonly isList?: boolean;
  /** The values it takes, when they are few. */
  readonly choices?: readonly string[];
  /** One sentence with the default. */
  readonly help: string;
  /** The commands that take it. */
  readonly commands: readonly CommandName[];
}

export const COMMANDS = {
  summarize: 'exports, events or failures → pair summaries (the default)',
  events: 'exports → events',
  extract: 'exports or events → failures',
  merge: 'partial ledgers → pair summaries, or one partial ledger',
  detect: 'what each input is, holds and lacks; the first thing to run',
  templates: 'import, learn, list, invert: the message catalogue',
  definitions: 'list, show NAME, check FILE: the pair definitions',
} as const;

export type CommandName = keyof typeof COMMANDS;

const READING: readonly CommandName[] = ['summarize', 'events', 'extract', 'detect', 'templates'];
const EXTRACTING: readonly CommandName[] = ['summarize', 'extract'];
const SUMMARISING: readonly CommandName[] = ['summarize', 'merge'];
const ALL = Object.keys(COMMANDS) as CommandName[];

export const OPTIONS: readonly Option[] = [
  {
    name: 'format',
    value: 'NAME',
    help: 'Read inputs as this form. Default: found from the content.',
    commands: READING,
  },
  {
    name: 'encoding',
    value: 'NAME',
    help: 'Encoding of 8-bit text that is not UTF-8. Default: windows-1252, with a warning.',
    commands: READING,
  },
  { name: 'timezone', value: 'IANA', help: 'Zone of local times. Default: UTC, marked as assumed.', commands: READING },
  {
    name: 'date-order',
    value: 'ORDER',
    choices: ['dmy', 'mdy', 'ymd'],
    help: 'Order of day, month and year in local dates. Default: found from the input.',
    commands: READING,
  },
  {
    name: 'columns',
    value: 'MAP',
    help: 'What the columns of a CSV mean, as in provider=Source,event_id=ID,time=When,%1=From. Default: found from the headers.',
    commands: READING,
  },
  { name: 'computer', value: 'NAME', help: 'The computer, for exports that name none.', commands: READING },
  {
    name: 'definition',
    value: 'NAME|FILE',
    isList: true,
    help: 'Use this pair definition. Repeatable. Default: all that are shipped; events gives every event.',
    commands: ['summarize', 'events', 'extract', 'detect'],
  },
  {
    name: 'templates',
    value: 'FILE',
    isList: true,
    help: 'Read messages with these templates too. Repeatable.',
    commands: ['summarize', 'extract', 'templates'],
  },
  { name: 'since', value: 'TIME', help: 'Only events at or after this time (ISO 8601).', commands: EXTRACTING },
  { name: 'until', value: 'TIME', help: 'Only events before this time (ISO 8601).', commands: EXTRACTING },
  { name: 'gap', value: 'DURATION', help: 'Longest silence inside one episode. Default: 15m.', commands: SUMMARISING },
  { name: 'min-count', value: 'N', help: 'Print pairs with at least N failures. Default: 1.', commands: SUMMARISING },
  {
    name: 'values',
    value: 'N',
    help: 'Print the N most frequent values of a placeholder. Default: 10.',
    commands: SUMMARISING,
  },
  {
    name: 'dedupe',
    value: 'HOW',
    choices: ['record-id', 'none'],
    help: 'Count copies of an event once, by its record ID. Default: record-id.',
    commands: ['summarize'],
  },
  {
    name: 'output-format',
    value: 'FORM',
    choices: ['ndjson', 'table', 'csv', 'text'],
    help: 'Default: table (detect: text) on a terminal, otherwise ndjson.',
    commands: [...SUMMARISING, 'detect'],
  },
  { name: 'output', short: 'o', value: 'FILE', help: 'Write to FILE. Default: standard output.', commands: ALL },
  {
    name: 'inputs-from',
    value: 'FILE',
    help: 'Read the names of the inputs from FILE, one a line; - is standard input.',
    commands: READING,
  },
  { name: 'rejects', value: 'FILE', help: 'Keep the bytes that could not be read, as NDJSON.', commands: READING },
  { name: 'input-root', value: 'DIR', help: 'Name inputs relative to DIR.', commands: READING },
  { name: 'hash', help: 'Add the SHA-256 of each input.', commands: READING },
  { name: 'partial', help: 'Write the ledger itself, for evpair merge.', commands: SUMMARISING },
  { name: 'recover', help: 'Also read unused and damaged parts of .evtx and .evt.', commands: READING },
  { name: 'parse-all', help: 'Parse every event, also those that no definition wants.', commands: READING },
  {
    name: 'max-event-bytes',
    value: 'N',
    help: 'Reject longer events. Default: 16777216 (16 MiB); at most 67108864.',
    commands: READING,
  },
  {
    name: 'jobs',
    value: 'N',
    help: 'Read with N threads; the output is the same for any N. Default: as many as pay for the inputs.',
    commands: ['summarize'],
  },
  {
    name: 'state',
    value: 'FILE',
    help: 'Keep what was read in FILE: the next run reads only what is new or changed, with one thread, and prints what reading all of it anew would.',
    commands: ['summarize'],
  },
  {
    name: 'follow',
    help: 'Keep reading inputs that grow; print each pair again, with its revision, when it changes. Ends by Ctrl-C.',
    commands: ['summarize'],
  },
  {
    name: 'interval',
    value: 'DURATION',
    help: 'With --follow: the least time between two looks at the inputs. Default: 1s.',
    commands: ['summarize'],
  },
  {
    name: 'fail-on',
    value: 'N',
    help: 'Exit with 3 if some pair has N failures or more.',
    commands: SUMMARISING,
  },
  {
    name: 'fail-on-coverage',
    value: 'SHARE',
    help: 'Exit with 4 if a smaller share (0 to 1) of messages was inverted exactly.',
    commands: EXTRACTING,
  },
  {
    name: 'provider',
    value: 'NAME',
    help: 'The provider (event source), for files that do not name theirs: .mc, .dll, .exe, .mui (templates import).',
    commands: ['templates'],
  },
  {
    name: 'culture',
    value: 'TAG',
    help: 'The language, as in fr-FR, for files that do not name theirs: wevtutil, PowerShell, .mc (templates import).',
    commands: ['templates'],
  },
  { name: 'text', help: 'One message a line, not NDJSON (templates invert).', commands: ['templates'] },
  {
    name: 'log-format',
    value: 'FORM',
    choices: ['text', 'json'],
    help: 'How messages on stderr look. Default: text.',
    commands: ALL,
  },
  { name: 'quiet', short: 'q', help: 'No messages and no progress on stderr but errors.', commands: ALL },
  { name: 'no-progress', help: 'No progress on stderr.', commands: READING },
  { name: 'version', short: 'V', help: 'Print the version.', commands: ALL },
  { name: 'help', short: 'h', help: 'Print this help; evpair COMMAND --help tells of a command.', commands: ALL },
];

/** The row of an option. */
export function optionNamed(name: string): Option | undefined {
  return OPTIONS.find(option => option.name === name);
}
