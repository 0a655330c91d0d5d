export { correlateFailures } from './correlate-failures.js';
export { Ledger, type LedgerInput, type LedgerOptions } from './ledger.js';
export { PartialReader, writePartial } from './partial.js';
export { type RunFacts, summariseRun } from './run-summary.js';
export { type SummariseOptions, summarise } from './summarise.js';
