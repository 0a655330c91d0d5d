import {
  type Ledger,
  type PairSummary,
  pairCsvHeader,
  pairCsvRow,
  pairTable,
  type RunSummary,
  type SummariseOptions,
  summarise,
  writePair,
  writeRun,
} from '../src/index.js';
import type { Sink } from './command.js';

export type SummaryForm = 'ndjson' | 'csv' | 'table';

export interface SummaryOutput {
  readonly form: SummaryForm;
  readonly summarise: SummariseOptions;
  readonly output: Sink;
  /** Where the run line goes when the form has no place for it. */
  readonly runOutput: Sink;
  /** Columns of the terminal, for the table. */
  readonly width: number;
}

/** A table is for reading: what does not fit a few screens is better asked for with `--min-count`. */
const MAX_TABLE_ROWS = 1000;

/** Writes the pairs and the run line. @returns the greatest count of a pair. */
export async function writeSummary(ledger: Ledger, run: RunSummary, to: SummaryOutput): Promise<number> {
  let greatest = 0;
  const pairs: PairSummary[] = [];
  let unshown = 0;
  if (to.form === 'csv') to.output.line(pairCsvHeader());
  for (const pair of summarise(ledger, to.summarise)) {
    // The first pair has the greatest count.
    greatest = Math.max(greatest, pair.count);
    if (to.form === 'ndjson') to.output.line(writePair(pair));
    else if (to.form === 'csv') to.output.line(pairCsvRow(pair));
    else if (pairs.length < MAX_TABLE_ROWS) pairs.push(pair);
    else unshown += 1;
    const wait = to.output.drain();
    if (wait !== undefined) await wait;
  }
  if (to.form === 'table') {
    const { default: Table } = await import('cli-table3');
    to.output.line(pairs.length === 0 ? 'No pair.' : pairTable(Table, pairs, { width: to.width }));
    if (unshown > 0)
      to.output.line(`… and ${unshown} more pairs: --min-count shows fewer, --output-format ndjson all.`);
  }
  (to.form === 'ndjson' ? to.output : to.runOutput).line(writeRun(run));
  return greatest;
}
