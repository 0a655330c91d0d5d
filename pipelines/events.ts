import { compileDefinitions, Ledger, summariseRun, writeItem, writeRun } from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { readInputs } from './read-inputs.js';
import { runFacts } from './run-facts.js';

/** `evpair events`: exports → events, all of them unless definitions are given; the run line last. */
export async function events(command: Command): Promise<Outcome> {
  const compiled = command.definitions === undefined ? undefined : compileDefinitions(command.definitions);
  const ledger = new Ledger();
  const read = { ...command.read, onEventLines: command.output.lines };
  const outcome = await readInputs({ ...command, read }, compiled?.selection, item => {
    if (item.type === 'event') command.output.line(writeItem(item));
    else if (item.type === 'input') ledger.endInput(item);
  });
  command.output.line(writeRun(summariseRun(ledger, runFacts(command, compiled, outcome))));
  return outcome;
}
