import {
  type Ledger,
  type PairSummary,
  pairCsvHeader,
  pairCsvRow,
  pairLine,
  pairTable,
  type RunSummary,
  type SummariseOptions,
  summariseInColumns,
  writeRun,
} from '../src/index.js';
import type { Sink } from './command.js';

export type SummaryForm = 'ndjson' | 'csv' | 'table';

export interface SummaryOutput {
  readonly form: SummaryForm;
  readonly summarise: SummariseOptions;
  readonly output: Sink;
  /** Where the run line goes when the form has no place for it. */
  readonly runOutput: Pick<Sink, 'line'>;
  /** A person looks on: the run line is told as a sentence. */
  readonly isForPerson: boolean;
  /** The count that `--fail-on` asks for. */
  readonly failOn?: number | undefined;
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
  const { minCount = 1 } = to.summarise;
  // `--fail-on` looks at pairs that `--min-count` leaves out of the output too.
  const least = Math.min(minCount, to.failOn ?? minCount);
  for (const { pair, episodes } of summariseInColumns(ledger, { ...to.summarise, minCount: least })) {
    // The first pair has the greatest count.
    greatest = Math.max(greatest, pair.count);
    if (pair.count < minCount) break;
    if (to.form === 'ndjson') to.output.lines(pairLine(pair, episodes));
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
  if (to.form === 'ndjson') {
    to.output.line(writeRun(run));
  } else {
    await to.output.flush();
    to.runOutput.line(to.isForPerson ? accountOf(run) : writeRun(run));
  }
  return greatest;
}

/** The run line's accounting as a sentence. */
function accountOf(run: RunSummary): string {
  const parts = [
    `${run.failures} failures`,
    ...(run.recoveries === 0 ? [] : [`${run.recoveries} recoveries`]),
    ...(run.context === 0 ? [] : [`${run.context} in context`]),
    `${run.duplicates} copies`,
    `${run.no_pair} without a pair`,
    `${run.not_extracted} not extracted`,
    `${run.not_selected} others`,
  ];
  const partial = run.complete ? '' : ' Not everything was read.';
  return `${run.events} events: ${parts.join(', ')}; ${run.rejects} rejects.${partial}`;
}
