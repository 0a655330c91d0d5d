import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Command, Outcome } from '../../pipelines/command.js';
import { checkDefinitions, listDefinitions, shippedDefinition, showDefinition } from '../../pipelines/definitions.js';
import { detect } from '../../pipelines/detect.js';
import { events } from '../../pipelines/events.js';
import { extract } from '../../pipelines/extract.js';
import { merge } from '../../pipelines/merge.js';
import type { Help } from '../../pipelines/plan-shares.js';
import type { SummarizeCommand } from '../../pipelines/summarize.js';
import { learnTemplates, type OpenTemplateFile, openTemplates } from '../../pipelines/templates.js';
import type { SummaryForm } from '../../pipelines/write-summary.js';
import {
  EvpairError,
  expandInputs,
  loadDefinitions,
  MOST_EVENT_BYTES,
  openThreads,
  type PairDefinition,
  parseColumns,
} from '../index.js';
import { isUtcName, type LocalZone } from '../time/local-zone.js';
import { THREAD_FILE } from './early-thread.js';
import { EXIT } from './exit-status.js';
import { generalHelp } from './help.js';
import type { Start } from './load-bundle.js';
import { type Log, writeStderr } from './log.js';
import {
  countOption,
  durationOption,
  flagOption,
  listOption,
  shareOption,
  textOption,
  timeOption,
} from './option-values.js';
import { type Output, openOutput } from './output.js';
import { ownFiles, refuseOverwriting, withoutOwnFiles } from './own-files.js';
import { type CommandLine, meantCommand, usage } from './parse-command-line.js';
import { openProgress } from './progress.js';
import { runLengthOf } from './run-length.js';
import { checkFollowOptions, openState, runSummarize } from './run-summarize.js';
import { runTemplates } from './run-templates.js';
import { openTeller } from './teller.js';
import { openTemplateFile } from './template-file.js';
import { isTerminal } from './terminal.js';
import type { WorkSetup } from './work.js';

/**
 * Runs the command that the line names. `tool` is evpair with its version. @returns the exit status.
 */
export async function runCommand(line: CommandLine, log: Log, tool: string, start: Start): Promise<number> {
  if (line.command === 'definitions') return runDefinitions(line);
  if (line.command === 'templates' && line.args[0] !== 'learn') return runTemplates(line, log);
  const { options } = line;
  const args = argumentsOf(line);
  const templateFiles = listOption(options, 'templates').map(openTemplateFile);
  const catalogue = openTemplates(templateFiles);
  if (args.length === 0) {
    writeStderr(generalHelp());
    return EXIT.usage;
  }
  checkFollowOptions(line);
  const state = openState(line, args);
  const inputRoot = textOption(options, 'input-root');
  refuseOverwriting(line, args);
  const expand = async () => withoutOwnFiles(await expandInputs(args, { inputRoot }), ownFiles(line, state));
  const { sources, missing } = await expand();
  if (sources.length === 0 && missing.length === 0) log.warn({ code: 'no-input' }, 'there is no file in these folders');
  const length = flagOption(line.options, 'follow') ? undefined : runLengthOf(sources);
  const onHelp = (help: Help) => {
    if (help === 'none') void start.thread?.terminate();
    if (help !== 'read' && length !== undefined) start.onLength?.(length);
  };
  // Else it may be that threads help.
  if (line.command !== 'summarize' || state !== undefined || flagOption(options, 'follow')) onHelp('none');
  const form = formOf(line);
  const failOn = countOption(options, 'fail-on', 1);
  const leastShare = shareOption(options, 'fail-on-coverage');
  const settings = {
    extract: { ...boundsOf(line), ...(catalogue === undefined ? {} : { catalogue }) },
    summarise: {
      gapMs: durationOption(options, 'gap'),
      minCount: countOption(options, 'min-count', 0),
      values: countOption(options, 'values', 0),
    },
  };
  if (form === 'partial') refuseSummariseOptions(line);
  const reading = await readingOptions(line);
  const definitions = await definitionsOf(line);
  const signals = listenForSignals();
  const rejectsPath = textOption(options, 'rejects');
  const rejects =
    rejectsPath === undefined ? undefined : openOutput(rejectsPath, { isPrivate: true, option: '--rejects' });
  const output = openOutput(textOption(options, 'output'), { isPrivate: form === 'partial' });
  const isSilent = ['quiet', 'no-progress', 'follow'].some(name => flagOption(options, name));
  const progress = openProgress(sources, !isSilent);
  const teller = openTeller(log, rejects);
  const command: Command = {
    tool,
    inputs: sources,
    missing: missing.map(({ name, reason }) => {
      const command = meantCommand(line, name);
      return { name, reason: command === undefined ? reason : `${reason}, and no command; did you mean ${command}?` };
    }),
    read: { ...reading, signal: signals.signal, onProgress: bytes => progress?.add(bytes) },
    definitions,
    options: printedOptions(line),
    output,
    tell: teller,
  };
  const shown = {
    runOutput: { line: (text: string) => writeStderr(`${text}\n`) },
    isForPerson: form === 'table' && isTerminal('stderr'),
    failOn,
    width: width(),
  };
  let outcome: Outcome;
  try {
    switch (line.command) {
      case 'events':
        outcome = await events(command);
        break;
      case 'extract':
        outcome = await extract({ ...command, extract: settings.extract });
        break;
      case 'detect':
        outcome = await detect({ ...command, isText: form === 'text' });
        break;
      case 'templates':
        outcome = await learnTemplates(command);
        break;
      case 'merge':
        outcome = await merge({ ...command, ...settings, ...shown, form: summaryForm(form) });
        break;
      default:
        outcome = await runSummarize(
          line,
          {
            ...command,
            ...settings,
            ...shown,
            form: summaryForm(form),
            ledger: ledgerOptionsOf(line),
            jobs: jobsOf(line, definitions, bytes => progress?.add(bytes), start.thread),
            onHelp,
            extraction: { ...extractionOf(line), templates: templateFiles.map(hashOfFile) },
          },
          state,
          expand,
        );
    }
  } finally {
    progress?.stop();
    teller.close();
    signals.stop();
    await rejects?.close();
  }
  await output.close();
  return exitStatus(outcome, { failOn, leastShare }, signals.received());
}

