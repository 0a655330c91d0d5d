import { compileDefinitions, EvpairError, type Ledger, SHIPPED_DEFINITIONS } from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { warningOf } from './state/follow-teller.js';
import { InputMemory, type StateStore } from './state/input-memory.js';
import { type SummarizeCommand, writeLedger } from './summarize.js';

/**
 * `evpair summarize --state FILE`: what the state knows of an input is not read again. Everything that was ever read into
 * it is summarised, each input as it stands now; one that is not named now, or cannot be opened, as it was read last.
 */
export async function summarizeWithState(command: SummarizeCommand, store: StateStore): Promise<Outcome> {
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const memory = new InputMemory(command, compiled, store);
  for (const { name, reason } of command.missing) {
    command.tell.failed({ name, path: name }, new EvpairError('ERR_INPUT', `${name}: ${reason}`));
  }
  const hasChanged = await memory.update(command.inputs, {
    trustsTime: false,
    onRead({ name }, change, wasAppendOnly) {
      const warning = wasAppendOnly ? warningOf(name, change) : undefined;
      if (warning !== undefined) command.tell.warning(warning);
    },
  });
  if (hasChanged) memory.save();
  const ledger = memory.ledger();
  const outcome = outcomeOfMemory(ledger, memory, command);
  return { ...outcome, ...(await writeLedger(ledger, compiled, command, outcome)) };
}

/** What a run ended with, by all that is known: rejects of earlier runs are in the result as well as those of this one. */
export function outcomeOfMemory(
  ledger: Ledger,
  memory: InputMemory,
  { missing, read }: Pick<Command, 'missing' | 'read'>,
): Outcome {
  const reports = ledger.inputs().map(({ report }) => report);
  const known = new Set(reports.map(({ path }) => path));
  return {
    isIncomplete:
      missing.length > 0 ||
      memory.hasFailed ||
      read.signal?.aborted === true ||
      reports.some(({ isComplete, rejects }) => !isComplete || rejects > 0),
    // What is gone counts as it was read last.
    hasFailed: memory.hasFailed || missing.some(({ name }) => !known.has(name)),
    readNothing: reports.every(({ format }) => format === 'unknown'),
  };
}
