import { createHash } from 'node:crypto';
import { EvpairError, type Ledger, PartialReader, writePartial } from '../../src/index.js';
import type { FilePrint } from './file-print.js';
import type { KnownInput, Part, PartFacts, Parts } from './known-input.js';
import { type Revision, Revisions } from './revisions.js';

/** What a state file was made with, and can be gone on with only. */
export interface StateConfig {
  readonly definitions: readonly { readonly name: string; readonly version: number; readonly sha256: string }[];
  /** Options that change what is extracted, by their names. */
  readonly extraction: Readonly<Record<string, unknown>>;
}

/** What a state file holds. */
export interface State {
  readonly inputs: Map<string, KnownInput>;
  readonly revisions: Revisions;
}

/**
 * The lines of a state file: a header; for each input a line that says how it is known again and how far it was read,
 * and its rows as partial ledgers; the revisions that `--follow` gave; and a trailer with a SHA-256 of the lines before,
 * of partial ledgers of their last lines alone: these seal the others.
 */
export function* writeState(state: State, config: StateConfig): Generator<string> {
  const hash = createHash('sha256');
  let lines = 0;
  const sealed = (line: string) => {
    if (!isSealedElsewhere(line)) hash.update(line).update('\n');
    lines += 1;
    return line;
  };
  yield sealed(JSON.stringify({ type: 'state', schema_version: 1, config }));
  for (const { name, print, readAs, held } of state.inputs.values()) {
    const parts = held.kind === 'whole' ? {} : { settled: writtenPart(held.settled), tail: writtenPart(held.tail) };
    yield sealed(JSON.stringify({ type: 'state_input', name, print, read_as: readAs, kind: held.kind, ...parts }));
    for (const ledger of ledgersOf(held)) {
      for (const line of writePartial(ledger, { configHash: '', facts: {} })) yield sealed(line);
    }
  }
  for (const revision of state.revisions.list()) yield sealed(JSON.stringify({ type: 'state_pair', ...revision }));
  yield JSON.stringify({ type: 'state_end', lines, sha256: hash.digest('hex') });
}

/** A line of a partial ledger but its last; whatever else a damaged line may be, it is then no line that belongs here. */
function isSealedElsewhere(line: string): boolean {
  return /^\{"type":"(partial|row|contribution|input_name)"/.test(line);
}

function writtenPart(part: (Part & { readonly stop?: NonNullable<Parts['settled']>['stop'] }) | undefined) {
  return part && { stop: part.stop, ...part.facts };
}

function ledgersOf(held: KnownInput['held']): Ledger[] {
  if (held.kind === 'whole') return [held.ledger];
  return held.settled === undefined ? [held.tail.ledger] : [held.settled.ledger, held.tail.ledger];
}

/**
 * Reads the lines of the state file `name` (without their ends).
 * @throws EvpairError `ERR_STATE` saying what to do, when it is none, is damaged, comes from another version of evpair,
 * or was made with other definitions or options.
 */
export function readState(lines: Iterable<string>, name: string, config: StateConfig): State {
  const state: State = { inputs: new Map(), revisions: new Revisions() };
  const hash = createHash('sha256');
  let number = 0;
  let open: OpenInput | undefined;
  let isSealed = false;
  for (const line of lines) {
    number += 1;
    const value = parsed(line);
    if (number === 1) checkHeader(value, name, config);
    else if (isSealed || value === undefined) throw damaged(name, number);
    if (value?.type === 'state_end') {
      isSealed = value.lines === number - 1 && value.sha256 === hash.digest('hex') && open === undefined;
      if (!isSealed) throw damaged(name, number);
      continue;
    }
    if (open === undefined || !isSealedElsewhere(line)) hash.update(line).update('\n');
    if (number === 1) continue;
    try {
      if (open !== undefined) open.push(line, number);
      else if (value?.type === 'state_input')
        open = new OpenInput(value as unknown as WrittenInput); // see `damaged`
      else if (value?.type === 'state_pair') state.revisions.restore(value as unknown as Revision);
      else throw damaged(name, number);
      if (open?.isWhole === true) {
        const input = open.take();
        state.inputs.set(input.name, input);
        open = undefined;
      }
    } catch (error) {
      // Whatever a damaged line leads to: only the last line's checksum proves that evpair wrote those before.
      throw damaged(name, number, error);
    }
  }
  if (number === 0) throw stateError(`${name}: this file is empty, and a state file never is`, REMOVE);
  if (!isSealed) throw damaged(name, number);
  return state;
}

interface WrittenInput {
  readonly name: string;
  readonly print?: FilePrint;
  readonly read_as: string;
  readonly kind: 'whole' | 'parts';
  readonly settled?: PartFacts & { readonly stop: NonNullable<Parts['settled']>['stop'] };
  readonly tail?: PartFacts;
}

/** An input whose ledgers are still to come. */
class OpenInput {
  readonly #written: WrittenInput;
  readonly #ledgers: Ledger[] = [];
  #reader = new PartialReader();

  constructor(written: WrittenInput) {
    this.#written = written;
  }

  push(line: string, number: number): void {
    this.#reader.push(line, '', number);
    if (this.#reader.count === 0) return;
    this.#ledgers.push(this.#reader.ledger);
    this.#reader = new PartialReader();
  }

  get isWhole(): boolean {
    return this.#ledgers.length === (this.#written.settled === undefined ? 1 : 2);
  }

  take(): KnownInput {
    const { name, print, read_as: readAs, kind, settled, tail } = this.#written;
    const [first, last] = [this.#ledgers[0]!, this.#ledgers.at(-1)!];
    if (kind === 'whole') return { name, print, readAs, held: { kind, ledger: first } };
    let front: Parts['settled'];
    if (settled !== undefined) {
      const { stop, ...facts } = settled;
      front = { ledger: first, facts, stop };
    }
    return { name, print, readAs, held: { kind, settled: front, tail: { ledger: last, facts: tail! } } };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function checkHeader(value: Fields | undefined, name: string, config: StateConfig): void {
  if (value?.type !== 'state') {
    throw stateError(
      `${name}: this is no state file of evpair, so it is neither read nor written`,
      'Name another file with --state; it need not exist.',
    );
  }
  if (value.schema_version !== 1) {
    throw stateError(`${name}: this state file was written by another version of evpair`, `Use that one, or: ${ANEW}`);
  }
  const before = value.config as StateConfig | undefined;
  if (typeof before?.extraction !== 'object' || !Array.isArray(before.definitions)) throw damaged(name, 1);
  const unlike: string[] = [];
  if (!isSame(before.definitions, config.definitions)) unlike.push('definitions');
  for (const option of Object.keys(config.extraction)) {
    if (!isSame(before.extraction[option], config.extraction[option])) unlike.push(`--${option}`);
  }
  if (unlike.length === 0) return;
  const [last] = unlike.slice(-1);
  const list = unlike.length === 1 ? last : `${unlike.slice(0, -1).join(', ')} and ${last}`;
  throw stateError(
    `${name}: this state file was made with other values of ${list}`.replace('values of definitions', 'definitions'),
    `Use the same again, or another state file. Or: ${ANEW}`,
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const ANEW = 'remove the file, and the next run reads all inputs anew.';
const REMOVE = 'Remove the file, and the next run reads all inputs anew.';

function damaged(name: string, line: number, cause?: unknown): EvpairError {
  return stateError(`${name}: line ${line}: this state file is damaged or cut off`, REMOVE, cause);
}

function stateError(message: string, hint: string, cause?: unknown): EvpairError {
  return new EvpairError('ERR_STATE', message, { hint, ...(cause === undefined ? {} : { cause }) });
}
