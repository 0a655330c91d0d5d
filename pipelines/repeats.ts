import type { ExtractItem, ExtractOptions, ExtractStage, Failure, Ledger, RepeatsOf } from '../src/index.js';

/**
 * Puts the failures of repeated events straight into the ledger. Undefined with a bound on time, which decides for each
 * event anew.
 */
export function repeatsInto(ledger: Ledger, extractor: ExtractStage, bounds: ExtractOptions): RepeatsOf | undefined {
  if (bounds.since !== undefined || bounds.until !== undefined) return undefined;
  return event => {
    // A message is inverted, and counted, for each event.
    if (event.insertions === undefined || event.insertions.length === 0) return undefined;
    const made: ExtractItem[] = [];
    extractor.push(event, item => made.push(item));
    const failures = made.filter((item): item is Failure => item.type === 'failure');
    return failures.length === made.length && made.length > 0 ? ledger.repeatOf(failures) : undefined;
  };
}
