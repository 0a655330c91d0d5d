import { EvpairError } from '../model/index.js';
import type { Ledger } from './ledger.js';
import { PartialReader } from './read-partial.js';
import { writePartial } from './write-partial.js';

/** What earlier runs read: each input's own ledger, so that an input that changed replaces its own rows and no others. */
export interface State {
  /** Stands for the definitions and the options that change extraction. */
  readonly configHash: string;
  /** By the input's name. */
  readonly inputs: ReadonlyMap<string, StateInput>;
}

export interface StateInput {
  /** What stands before the cursor; without a cursor, all. */
  readonly ledger: Ledger;
  /** What stood behind the cursor; it is read again when the input is. */
  readonly tail?: Ledger | undefined;
  /** Where to go on reading; undefined for what is read whole again. */
  readonly cursor?: Cursor | undefined;
}

/** The place between two events up to which a file was read, and what its bytes before it were. */
export interface Cursor {
  /** In bytes from the file's start. */
  readonly end: number;
  /** The form, a name of `FORMATS`. */
  readonly format: string;
  readonly units: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Lower-case hexadecimal SHA-256 of the first 64 KiB before `end`, or of what there is. */
  readonly head: string;
  /** As `head`, of the last 64 KiB before `end`. */
  readonly tail: string;
}

/** A state as lines of NDJSON: a header, for each input a line and its partial ledger, and a last line. */
export function* writeState(state: State): Generator<string> {
  yield JSON.stringify({ type: 'state', schema_version: 1, config_hash: state.configHash });
  for (const [name, { ledger, tail, cursor }] of state.inputs) {
    const parts = tail === undefined ? [ledger] : [ledger, tail];
    yield JSON.stringify({ type: 'state_input', name, cursor, parts: parts.length });
    for (const part of parts) yield* writePartial(part, { configHash: state.configHash, facts: {} });
  }
  yield JSON.stringify({ type: 'state_end', inputs: state.inputs.size });
}

/**
 * Reads what `writeState` wrote.
 * @throws EvpairError `ERR_STATE` naming the line, when it is damaged, ends early, or was made with another `configHash`.
 */
export function readState(lines: Iterable<string>, name: string, configHash: string): State {
  const inputs = new Map<string, StateInput>();
  let open: OpenInput | undefined;
  let isEnded = false;
  let number = 0;
  const wrong = (reason: string) =>
    new EvpairError('ERR_STATE', `${name}: line ${number}: ${reason}`, { hint: AGAIN, position: { input: name } });
  const endInput = () => {
    if (open === undefined) return;
    const [ledger, tail] = open.ledgers;
    inputs.set(open.name, { ledger: ledger!, tail, cursor: open.cursor });
    open = undefined;
  };
  for (const line of lines) {
    number += 1;
    if (isEnded) throw wrong('something stands behind the last line');
    if (number === 1) {
      const head = parsed(line);
      if (head?.type !== 'state') throw wrong('this is no state of evpair');
      if (head.schema_version !== 1) throw wrong('it was written by another version of evpair');
      if (head.config_hash !== configHash) throw wrong('it was made with other definitions or options');
      continue;
    }
    if (open !== undefined && open.ledgers.length < open.parts) {
      takePartial(open, line, name, number, wrong);
      continue;
    }
    const value = parsed(line);
    if (value !== undefined && isInput(value)) {
      endInput();
      open = { ...value, ledgers: [], partial: new PartialReader() };
    } else if (value?.type === 'state_end') {
      endInput();
      if (value.inputs !== inputs.size) throw wrong('an input is missing');
      isEnded = true;
    } else {
      throw wrong('this line is damaged');
    }
  }
  if (!isEnded) throw wrong('it ends early');
  return { configHash, inputs };
}

interface WrittenInput {
  readonly name: string;
  readonly cursor?: Cursor;
  readonly parts: number;
}

interface OpenInput extends WrittenInput {
  readonly ledgers: Ledger[];
  partial: PartialReader;
}

function takePartial(
  open: OpenInput,
  line: string,
  name: string,
  number: number,
  wrong: (reason: string) => EvpairError,
): void {
  try {
    open.partial.push(line, name, number);
  } catch (error) {
    throw wrong(`this line is damaged (${(error as Error).message})`);
  }
  if (open.partial.count === 0) return;
  open.ledgers.push(open.partial.ledger);
  open.partial = new PartialReader();
}

const AGAIN = 'Delete the file, or name another one, to read everything again.';

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isInput(value: Readonly<Record<string, unknown>>): value is WrittenInput & Readonly<Record<string, unknown>> {
  const { type, name, cursor, parts } = value;
  const isWhole = type === 'state_input' && typeof name === 'string' && (parts === 1 || parts === 2);
  return isWhole && (cursor === undefined || isCursor(cursor));
}

function isCursor(value: unknown): value is Cursor {
  if (typeof value !== 'object' || value === null) return false;
  const { end, format, units, head, tail } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(end) &&
    (end as number) > 0 &&
    typeof format === 'string' &&
    (units === 'utf-8' || units === 'utf-16le' || units === 'utf-16be') &&
    typeof head === 'string' &&
    typeof tail === 'string'
  );
}
