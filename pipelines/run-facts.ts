import type { CompiledDefinitions, RunFacts } from '../src/index.js';
import type { Command } from './command.js';

/** What a run line says beside the ledger's accounting. */
export function runFacts(
  command: Pick<Command, 'tool' | 'options' | 'read'>,
  compiled: CompiledDefinitions | undefined,
): RunFacts {
  return {
    tool: command.tool,
    options: command.options,
    definitions: (compiled?.definitions ?? []).map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    complete: command.read.signal?.aborted !== true,
  };
}
