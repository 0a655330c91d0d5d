import {
  type ExtractItem,
  type InputSource,
  parseLine,
  type ReadItem,
  readInput,
  type Selection,
} from '../src/index.js';
import type { Command } from './command.js';

/** What flows out of the inputs: of exports `ReadItem`s, of our own NDJSON also what an earlier command extracted. */
export type Incoming = ReadItem | ExtractItem;

/**
 * Reads all inputs of a command one after the other and hands on what they hold. Lines that evpair wrote keep their
 * positions; the inputs of an incoming run line take the place of the NDJSON itself in the accounting.
 * @returns true when nothing at all could be read.
 */
export async function readInputs(
  command: Command,
  selection: Selection | undefined,
  take: (item: Incoming) => void,
): Promise<{ readonly readNothing: boolean }> {
  let read = 0;
  for (const { name, reason } of command.missing) {
    command.tell.warning({ type: 'warning', code: 'missing-input', input: name, message: `${reason}; check the path` });
  }
  for (const input of command.inputs) {
    const own = new OwnLines(input, take);
    try {
      await readInput(
        input,
        { ...command.read, selection, onLine: line => own.push(line), afterWindow: () => command.output.drain() },
        item => {
          if (item.type === 'input' && item.format !== 'unknown') read += 1;
          take(item);
        },
      );
    } catch (error) {
      command.tell.failed(input, error);
      continue;
    }
    if (own.end()) read += 1;
    if (command.read.signal?.aborted === true) break;
  }
  return { readNothing: read === 0 };
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
      return;
    }
    if (parsed.item.type === 'run') {
      this.#hasRun = true;
      for (const input of parsed.item.inputs) this.#take(input);
    } else {
      if (parsed.item.type === 'event') this.#events += 1;
      this.#take(parsed.item);
    }
  }

  /** Reports what no run line accounts for. @returns whether there was any line. */
  end(): boolean {
    if (this.#lines === 0) return false;
    if (!this.#hasRun) {
      this.#take({
        type: 'warning',
        code: 'no-run-line',
        input: this.#input.name,
        message: 'the lines end without a run line, so events that were not handed on are not in the accounting',
      });
    }
    if (!this.#hasRun || this.#rejects > 0) {
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
    return true;
  }
}
