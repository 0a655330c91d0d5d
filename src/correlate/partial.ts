import { createHash } from 'node:crypto';
import { EvpairError, type InputReport } from '../model/index.js';
import type { Contribution } from './contributions.js';
import { Ledger, type LedgerInput, type LedgerOptions } from './ledger.js';

/** The first line of a partial ledger. */
interface PartialHeader {
  readonly type: 'partial';
  readonly schema_version: 1;
  /** Of what changes extraction: definitions, templates, times, encodings, dedupe. */
  readonly config_hash: string;
  /** What the final run line repeats: tool, options, definitions. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly inputs: readonly {
    readonly path: string;
    readonly range: string;
    readonly size: number;
    readonly identified: number;
    readonly report: InputReport;
  }[];
}

/**
 * The lines of a partial ledger: a header, a line for each contribution before the first row that has it, the rows, and
 * a trailer with counts and a SHA-256 of the lines before it.
 */
export function* writePartial(
  ledger: Ledger,
  header: { readonly configHash: string; readonly facts: Readonly<Record<string, unknown>> },
): Generator<string> {
  const hash = createHash('sha256');
  const sealed = (value: unknown) => {
    const line = JSON.stringify(value);
    hash.update(line).update('\n');
    return line;
  };
  const first: PartialHeader = {
    type: 'partial',
    schema_version: 1,
    config_hash: header.configHash,
    facts: header.facts,
    inputs: ledger.inputs().map(({ report, range, identified }) => ({
      path: report.path,
      range,
      size: report.bytes,
      identified,
      report,
    })),
  };
  yield sealed(first);
  const written = new Map<number, number>();
  const inputs = new Map<string, number>();
  let rows = 0;
  for (let number = 0; number < ledger.size; number++) {
    if (ledger.isDropped(number)) continue;
    const row = ledger.row(number);
    let contribution = written.get(row.contribution);
    if (contribution === undefined) {
      contribution = written.size;
      written.set(row.contribution, contribution);
      yield sealed({ type: 'contribution', n: contribution, ...ledger.contributions.get(row.contribution) });
    }
    let input = inputs.get(row.input);
    if (input === undefined) {
      input = inputs.size;
      inputs.set(row.input, input);
      yield sealed({ type: 'input_name', n: input, name: row.input });
    }
    yield sealed({
      type: 'row',
      c: contribution,
      ...(row.identity === undefined ? {} : { id: Buffer.from(row.identity.buffer).toString('hex') }),
      ...(Number.isNaN(row.epochMs) ? {} : { ms: row.epochMs, clock: row.clock }),
      ...(row.recordId === undefined ? {} : { record_id: row.recordId }),
      at: [input, row.offset, row.length],
    });
    rows += 1;
  }
  yield JSON.stringify({ type: 'partial_end', rows, contributions: written.size, sha256: hash.digest('hex') });
}

/**
 * Reads partial ledgers, line after line, into one ledger; several may follow one another in one file. Nothing of a
 * partial counts before its trailer was checked.
 */
export class PartialReader {
  readonly ledger: Ledger;
  /** The facts of the first partial that was read; they are the same in all that may be merged. */
  facts: Readonly<Record<string, unknown>> | undefined;
  configHash: string | undefined;
  #open: OpenPartial | undefined;

  constructor(options: LedgerOptions = {}) {
    this.ledger = new Ledger(options);
  }

  /**
   * Takes one line of the input `name`.
   * @throws EvpairError `ERR_PARTIAL` when the line is no part of a partial ledger, or the partials must not be merged.
   */
  push(line: string, name: string, lineNumber: number): void {
    const fail = (reason: string, hint: string) =>
      new EvpairError('ERR_PARTIAL', `${name}: line ${lineNumber}: ${reason}`, { hint, position: { input: name } });
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line);
    } catch {
      throw fail('this is no JSON', REWRITE);
    }
    if (this.#open === undefined) {
      if (value?.type !== 'partial') throw fail('a partial ledger starts with a line of type "partial"', REWRITE);
      const header = value as unknown as PartialHeader;
      if (this.configHash !== undefined && header.config_hash !== this.configHash) {
        throw fail(
          'it was read with other definitions or options than the one before it',
          'Read all inputs with the same definitions and the same options that change extraction.',
        );
      }
      this.#open = new OpenPartial(header, line);
      return;
    }
    if (value?.type !== 'partial_end') {
      if (!this.#open.take(value, line)) throw fail('this line is damaged', REWRITE);
      return;
    }
    if (!this.#open.isSealedBy(value)) throw fail('the counts or the checksum do not fit the lines before', REWRITE);
    this.ledger.merge(this.#open.ledger);
    this.facts ??= this.#open.header.facts;
    this.configHash ??= this.#open.header.config_hash;
    this.#open = undefined;
  }

  /** Ends the input `name`. @throws EvpairError `ERR_PARTIAL` when its last partial has no trailer. */
  endInput(name: string): void {
    if (this.#open === undefined) return;
    throw new EvpairError('ERR_PARTIAL', `${name}: the partial ledger ends without its last line`, { hint: REWRITE });
  }
}

const REWRITE = 'Write it again with evpair summarize --partial.';

/** A partial ledger whose trailer has not come yet. */
class OpenPartial {
  readonly header: PartialHeader;
  readonly ledger = new Ledger();
  readonly #hash = createHash('sha256');
  readonly #contributions: number[] = [];
  readonly #inputs: string[] = [];
  #rows = 0;

  constructor(header: PartialHeader, line: string) {
    this.header = header;
    this.#hash.update(line).update('\n');
    for (const { report, range, identified } of header.inputs) {
      const input: LedgerInput = { report, range, identified };
      this.ledger.restoreInput(input);
    }
  }

  /** @returns false when the line cannot be part of a partial ledger. */
  take(value: Record<string, unknown>, line: string): boolean {
    this.#hash.update(line).update('\n');
    if (value.type === 'contribution') {
      if (value.n !== this.#contributions.length) return false;
      this.#contributions.push(this.ledger.contributions.internContribution(value as unknown as Contribution));
      return true;
    }
    if (value.type === 'input_name') {
      if (value.n !== this.#inputs.length || typeof value.name !== 'string') return false;
      this.#inputs.push(value.name);
      return true;
    }
    return value.type === 'row' && this.#takeRow(value as unknown as WrittenRow);
  }

  #takeRow(row: WrittenRow): boolean {
    const contribution = this.#contributions[row.c];
    const [input, offset, length] = row.at ?? [];
    const name = this.#inputs[input ?? -1];
    if (contribution === undefined || name === undefined || offset === undefined || length === undefined) return false;
    this.ledger.restore(
      {
        identity: row.id === undefined ? undefined : identityFromHex(row.id),
        epochMs: row.ms ?? Number.NaN,
        clock: row.clock ?? 0,
        contribution,
        recordId: row.record_id,
        input: name,
        offset,
        length,
      },
      NONE,
    );
    this.#rows += 1;
    return true;
  }

  isSealedBy(trailer: Record<string, unknown>): boolean {
    return (
      trailer.rows === this.#rows &&
      trailer.contributions === this.#contributions.length &&
      trailer.sha256 === this.#hash.digest('hex')
    );
  }
}

const NONE: ReadonlySet<string> = new Set();

interface WrittenRow {
  readonly c: number;
  readonly id?: string;
  readonly ms?: number;
  readonly clock?: number;
  readonly record_id?: string;
  readonly at?: readonly [input: number, offset: number, length: number];
}

function identityFromHex(hex: string): Uint32Array {
  const bytes = Buffer.from(hex, 'hex');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 16));
}
