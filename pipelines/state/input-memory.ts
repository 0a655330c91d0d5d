import { type CompiledDefinitions, type InputSource, Ledger } from '../../src/index.js';
import type { SummarizeCommand } from '../summarize.js';
import { addKnown, namesIn } from './known-input.js';
import { type ReadAnewSettings, readInputAnew } from './read-input-anew.js';
import { Revisions } from './revisions.js';
import { readState, type State, type StateConfig, writeState } from './state-file.js';

/** Where a state is kept; whoever opened it holds it alone. */
export interface StateStore {
  /** The file's name, for messages. */
  readonly name: string;
  /** The lines that were saved last, without their ends; undefined when there is none. */
  lines(): Iterable<string> | undefined;
  /** Puts these lines in the place of the others: all of them or, whatever happens, none. */
  save(lines: Iterable<string>): void;
}

/** What is known of all inputs that were ever read into a state, and how it is brought up to date. */
export class InputMemory {
  readonly #command: SummarizeCommand;
  readonly #compiled: CompiledDefinitions;
  readonly #store: StateStore | undefined;
  readonly #config: StateConfig;
  readonly #state: State;
  /** What was found of inputs whose reading a signal ended. */
  readonly #stopped = new Map<string, Ledger>();
  #hasFailed = false;

  /** @throws EvpairError `ERR_STATE` as `readState` does. */
  constructor(command: SummarizeCommand, compiled: CompiledDefinitions, store: StateStore | undefined) {
    this.#command = command;
    this.#compiled = compiled;
    this.#store = store;
    this.#config = {
      definitions: compiled.definitions.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
      extraction: command.extraction,
    };
    const lines = store?.lines();
    this.#state =
      store === undefined || lines === undefined
        ? { inputs: new Map(), revisions: new Revisions() }
        : readState(lines, store.name, this.#config);
  }

  get revisions(): Revisions {
    return this.#state.revisions;
  }

  /** Whether some input could not be opened when it was read last. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Reads what is new of these inputs. @returns whether anything changed. */
  async update(
    inputs: readonly InputSource[],
    options: Pick<ReadAnewSettings, 'trustsTime' | 'onRead'>,
  ): Promise<boolean> {
    const command = this.#command;
    const { read } = command;
    const settings: ReadAnewSettings = {
      command,
      compiled: this.#compiled,
      extract: command.extract,
      ledger: command.ledger,
      read,
      readAs: JSON.stringify([command.tool, read.parseAll === true, read.hash === true]),
      ...options,
    };
    let hasChanged = false;
    this.#hasFailed = false;
    for (const input of inputs) {
      if (read.signal?.aborted === true) break;
      const result = await readInputAnew(input, this.#state.inputs.get(input.name), settings);
      if (result.kind === 'kept') continue;
      if (result.kind === 'failed') {
        this.#hasFailed = true;
        continue;
      }
      hasChanged = true;
      if (result.kind === 'stopped') this.#stopped.set(input.name, result.ledger);
      else this.#state.inputs.set(input.name, result.input);
    }
    return hasChanged;
  }

  /** Takes what was read of an input elsewhere, to its end. */
  take(name: string, ledger: Ledger): void {
    this.#state.inputs.set(name, { name, print: undefined, readAs: '', held: { kind: 'whole', ledger } });
  }

  /** Everything that is known, and the rows of `more`, as one reading of all of it gives it. */
  ledger(more: readonly Ledger[] = []): Ledger {
    const whole = new Ledger({ ...this.#command.extract, ...this.#command.ledger });
    const names = new Set<string>();
    for (const [name, input] of this.#state.inputs) {
      if (this.#stopped.has(name)) continue;
      addKnown(whole, input, names.has(name));
      for (const each of namesIn(input)) names.add(each);
    }
    for (const ledger of this.#stopped.values()) whole.merge(ledger);
    for (const ledger of more) whole.addRows(ledger);
    return whole;
  }

  save(): void {
    this.#store?.save(writeState(this.#state, this.#config));
  }
}
