import type { ExtractOptions, ExtractStage, Ledger, RepeatsOf, VariationsOf } from '../src/index.js';

/**
 * Puts what events make that are like earlier ones straight into the ledger: of repeats, which differ from one in
 * time, record ID and place, and of variations, which have other texts too. Nothing with a bound on time, which decides
 * for each event anew.
 */
export function repeatsInto(
  ledger: Ledger,
  extractor: ExtractStage,
  bounds: ExtractOptions,
): { readonly repeatsOf?: RepeatsOf; readonly variationsOf?: VariationsOf } {
  if (bounds.since !== undefined || bounds.until !== undefined) return {};
  return {
    repeatsOf(event) {
      const { items, count } = extractor.again(event);
      if (items.length === 0) return undefined;
      const repeat = ledger.repeatOf(items);
      if (count === undefined) return repeat;
      return {
        add(...repeated) {
          count();
          repeat.add(...repeated);
        },
      };
    },
    variationsOf(event, texts) {
      const varied = extractor.varied(event);
      return varied && ledger.variationOf(varied, texts);
    },
  };
}
