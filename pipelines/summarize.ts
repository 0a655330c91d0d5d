import { createHash } from 'node:crypto';
import {
  type CompiledDefinitions,
  compileDefinitions,
  correlateFailures,
  type ExtractOptions,
  extractFailures,
  Ledger,
  type LedgerOptions,
  SHIPPED_DEFINITIONS,
  type SummariseOptions,
  type SweepSettings,
  summariseRun,
  sweepSettings,
  type Threads,
  writePartial,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { type Help, type Jobs, planShares } from './plan-shares.js';
import { readInShares } from './read-in-shares.js';
import { type Incoming, readInputs } from './read-inputs.js';
import { repeatsInto } from './repeats.js';
import { exactShareOf, runFacts } from './run-facts.js';
import type { Share, ShareResult } from './shares.js';
import { type SummaryForm, type SummaryOutput, writeSummary } from './write-summary.js';

/** Opens threads for so many jobs, of which this one is one. They read with the settings of the command and sweep with these. */
export type OpenThreads = (jobs: number, sweep: SweepSettings) => Threads<Share, ShareResult>;

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
  readonly jobs?: (Jobs & { readonly open: OpenThreads }) | undefined;
  /** Called before reading, with what threads will do to help. */
  readonly onHelp?: (help: Help) => void;
}

/** `evpair summarize`, the main job: exports, events or failures → pair summaries, or with `--partial` the ledger. */
export async function summarize(command: SummarizeCommand): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const plan = command.jobs === undefined ? undefined : planShares(command, command.jobs);
  const sweep = sweepSettings(compiled.selection, command.read);
  const threads = plan && command.jobs?.open(plan.count, sweep);
  command.onHelp?.(plan === undefined || threads === undefined ? 'none' : plan.help);
  const extractor = extractFailures(compiled, command.extract);
  const ledger = new Ledger({ ...command.extract, ...command.ledger });
  const correlator = correlateFailures(ledger, { counts: extractor });
  const correlate = (item: Parameters<typeof correlator.push>[0]) => correlator.push(item, () => undefined);
  const take = (item: Incoming) => {
    if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
    else extractor.push(item, correlate);
  };
  const read = { ...command.read, ...repeatsInto(ledger, extractor, command.extract) };
  let outcome: Outcome;
  try {
    outcome =
      plan === undefined || threads === undefined
        ? await readInputs({ ...command, read }, compiled.selection, take)
        : await readInShares(command, {
            compiled,
            extract: command.extract,
            ledger,
            ledgerOptions: command.ledger,
            read,
            take,
            plan,
            threads,
            sweep,
          });
  } finally {
    threads?.close();
  }
  return { ...outcome, ...(await writeLedger(ledger, compiled, command, outcome)) };
}

/** Writes what a ledger holds in the form that was asked for. */
export async function writeLedger(
  ledger: Ledger,
  compiled: CompiledDefinitions,
  command: SummarizeCommand,
  outcome: Outcome,
): Promise<Pick<Outcome, 'greatestCount' | 'exactShare'>> {
  const facts = runFacts(command, compiled, outcome);
  if (command.form === 'partial') {
    const configHash = hashOf({ definitions: facts.definitions, extraction: command.extraction });
    for (const line of writePartial(ledger, { configHash, facts: { ...facts } })) {
      command.output.line(line);
      await command.output.drain();
    }
    return {};
  }
  const run = summariseRun(ledger, facts);
  const greatestCount = await writeSummary(ledger, run, { ...command, form: command.form });
  return { greatestCount, exactShare: exactShareOf(run) };
}

function hashOf(config: unknown): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
