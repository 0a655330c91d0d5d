import type { ExtractOptions, ExtractStage, Failure, Ledger, RepeatsOf } from '../src/index.js';

/**
 * Puts the failures of repeated events straight into the ledger. Undefined with a bound on time, which decides for each
 * event anew.
 */
export function repeatsInto(ledger: Ledger, extractor: ExtractStage, bounds: ExtractOptions): RepeatsOf | undefined {
  if (bounds.since !== undefined || bounds.until !== undefined) return undefined;
  return event => {
    const { items, count } = extractor.again(event);
    const failures = items.filter((item): item is Failure => item.type === 'failure');
    if (failures.length < items.length || failures.length === 0) return undefined;
    const repeat = ledger.repeatOf(failures);
    if (count === undefined) return repeat;
    return {
      add(...repeated) {
        count();
        repeat.add(...repeated);
      },
    };
  };
}
