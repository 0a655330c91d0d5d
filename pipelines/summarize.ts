import { createHash } from 'node:crypto';
import {
  type CompiledDefinitions,
  compileDefinitions,
  correlateFailures,
  type ExtractOptions,
  extractFailures,
  Ledger,
  type LedgerOptions,
  type RunFacts,
  SHIPPED_DEFINITIONS,
  type State,
  type StateInput,
  type SummariseOptions,
  summariseRun,
  type Threads,
  writePartial,
  writeRun,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { PairFeed } from './pair-feed.js';
import { type Jobs, planShares } from './plan-shares.js';
import { readInShares } from './read-in-shares.js';
import { type Incoming, readInputs } from './read-inputs.js';
import { StatefulReading } from './read-with-state.js';
import { exactShareOf, runFacts } from './run-facts.js';
import type { Share, ShareResult } from './shares.js';
import { type SummaryForm, type SummaryOutput, writeSummary } from './write-summary.js';

export interface SummarizeCommand extends Command {
  readonly extract: ExtractOptions;
  readonly ledger: LedgerOptions;
  readonly summarise: SummariseOptions;
  readonly form: SummaryForm | 'partial';
  readonly runOutput: SummaryOutput['runOutput'];
  readonly isForPerson: SummaryOutput['isForPerson'];
  readonly failOn?: SummaryOutput['failOn'];
  readonly width: SummaryOutput['width'];
  /** What changes extraction besides the definitions: partial ledgers that differ in it must not be merged. */
  readonly extraction: Readonly<Record<string, unknown>>;
  /** Threads that may read; undefined: none. Each number of them gives the same bytes. */
  readonly state?: StateStore | undefined;
  readonly following?: Following | undefined;
  readonly jobs?: (Jobs & { readonly open: (count: number) => Threads<Share, ShareResult> }) | undefined;
}

/** Where the state of earlier runs is kept. */
export interface StateStore {
  /** Undefined when there is none yet. @throws EvpairError `ERR_STATE` when it does not fit. */
  load(configHash: string): State | undefined;
  /** How much at the end of a growing file is read anew each time, in bytes. Default: 64 KiB. */
  readonly tailBytes?: number | undefined;
  /** All of it or, whatever happens meanwhile, what was there before. */
  save(state: State): void;
}

/** What `--follow` needs of the world. */
export interface Following {
  /** Waits until it is time to look again, or until the run is to end. */
  readonly wait: () => Promise<void>;
}

/** `evpair summarize`, the main job: exports, events or failures → pair summaries, or with `--partial` the ledger. */
export async function summarize(command: SummarizeCommand): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  if (command.state !== undefined || command.following !== undefined) return summarizeOn(command, compiled);
  const extractor = extractFailures(compiled, command.extract);
  const ledger = new Ledger({ ...command.extract, ...command.ledger });
  const correlator = correlateFailures(ledger, { counts: extractor });
  const correlate = (item: Parameters<typeof correlator.push>[0]) => correlator.push(item, () => undefined);
  const take = (item: Incoming) => {
    if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
    else extractor.push(item, correlate);
  };
  const plan = command.jobs === undefined ? undefined : planShares(command, command.jobs);
  const threads = plan && command.jobs?.open(plan.count - 1);
  let outcome: Outcome;
  try {
    outcome =
      plan === undefined || threads === undefined
        ? await readInputs(command, compiled.selection, take)
        : await readInShares(command, {
            compiled,
            extract: command.extract,
            ledger,
            ledgerOptions: command.ledger,
            take,
            plan,
            threads,
          });
  } finally {
    await threads?.close();
  }
  const facts = runFacts(command, compiled);
  if (command.form === 'partial') {
    const configHash = configHashOf(command, facts);
    await writeLedger(ledger, command, configHash, facts);
    return outcome;
  }
  const run = summariseRun(ledger, facts);
  const greatestCount = await writeSummary(ledger, run, { ...command, form: command.form });
  return { ...outcome, greatestCount, exactShare: exactShareOf(run) };
}

/** The same for inputs that were read before: only what is new is read. */
async function summarizeOn(command: SummarizeCommand, compiled: CompiledDefinitions): Promise<Outcome> {
  const { state, following, read } = command;
  const facts = runFacts(command, compiled);
  const configHash = configHashOf(command, facts);
  const known = state?.load(configHash)?.inputs ?? new Map<string, StateInput>();
  const reading = new StatefulReading(command, {
    compiled,
    extract: command.extract,
    ledger: command.ledger,
    known,
    tailBytes: state?.tailBytes,
  });
  const feed = following && new PairFeed(command.output, command.summarise);
  let greatestCount = 0;
  for (;;) {
    const hasChanged = await reading.read();
    const isStopped = read.signal?.aborted === true;
    if (hasChanged && !isStopped) {
      state?.save({ configHash, inputs: reading.inputs });
      if (feed !== undefined) greatestCount = await feed.print(reading.ledger());
    }
    if (following === undefined || isStopped) break;
    await following.wait();
  }
  const ledger = reading.ledger();
  const isWhole = following !== undefined || read.signal?.aborted !== true;
  const run = summariseRun(ledger, { ...facts, complete: isWhole });
  if (feed !== undefined) command.output.line(writeRun(run));
  else if (command.form === 'partial') await writeLedger(ledger, command, configHash, facts);
  else greatestCount = await writeSummary(ledger, run, { ...command, form: command.form });
  return { ...reading.outcome(), greatestCount, exactShare: exactShareOf(run) };
}

async function writeLedger(ledger: Ledger, command: SummarizeCommand, configHash: string, facts: RunFacts) {
  for (const line of writePartial(ledger, { configHash, facts: { ...facts } })) {
    command.output.line(line);
    await command.output.drain();
  }
}

function configHashOf({ extraction }: SummarizeCommand, { definitions }: RunFacts): string {
  return hashOf({ definitions, extraction });
}

function hashOf(config: unknown): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
