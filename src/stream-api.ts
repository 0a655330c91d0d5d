import type { Transform } from 'node:stream';
import { correlateFailures, Ledger, type SummariseOptions, summarise, summariseRun } from './correlate/index.js';
import {
  compileDefinitions,
  type ExtractOptions,
  extractFailures,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
} from './extract/index.js';
import type { ExtractItem, PairSummary, RunSummary } from './model/index.js';
import { ExportReader, type ExportReaderOptions } from './read/export-reader.js';
import { asTransform } from './stream/index.js';

/**
 * Bytes of one export in; events, rejects and warnings out, the input's report last. The form, the encoding and the
 * order of dates are found from the content. `input` names the export in positions.
 * @throws EvpairError `ERR_USAGE` when an option cannot be meant.
 */
export function readEvents(options: ExportReaderOptions): Transform {
  return asTransform(new ExportReader(options), { takesBytes: true });
}

/** Events in; failures (and recognised events without a pair) out. Everything else goes through. */
export function extractPairs(
  options: ExtractOptions & { readonly definitions?: readonly PairDefinition[] } = {},
): Transform {
  return asTransform(extractFailures(compileDefinitions(options.definitions ?? SHIPPED_DEFINITIONS), options));
}

/** Failures in; at the end the summaries of the pairs and then the accounting out, one object each. */
export function summarisePairs(options: SummariseOptions & { readonly tool?: string } = {}): Transform {
  const ledger = new Ledger();
  const correlate = correlateFailures(ledger);
  return asTransform<ExtractItem, PairSummary | RunSummary>({
    push: item => correlate.push(item, () => undefined),
    *end() {
      yield* summarise(ledger, options);
      yield summariseRun(ledger, { tool: options.tool ?? 'evpair', options: {}, definitions: [] });
    },
  });
}
