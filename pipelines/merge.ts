import { EvpairError, PartialReader, type RunFacts, readInput, summariseRun, writePartial } from '../src/index.js';
import type { Command, Outcome } from './command.js';
import type { SummarizeCommand } from './summarize.js';
import { writeSummary } from './write-summary.js';

export type MergeCommand = Pick<
  SummarizeCommand,
  'inputs' | 'missing' | 'output' | 'runOutput' | 'width' | 'isForPerson' | 'failOn' | 'summarise' | 'form' | 'tell'
> &
  Pick<Command, 'tool'>;

/**
 * `evpair merge`: partial ledgers → pair summaries, or with `--partial` one partial ledger. A merge without one of its
 * parts would be a wrong result, so any part that cannot be read ends it.
 */
export async function merge(command: MergeCommand): Promise<Outcome> {
  const reader = new PartialReader();
  const [missing] = command.missing;
  if (missing !== undefined) throw new EvpairError('ERR_PARTIAL', `${missing.name}: ${missing.reason}`);
  for (const input of command.inputs) {
    let lines = 0;
    const onLine = (line: string) => {
      lines += 1;
      if (line !== '') reader.push(line, input.name, lines);
    };
    await readInput(input, { onLine }, item => {
      if (item.type !== 'input') return;
      throw new EvpairError('ERR_PARTIAL', `${input.name}: this is no partial ledger`, {
        hint: 'Write one with evpair summarize --partial.',
      });
    });
    reader.endInput(input.name);
  }
  const { ledger, configHash = '' } = reader;
  // What `writePartial` wrote comes back as it was.
  const facts = { ...(reader.facts as unknown as RunFacts), tool: command.tool };
  if (command.form === 'partial') {
    for (const line of writePartial(ledger, { configHash, facts: { ...facts } })) {
      command.output.line(line);
      await command.output.drain();
    }
    return { isIncomplete: false, hasFailed: false, readNothing: false };
  }
  const run = summariseRun(ledger, facts);
  const greatestCount = await writeSummary(ledger, run, { ...command, form: command.form });
  return { isIncomplete: !run.complete || run.rejects > 0, hasFailed: false, readNothing: false, greatestCount };
}