function exitStatus(
  outcome: Outcome,
  gates: { readonly failOn: number | undefined; readonly leastShare: number | undefined },
  signal: NodeJS.Signals | undefined,
): number {
  if (signal !== undefined) return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  if (outcome.readNothing) return EXIT.usage;
  if (gates.leastShare !== undefined && (outcome.exactShare ?? 1) < gates.leastShare) return EXIT.refuted;
  if (gates.failOn !== undefined && (outcome.greatestCount ?? 0) >= gates.failOn) return EXIT.overThreshold;
  return outcome.isIncomplete ? EXIT.incomplete : EXIT.done;
}

/** The inputs' names: arguments, the lines of `--inputs-from`, or standard input unless it is a terminal. */
function argumentsOf(line: CommandLine): readonly string[] {
  const list = textOption(line.options, 'inputs-from');
  const listed =
    list === undefined
      ? []
      : readText(list === '-' ? 0 : list, list)
          .split(/\r?\n/)
          .filter(name => name !== '');
  // `templates learn` names itself before its inputs.
  const args = [...(line.command === 'templates' ? line.args.slice(1) : line.args), ...listed];
  return args.length > 0 || list !== undefined || isTerminal('stdin') ? args : ['-'];
}

export async function readingOptions({ options }: CommandLine) {
  const columns = textOption(options, 'columns');
  const dateOrder = textOption(options, 'date-order') as 'dmy' | 'mdy' | 'ymd' | undefined; // the table's choices
  return {
    format: textOption(options, 'format'),
    encoding: textOption(options, 'encoding'),
    timezone: textOption(options, 'timezone'),
    zone: await zoneOf(textOption(options, 'timezone')),
    dateOrder,
    columns: columns === undefined ? undefined : parseColumns(columns),
    computer: textOption(options, 'computer'),
    parseAll: flagOption(options, 'parse-all'),
    recover: flagOption(options, 'recover'),
    maxEventBytes: countOption(options, 'max-event-bytes', 1024, MOST_EVENT_BYTES),
    keepRejectBytes: textOption(options, 'rejects') !== undefined,
    hash: flagOption(options, 'hash'),
  };
}

export function ledgerOptionsOf({ options }: CommandLine): { readonly dedupe: 'none' | 'record-id' } {
  return { dedupe: textOption(options, 'dedupe') === 'none' ? 'none' : 'record-id' };
}

/** Threads for reading; nothing of them is loaded before they are opened. */
function jobsOf(
  line: CommandLine,
  definitions: readonly PairDefinition[] | undefined,
  onProgress: (bytes: number) => void,
  started: Start['thread'],
): SummarizeCommand['jobs'] {
  const count = countOption(line.options, 'jobs', 1);
  if (count === 1) return undefined;
  return {
    count,
    available: () => availableParallelism(),
    open(jobs, sweep) {
      const setup: WorkSetup = { line, definitions, sweep, jobs };
      return openThreads({ file: THREAD_FILE, count: jobs - 1, setup, onProgress, started });
    },
  };
}

