import {
  createWindowMemory,
  EvpairError,
  type ExtractItem,
  giveBackWindowMemory,
  type InputSource,
  parseLine,
  type ReadItem,
  readInput,
  type Selection,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';

/** What flows out of the inputs: of exports `ReadItem`s, of our own NDJSON also what an earlier command extracted. */
export type Incoming = ReadItem | ExtractItem;

/**
 * Reads all inputs of a command one after the other and hands on what they hold, rejects and warnings to the teller
 * too. Lines that evpair wrote keep their positions; the inputs of an incoming run line take the place of the NDJSON
 * itself in the accounting.
 */
export async function readInputs(
  command: Command,
  selection: Selection | undefined,
  take: (item: Incoming) => void,
): Promise<Outcome> {
  const reading = new InputReading(command, selection, take);
  reading.tellMissing();
  for (const input of command.inputs) {
    await reading.read(input);
    if (command.read.signal?.aborted === true) break;
  }
  reading.end();
  return reading.outcome();
}

/** What `readInputs` does, step by step, for who reads some of the inputs elsewhere. */
export class InputReading {
  readonly #command: Command;
  readonly #selection: Selection | undefined;
  readonly #take: (item: Incoming) => void;
  /** One for all inputs. */
  #memory: ReturnType<typeof createWindowMemory> | undefined;
  #read = 0;
  #isIncomplete = false;
  #hasFailed = false;

  constructor(command: Command, selection: Selection | undefined, take: (item: Incoming) => void) {
    this.#command = command;
    this.#selection = selection;
    this.#take = take;
  }

  outcome(): Outcome {
    return { isIncomplete: this.#isIncomplete, hasFailed: this.#hasFailed, readNothing: this.#read === 0 };
  }

  tellMissing(): void {
    for (const { name, reason } of this.#command.missing) {
      this.tellFailed({ name, path: name }, new EvpairError('ERR_INPUT', `${name}: ${reason}`));
    }
  }

  tellFailed(input: InputSource, error: unknown): void {
    this.#isIncomplete = true;
    this.#hasFailed = true;
    this.#command.tell.failed(input, error);
  }

  /** Tells of an item that cannot be read or means something for the outcome. */
  tell(item: Incoming): void {
    if (item.type === 'reject') {
      this.#isIncomplete = true;
      this.#command.tell.reject(item);
    } else if (item.type === 'warning') {
      this.#command.tell.warning(item);
    } else if (item.type === 'input') {
      if (!item.isComplete) this.#isIncomplete = true;
      if (item.format !== 'unknown') this.#read += 1;
    }
  }

  /** Nothing more will be read. */
  end(): void {
    if (this.#memory !== undefined && this.#memory !== this.#command.read.memory) giveBackWindowMemory(this.#memory);
    this.#memory = undefined;
  }

  async read(input: InputSource): Promise<void> {
    const command = this.#command;
    const takeAndTell = (item: Incoming) => {
      this.tell(item);
      this.#take(item);
    };
    // An archive may hold several inputs that evpair wrote.
    const own = new Map<string, OwnLines>();
    const ownOf = (member: InputSource) => {
      const known = own.get(member.name) ?? new OwnLines(member, takeAndTell);
      own.set(member.name, known);
      return known;
    };
    this.#memory ??= command.read.memory ?? createWindowMemory();
    try {
      await readInput(
        input,
        {
          ...command.read,
          selection: this.#selection,
          memory: this.#memory,
          onLine: (line, member) => {
            command.onOwnLine?.();
            ownOf(member).push(line);
          },
          afterWindow: () => command.output.drain(),
        },
        takeAndTell,
      );
      for (const each of own.values()) each.end();
    } catch (error) {
      if (!(error instanceof EvpairError) || error.code !== 'ERR_INPUT') throw error;
      this.tellFailed(input, error);
    }
  }
}

/** The lines of one input that evpair wrote: parsed, checked, and accounted for. */
class OwnLines {
  readonly #input: InputSource;
  readonly #take: (item: Incoming) => void;
  #lines = 0;
  #events = 0;
  #rejects = 0;
  #hasRun = false;
  #offset = 0;

  constructor(input: InputSource, take: (item: Incoming) => void) {
    this.#input = input;
    this.#take = take;
  }

  push(line: string): void {
    this.#lines += 1;
    const length = Buffer.byteLength(line);
    const offset = this.#offset;
    this.#offset += length + 1;
    if (line.trim() === '') return;
    const parsed = parseLine(line);
    if (!parsed.ok) {
      this.#rejects += 1;
      this.#take({
        type: 'reject',
        reason: 'malformed',
        detail: parsed.reason,
        position: { input: this.#input.name, offset, length },
        line: this.#lines,
        isEvent: false,
      });
    } else if (parsed.item.type === 'run') {
      this.#hasRun = true;
      for (const input of parsed.item.inputs) this.#take(input);
    } else if (parsed.item.type === 'event' || parsed.item.type === 'failure' || parsed.item.type === 'unpaired') {
      this.#events += 1;
      this.#take(parsed.item);
    }
  }

  /** Reports what no run line accounts for. */
  end(): void {
    if (this.#lines === 0) return;
    if (!this.#hasRun) {
      this.#take({
        type: 'warning',
        code: 'no-run-line',
        input: this.#input.name,
        message: 'there is no run line, so events that were not handed on are missing from the accounting',
      });
    }
    if (this.#hasRun && this.#rejects === 0) return;
    this.#take({
      type: 'input',
      path: this.#input.name,
      format: 'evpair-ndjson',
      encoding: 'utf-8',
      bytes: this.#offset,
      events: this.#hasRun ? 0 : this.#events,
      unparsed: 0,
      malformed: 0,
      rejects: this.#rejects,
      withoutTime: 0,
      warnings: this.#hasRun ? {} : { 'no-run-line': 1 },
      isComplete: true,
    });
  }
}
