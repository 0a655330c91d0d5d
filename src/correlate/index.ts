export { type CorrelateOptions, correlateFailures, type ExtractCounts } from './correlate-failures.js';
export type { LedgerInput } from './known-inputs.js';
export { Ledger, type LedgerOptions } from './ledger.js';
export { buffersOf, type PackedLedger, packLedger } from './pack-ledger.js';
export { PartialReader, readPartial } from './read-partial.js';
export { type RunFacts, sumCoverage, summariseRun } from './run-summary.js';
export { type SummariseOptions, summarise, summariseInColumns } from './summarise.js';
export { writePartial } from './write-partial.js';
