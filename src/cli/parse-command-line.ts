import { parseArgs } from 'node:util';
import { EvpairError } from '../model/index.js';
import { COMMANDS, type CommandName, OPTIONS, type Option, optionNamed } from './options.js';

/** What the user typed, sorted by the table of options; values are still text. */
export interface CommandLine {
  readonly command: CommandName;
  /** The command was named, not only meant. */
  readonly isNamed: boolean;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
}

/**
 * Reads the command line. The first argument that is no option is a command if it names one, otherwise the command is
 * `summarize`; a file that is called like a command is given as `./events`.
 * @throws EvpairError `ERR_USAGE` with what to type instead.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  const [first = ''] = positionals;
  const isCommand = Object.hasOwn(COMMANDS, first);
  const command = isCommand ? (first as CommandName) : 'summarize';
  for (const [name, value] of Object.entries(values)) {
    const option = optionNamed(name);
    if (option === undefined) continue;
    if (!option.commands.includes(command)) {
      throw usage(`--${name} means nothing to evpair ${command}.`, `It belongs to: ${option.commands.join(', ')}.`);
    }
    for (const each of Array.isArray(value) ? value : [value]) checkChoice(option, each);
  }
  return { command, isNamed: isCommand, args: positionals.slice(isCommand ? 1 : 0), options: values };
}

function parse(args: readonly string[]) {
  const options = Object.fromEntries(
    OPTIONS.map(option => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(option.short === undefined ? {} : { short: option.short }),
        ...(option.isList === true ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // The rest of Node's text is for other programs.
    const [message = ''] = (error as Error).message.split(/\.\s/);
    const dashed = /^Option '(?:-\w, )?(--[\w-]+)' argument is ambiguous/.exec(message)?.[1];
    if (dashed !== undefined)
      throw usage(`${dashed} needs a value.`, `One that begins with - is given as ${dashed}=-…`);
    throw usage(`${message.replace(/\.$/, '')}.`, hintFor(args));
  }
}

function hintFor(args: readonly string[]): string {
  for (const arg of args) {
    if (!arg.startsWith('--')) continue;
    const name = arg.slice(2).replace(/=.*$/s, '');
    if (optionNamed(name) !== undefined) continue;
    const nearest = nearestTo(
      name,
      OPTIONS.map(option => option.name),
    );
    if (nearest !== undefined) return `Did you mean --${nearest}? evpair --help lists the options.`;
  }
  return 'evpair --help lists the options.';
}

/** The command that a missing input is a slip of, when it stands where a command would. */
export function meantCommand({ isNamed, args }: CommandLine, missing: string): string | undefined {
  return !isNamed && args[0] === missing ? nearestTo(missing, Object.keys(COMMANDS)) : undefined;
}

/** The name that differs from `typed` by the fewest edits, if these are few enough to be a slip. */
function nearestTo(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = 3;
  for (const name of names) {
    const edits = editDistance(typed, name);
    if (edits < fewest) {
      best = name;
      fewest = edits;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function checkChoice(option: Option, value: string | boolean | undefined): void {
  if (option.choices === undefined || typeof value !== 'string' || option.choices.includes(value)) return;
  throw usage(`--${option.name} takes ${option.choices.join(', ')}, not ${JSON.stringify(value)}.`);
}

/** An error of usage; `hint` says what to type instead. */
export function usage(message: string, hint = 'evpair --help lists the options.'): EvpairError {
  return new EvpairError('ERR_USAGE', message, { hint });
}
