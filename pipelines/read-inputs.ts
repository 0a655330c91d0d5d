import {
  EvpairError,
  type ExtractItem,
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
  let read = 0;
  let isIncomplete = false;
  const takeAndTell = (item: Incoming) => {
    if (item.type === 'reject') {
      isIncomplete = true;
      command.tell.reject(item);
    } else if (item.type === 'warning') {
      command.tell.warning(item);
    } else if (item.type === 'input') {
      if (!item.isComplete) isIncomplete = true;
      if (item.format !== 'unknown') read += 1;
    }
    take(item);
  };

  for (const { name, reason } of command.missing) {
    isIncomplete = true;
    command.tell.failed({ name, path: name }, new EvpairError('ERR_INPUT', `${name}: ${reason}`));
  }
  for (const input of command.inputs) {
    // An archive may hold several inputs that evpair wrote.
    const own = new Map<string, OwnLines>();
    const ownOf = (member: InputSource) => {
      const known = own.get(member.name) ?? new OwnLines(member, takeAndTell);
      own.set(member.name, known);
      return known;
    };
    try {
      await readInput(
        input,
        {
          ...command.read,
          selection,
          onLine: (line, member) => ownOf(member).push(line),
          afterWindow: () => command.output.drain(),
        },
        takeAndTell,
      );
      for (const each of own.values()) each.end();
    } catch (error) {
      if (!(error instanceof EvpairError) || error.code !== 'ERR_INPUT') throw error;
      isIncomplete = true;
      command.tell.failed(input, error);
    }
    if (command.read.signal?.aborted === true) break;
  }
  return { isIncomplete, readNothing: read === 0 };
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
