import {
  compileDefinitions,
  correlateFailures,
  type ExtractItem,
  type ExtractOptions,
  extractFailures,
  Ledger,
  SHIPPED_DEFINITIONS,
  summariseRun,
  writeItem,
  writeRun,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { readInputs } from './read-inputs.js';
import { exactShareOf, runFacts } from './run-facts.js';

/** `evpair extract`: exports or events → failures, recognised events without a pair among them; the run line last. */
export async function extract(command: Command & { readonly extract: ExtractOptions }): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const extractor = extractFailures(compiled, command.extract);
  const ledger = new Ledger(command.extract);
  const correlator = correlateFailures(ledger, { counts: extractor });
  const write = (item: ExtractItem) => {
    if (item.type === 'failure' || item.type === 'unpaired') command.output.line(writeItem(item));
    correlator.push(item, () => undefined);
  };
  const outcome = await readInputs(command, compiled.selection, item => {
    if (item.type === 'failure' || item.type === 'unpaired') write(item);
    else extractor.push(item, write);
  });
  const run = summariseRun(ledger, runFacts(command, compiled, outcome));
  command.output.line(writeRun(run));
  return { ...outcome, exactShare: exactShareOf(run) };
}
