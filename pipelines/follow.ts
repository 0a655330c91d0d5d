import {
  compileDefinitions,
  type ExpandedInputs,
  type InputSource,
  SHIPPED_DEFINITIONS,
  summarise,
  summariseRun,
  writePair,
  writePairGone,
  writeRun,
} from '../src/index.js';
import type { Outcome } from './command.js';
import { exactShareOf, runFacts } from './run-facts.js';
import { followPipe } from './state/follow-pipe.js';
import { FollowTeller } from './state/follow-teller.js';
import { InputMemory, type StateStore } from './state/input-memory.js';
import type { SummarizeCommand } from './summarize.js';
import { outcomeOfMemory } from './summarize-with-state.js';

export interface FollowCommand extends SummarizeCommand {
  /** The least time between two looks at the inputs. */
  readonly intervalMs: number;
  /** What the arguments name now: files come and go. */
  readonly expand: () => Promise<ExpandedInputs>;
  /** Whether it is a file, which can be looked at again; anything else is read once, as it comes. */
  readonly isFile: (input: InputSource) => boolean;
  /** Ends early when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds from some time on. */
  readonly now: () => number;
}

/**
 * `evpair summarize --follow`: reads what the inputs hold and goes on as they grow. Whenever something came, the pairs
 * that changed are written, each with its next revision. It ends by a signal, or with the last pipe where there are pipes
 * only; then the run line comes.
 */
export async function follow(given: FollowCommand, store: StateStore | undefined): Promise<Outcome> {
  const end = new EndOfFollowing(given.read.signal);
  const tell = new FollowTeller(given.tell);
  const command = { ...given, tell, read: { ...given.read, signal: end.ofReading } };
  const compiled = compileDefinitions(command.definitions ?? SHIPPED_DEFINITIONS);
  const memory = new InputMemory(command, compiled, store);
  const pipes = command.inputs
    .filter(input => !command.isFile(input))
    .map(input => followPipe(input, { ...command, tell: given.tell, read: given.read }, compiled));
  let inputs: ExpandedInputs = { sources: command.inputs, missing: command.missing };
  let greatestCount = 0;

  const writeChanges = async () => {
    const { minCount = 1 } = command.summarise;
    const least = Math.min(minCount, command.failOn ?? minCount);
    const ledger = memory.ledger(pipes.filter(pipe => !pipe.hasEnded).map(pipe => pipe.rows()));
    const lines: string[] = [];
    greatestCount = 0;
    for (const pair of summarise(ledger, { ...command.summarise, minCount: least })) {
      greatestCount = Math.max(greatestCount, pair.count);
      if (pair.count < minCount) break;
      const next = memory.revisions.next(pair);
      if (next !== undefined) lines.push(writePair(next));
    }
    for (const gone of memory.revisions.gone()) lines.push(writePairGone(gone));
    memory.save();
    for (const line of lines) {
      command.output.line(line);
      await command.output.drain();
    }
    await command.output.flush();
    memory.revisions.settle();
  };

  for (let isFirst = true; ; isFirst = false) {
    const start = command.now();
    const isLast = end.hasCome;
    if (!isFirst) inputs = await command.expand();
    tell.missing(inputs.missing);
    const files = inputs.sources.filter(command.isFile);
    end.isReading = true;
    // While it is followed a file that looks untouched is not looked into.
    const hasRead = await memory.update(files, { trustsTime: !isFirst, onRead: tell.onRead });
    end.isReading = false;
    let hasMore = false;
    for (const pipe of pipes) {
      if (pipe.takeMore()) hasMore = true;
      if (pipe.hasEnded) memory.take(pipe.name, pipe.ledger);
    }
    if (isFirst || hasRead || hasMore) await writeChanges();
    const isOver = pipes.length > 0 && files.length === 0 && pipes.every(pipe => pipe.hasEnded);
    if (isLast || isOver || end.ofReading.aborted) break;
    // However much there is to summarise, most of the time is left to others.
    const pauseMs = Math.max(command.intervalMs, 4 * (command.now() - start));
    // Where nothing else is followed the end of the last pipe ends the pause.
    const ends = pipes.length > 0 && files.length === 0 ? Promise.all(pipes.map(pipe => pipe.ended)) : undefined;
    await end.pause(pauseMs, command.sleep, ends);
    if (end.hasCome) await Promise.all(pipes.map(pipe => pipe.ended));
  }
  tell.close();
  const ledger = memory.ledger();
  const outcome = outcomeOfMemory(ledger, memory, { ...command, missing: inputs.missing });
  const run = summariseRun(ledger, runFacts(command, compiled, outcome));
  command.output.line(writeRun(run));
  memory.save();
  return { ...outcome, greatestCount, exactShare: exactShareOf(run) };
}

/** A signal ends the reading at hand. One that comes between two looks lets a last look be taken. */
class EndOfFollowing {
  isReading = false;
  readonly #signal: AbortSignal | undefined;
  readonly #reading = new AbortController();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener('abort', () => {
      if (this.isReading) this.#reading.abort();
    });
  }

  get hasCome(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Ends the reading of files. */
  get ofReading(): AbortSignal {
    return this.#reading.signal;
  }

  /** Waits for the time, the signal, or something else. */
  async pause(ms: number, sleep: FollowCommand['sleep'], until?: Promise<unknown>): Promise<void> {
    if (this.hasCome) return;
    const waking = new AbortController();
    const wake = () => waking.abort();
    this.#signal?.addEventListener('abort', wake, { once: true });
    void until?.then(wake);
    await sleep(ms, waking.signal);
    this.#signal?.removeEventListener('abort', wake);
  }
}