/** luxon is loaded for a zone that has rules, and for nothing else. */
async function zoneOf(name: string | undefined): Promise<LocalZone | undefined> {
  if (name === undefined || isUtcName(name)) return undefined;
  const { createZone } = await import('../time/zones.js');
  return createZone(name);
}

/** What a partial ledger's hash covers besides the definitions. */
function extractionOf({ options }: CommandLine): Record<string, unknown> {
  const names = [
    'format',
    'encoding',
    'timezone',
    'date-order',
    'columns',
    'computer',
    'since',
    'until',
    'dedupe',
    'max-event-bytes',
    'recover',
  ];
  return Object.fromEntries(names.map(name => [name, options[name] ?? null]));
}

export function boundsOf({ options }: CommandLine): { since?: number; until?: number } {
  const since = timeOption(options, 'since');
  const until = timeOption(options, 'until');
  if (since !== undefined && until !== undefined && since >= until) {
    throw usage('--since must be before --until: there is no event at or after the one and before the other.');
  }
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** The definitions that were named: shipped ones by name, one's own by file. Undefined: none was named. */
async function definitionsOf({ options }: CommandLine): Promise<PairDefinition[] | undefined> {
  const names = listOption(options, 'definition');
  if (names.length === 0) return undefined;
  const definitions: PairDefinition[] = [];
  for (const name of names) {
    if (/[/\\.]/.test(name)) definitions.push(...(await loadDefinitions(readText(name, name), name)));
    else definitions.push(shippedDefinition(name));
  }
  return definitions;
}

type Form = SummaryForm | 'partial' | 'text';

function formOf({ command, options }: CommandLine): Form {
  if (flagOption(options, 'partial')) return 'partial';
  if (flagOption(options, 'follow')) return 'ndjson';
  const given = textOption(options, 'output-format') as SummaryForm | 'text' | undefined; // the table's choices
  const isForPerson = isTerminal('stdout') && textOption(options, 'output') === undefined;
  if (command === 'detect') {
    if (given === 'table' || given === 'csv') throw usage('evpair detect writes text or ndjson.');
    return given ?? (isForPerson ? 'text' : 'ndjson');
  }
  if (given === 'text') throw usage('--output-format text belongs to evpair detect.', 'Use table.');
  const isShown = command === 'summarize' || command === 'merge';
  return given ?? (isShown && isForPerson ? 'table' : 'ndjson');
}

function summaryForm(form: Form): SummaryForm | 'partial' {
  return form === 'text' ? 'table' : form;
}

function refuseSummariseOptions({ options }: CommandLine): void {
  for (const name of ['gap', 'min-count', 'values', 'fail-on', 'output-format']) {
    if (options[name] === undefined) continue;
    throw usage(
      `--${name} does not go with --partial: a ledger is summarised after the last merge.`,
      'Give it to evpair merge.',
    );
  }
}

/** What the run line repeats: what was typed, without where it went. */
function printedOptions({ options }: CommandLine): Record<string, unknown> {
  const silent = new Set([
    'output',
    'rejects',
    'log-format',
    'quiet',
    'no-progress',
    'inputs-from',
    'jobs',
    'state',
    'follow',
    'interval',
  ]);
  return Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => !silent.has(name))
      .map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

async function runDefinitions(line: CommandLine): Promise<number> {
  const [verb = 'list', ...names] = line.args;
  refuseOverwriting(line, names);
  const output: Output = openOutput(textOption(line.options, 'output'));
  if (verb === 'list' && names.length === 0) listDefinitions(output);
  else if (verb === 'show' && names.length === 1) showDefinition(names[0]!, output);
  else if (verb === 'check' && names.length > 0) {
    for (const name of names) await checkDefinitions(readText(name, name), name, output);
  } else throw usage('evpair definitions takes list, show NAME, or check FILE...', 'evpair definitions --help');
  await output.close();
  return EXIT.done;
}

function hashOfFile({ source }: OpenTemplateFile): string {
  return createHash('sha256').update(source.read(0, source.size)).digest('hex');
}

function readText(path: string | number, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new EvpairError('ERR_USAGE', `${name}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** A first signal ends the reading, so that what was found is printed; a second one ends evpair at once. */
function listenForSignals() {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const listen = (signal: NodeJS.Signals) => {
    if (received !== undefined) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
    received = signal;
    controller.abort();
  };
  process.on('SIGINT', listen);
  process.on('SIGTERM', listen);
  return {
    signal: controller.signal,
    received: () => received,
    stop() {
      process.off('SIGINT', listen);
      process.off('SIGTERM', listen);
    },
  };
}

function width(): number {
  // A terminal that does not know its size says 0.
  return (isTerminal('stdout') && process.stdout.columns) || 120;
}
