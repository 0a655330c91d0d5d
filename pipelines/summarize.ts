import { createHash } from 'node:crypto';
import {
  compileDefinitions,
  correlateFailures,
  type ExtractOptions,
  extractFailures,
  Ledger,
  type LedgerOptions,
  SHIPPED_DEFINITIONS,
  type SummariseOptions,
  summariseRun,
  writePartial,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { readInputs } from './read-inputs.js';
import { exactShareOf, runFacts } from './run-facts.js';
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
}

/** `evpair summarize`, the main job: exports, events or failures → pair summaries, or with `--partial` the ledger. */
export async function summarize(command: SummarizeCommand): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const extractor = extractFailures(compiled, command.extract);
  const ledger = new Ledger({ ...command.extract, ...command.ledger });
  const correlator = correlateFailures(ledger, { counts: extractor });
  const correlate = (item: Parameters<typeof correlator.push>[0]) => correlator.push(item, () => undefined);
  const outcome = await readInputs(command, compiled.selection, item => {
    if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
    else extractor.push(item, correlate);
  });
  const facts = runFacts(command, compiled);
  if (command.form === 'partial') {
    const configHash = hashOf({ definitions: facts.definitions, extraction: command.extraction });
    for (const line of writePartial(ledger, { configHash, facts: { ...facts } })) {
      command.output.line(line);
      await command.output.drain();
    }
    return outcome;
  }
  const run = summariseRun(ledger, facts);
  const greatestCount = await writeSummary(ledger, run, { ...command, form: command.form });
  return { ...outcome, greatestCount, exactShare: exactShareOf(run) };
}

function hashOf(config: unknown): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
