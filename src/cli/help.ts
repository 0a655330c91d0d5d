import { COMMANDS, type CommandName, OPTIONS, type Option } from './options.js';

/** The help of `evpair --help`: examples, commands, and the options most used, within one screen of 24 lines by 80. */
export function generalHelp(): string {
  return `Windows event log exports in, NDJSON summaries of failing machine pairs out.

  evpair Application.xml            which servers keep failing to reach which
  evpair -o pairs.ndjson exports/   a whole folder, any mix of forms
  wevtutil qe Application /f:xml | evpair
  evpair events a.xml | evpair extract | evpair summarize

Usage: evpair [COMMAND] [options] [FILE | FOLDER | GLOB | -]...

${Object.entries(COMMANDS)
  .map(([name, summary]) => `  ${name.padEnd(13)}${summary}`)
  .join('\n')}

  --definition NAME|FILE  use these definitions        --timezone IANA --gap 15m
  --rejects FILE          keep what could not be read  --min-count N    -o FILE

evpair COMMAND --help lists every option of a command.
`;
}

/** The help of one command: all its options, wrapped at 80 columns. */
export function commandHelp(command: CommandName): string {
  const options = OPTIONS.filter(option => option.commands.includes(command));
  const usage = USAGE[command] ?? `${command} [options] [FILE | FOLDER | GLOB | -]...`;
  return `evpair ${command}: ${COMMANDS[command]}

Usage: evpair ${usage}

${options.map(describe).join('')}`;
}

const USAGE: Partial<Record<CommandName, string>> = {
  definitions: 'definitions [list | show NAME | check FILE...]',
  templates: `templates VERB [options] [FILE]...

  import FILE | FOLDER | GLOB | -   .dll .exe .mui, .mc, manifests, wevtutil gp,
                                    Get-WinEvent -ListProvider, NDJSON; with
                                    -o X.evtmpl an indexed catalogue
  learn EXPORT...                   exports that hold both values and messages
  list FILE...                      what a catalogue holds, as NDJSON
  invert --templates FILE [FILE]    {"provider","event_id","message"} a line, or
                                    with --text messages, and out their values`,
};

const HELP_COLUMN = 26;

function describe(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  const left = `  ${short}${spelling(option)}`;
  const lines = wrap(
    option.help + (option.choices === undefined ? '' : ` [${option.choices.join(', ')}]`),
    80 - HELP_COLUMN,
  );
  const [first = '', ...rest] = lines;
  const head =
    left.length < HELP_COLUMN ? left.padEnd(HELP_COLUMN) + first : `${left}\n${' '.repeat(HELP_COLUMN)}${first}`;
  return `${[head, ...rest.map(line => ' '.repeat(HELP_COLUMN) + line)].join('\n')}\n`;
}

/** The option as it is typed. */
export function spelling(option: Option): string {
  return `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The table of options for the README, in Markdown. */
export function optionsTable(): string {
  const rows = OPTIONS.map(option => {
    const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
    const short = option.short === undefined ? '' : `-${option.short}, `;
    return `| \`${short}${spelling(option).replaceAll('|', '\\|')}\` | ${option.help}${choices} |`;
  });
  return ['| option | |', '|---|---|', ...rows].join('\n');
}
