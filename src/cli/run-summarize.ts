import { statSync } from 'node:fs';
import type { Outcome } from '../../pipelines/command.js';
import { follow } from '../../pipelines/follow.js';
import { type SummarizeCommand, summarize } from '../../pipelines/summarize.js';
import { summarizeWithState } from '../../pipelines/summarize-with-state.js';
import type { ExpandedInputs, InputSource } from '../index.js';
import { durationOption, flagOption, textOption } from './option-values.js';
import { type CommandLine, usage } from './parse-command-line.js';
import { type OpenStateStore, openStateStore } from './state-store.js';

/** Opens the state file that the line names. @throws EvpairError `ERR_STATE` when another evpair has it. */
export function openState({ options }: CommandLine, args: readonly string[]): OpenStateStore | undefined {
  const path = textOption(options, 'state');
  if (path === undefined) return undefined;
  if (args.includes('-')) {
    throw usage('--state reads files: what comes from standard input cannot be read again.', 'Name the files.');
  }
  return openStateStore(path);
}

/** @throws EvpairError `ERR_USAGE` when options of following do not go together with others. */
export function checkFollowOptions({ options }: CommandLine): void {
  if (!flagOption(options, 'follow')) {
    if (options.interval !== undefined) throw usage('--interval belongs to --follow.');
    return;
  }
  for (const name of ['partial', 'hash']) {
    if (options[name] !== undefined) throw usage(`--${name} does not go with --follow: the inputs have no end.`);
  }
  const form = textOption(options, 'output-format');
  if (form !== undefined && form !== 'ndjson') {
    throw usage(`--follow writes ndjson, not ${form}: a pair is written again whenever it changes.`);
  }
}

const DEFAULT_INTERVAL_MS = 1000;

/** `evpair summarize`: once, with what a state file knows, or as the inputs grow. */
export async function runSummarize(
  { options }: CommandLine,
  command: SummarizeCommand,
  state: OpenStateStore | undefined,
  expand: () => Promise<ExpandedInputs>,
): Promise<Outcome> {
  try {
    if (flagOption(options, 'follow')) {
      const intervalMs = durationOption(options, 'interval') ?? DEFAULT_INTERVAL_MS;
      return await follow({ ...command, intervalMs, expand, isFile, sleep, now: () => performance.now() }, state);
    }
    return await (state === undefined ? summarize(command) : summarizeWithState(command, state));
  } finally {
    state?.close();
  }
}

function isFile({ path }: InputSource): boolean {
  if (path === undefined) return false;
  const stat = statSync(path, { throwIfNoEntry: false });
  // What went away a moment ago may come again.
  return stat === undefined || stat.isFile();
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, 0x7fff_ffff));
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
