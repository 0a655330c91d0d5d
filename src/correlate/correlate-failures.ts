import type { ExtractItem } from '../model/index.js';
import type { Stage } from '../stream/stage.js';
import type { Ledger } from './ledger.js';

/** Gathers what was extracted in a ledger; rejects and warnings are counted in their input's report. Gives nothing itself. */
export function correlateFailures(ledger: Ledger): Stage<ExtractItem, never> {
  return {
    push(item) {
      if (item.type === 'failure' || item.type === 'unpaired') ledger.add(item);
      else if (item.type === 'input') ledger.endInput(item);
    },
  };
}
