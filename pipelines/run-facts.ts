import type { CompiledDefinitions, Coverage, RunFacts } from '../src/index.js';
import type { Command } from './command.js';

/** What a run line says beside the ledger's accounting. */
export function runFacts(
  command: Pick<Command, 'tool' | 'options' | 'read'>,
  compiled: CompiledDefinitions | undefined,
  coverage: readonly Coverage[] = [],
): RunFacts {
  return {
    tool: command.tool,
    options: command.options,
    definitions: (compiled?.definitions ?? []).map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    coverage: coverage.map(({ provider, eventId, exact, ambiguous, none }) => ({
      provider,
      event_id: eventId,
      exact,
      ambiguous,
      none,
    })),
    complete: command.read.signal?.aborted !== true,
  };
}
