import type { CompiledDefinitions, RunFacts, RunSummary } from '../src/index.js';
import type { Command, Outcome } from './command.js';

/** What a run line says beside the ledger's accounting. */
export function runFacts(
  command: Pick<Command, 'tool' | 'options' | 'read'>,
  compiled: CompiledDefinitions | undefined,
  { hasFailed }: Pick<Outcome, 'hasFailed'>,
): RunFacts {
  return {
    tool: command.tool,
    options: command.options,
    definitions: (compiled?.definitions ?? []).map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    complete: command.read.signal?.aborted !== true && !hasFailed,
  };
}

/** The share of messages that were inverted exactly; undefined when none was tried. */
export function exactShareOf({ coverage = [] }: RunSummary): number | undefined {
  let exact = 0;
  let tried = 0;
  for (const line of coverage) {
    exact += line.exact;
    tried += line.exact + line.ambiguous + line.none;
  }
  return tried === 0 ? undefined : exact / tried;
}
