import { createHash } from 'node:crypto';
import { EvpairError, type Failure, type Unpaired } from '../model/index.js';
import { packClock } from '../time/clock.js';
import { type Fields, isContribution, isFields, isHeader, isInputName, isRow } from './check-partial.js';
import { Ledger, type LedgerOptions } from './ledger.js';
import type { PartialHeader, WrittenContribution, WrittenRow } from './partial-format.js';

/**
 * Reads partial ledgers, line after line, into one ledger; several may follow one another in one file. Nothing of a
 * partial counts before its trailer was checked.
 */
export class PartialReader {
  readonly ledger: Ledger;
  /** The facts of the first partial; `complete` is false if that of any was. */
  facts: Readonly<Record<string, unknown>> | undefined;
  configHash: string | undefined;
  #open: OpenPartial | undefined;
  #count = 0;

  constructor(options: LedgerOptions = {}) {
    this.ledger = new Ledger(options);
  }

  /** How many partial ledgers were read whole. */
  get count(): number {
    return this.#count;
  }

  /**
   * Takes one line (without its end) of the input `name`.
   * @throws EvpairError `ERR_PARTIAL` when the line is no part of a partial ledger, or the partials must not be merged.
   */
  push(line: string, name: string, lineNumber: number): void {
    const value = parsed(line);
    if (value === undefined) throw wrongLine(name, lineNumber, 'this line is damaged: it is no JSON object', REWRITE);
    if (this.#open === undefined) {
      if (value.type !== 'partial') {
        throw wrongLine(name, lineNumber, 'a partial ledger starts with a line of type "partial"', REWRITE);
      }
      if (value.schema_version !== 1) {
        throw wrongLine(name, lineNumber, 'it was written by another version of evpair', REWRITE);
      }
      if (!isHeader(value)) throw wrongLine(name, lineNumber, 'this line is damaged', REWRITE);
      if (this.configHash !== undefined && value.config_hash !== this.configHash) {
        throw wrongLine(name, lineNumber, 'it was read with other definitions or options than those before it', ALIKE);
      }
      this.#open = new OpenPartial(value, line);
    } else if (value.type === 'partial_end') {
      if (!this.#open.isSealedBy(value)) {
        throw wrongLine(name, lineNumber, 'the counts or the checksum do not fit the lines before', REWRITE);
      }
      this.#take(this.#open);
    } else if (value.type === 'partial') {
      throw wrongLine(name, lineNumber, 'the partial ledger before this line ends without its last line', REWRITE);
    } else if (!this.#open.take(value, line)) {
      throw wrongLine(name, lineNumber, 'this line is damaged', REWRITE);
    }
  }

  /** Ends the input `name`. @throws EvpairError `ERR_PARTIAL` when its last partial has no trailer. */
  endInput(name: string): void {
    if (this.#open === undefined) return;
    this.#open = undefined;
    throw new EvpairError('ERR_PARTIAL', `${name}: the partial ledger ends without its last line`, {
      hint: REWRITE,
      position: { input: name },
    });
  }

  #take({ header, ledger }: OpenPartial): void {
    this.ledger.merge(ledger);
    this.configHash ??= header.config_hash;
    const isComplete = this.facts?.complete !== false && header.facts.complete !== false;
    this.facts = { ...(this.facts ?? header.facts), ...(isComplete ? {} : { complete: false }) };
    this.#open = undefined;
    this.#count += 1;
  }
}

/**
 * Reads all partial ledgers that `lines` (without their ends) hold.
 * @throws EvpairError `ERR_PARTIAL` naming the line, when there is none, or one is damaged, cut off or unlike the rest.
 */
export function readPartial(lines: Iterable<string>, name = '-'): PartialReader {
  const reader = new PartialReader();
  let number = 0;
  for (const line of lines) reader.push(line, name, ++number);
  reader.endInput(name);
  if (reader.count === 0)
    throw new EvpairError('ERR_PARTIAL', `${name}: there is no partial ledger`, { hint: REWRITE });
  return reader;
}

const REWRITE = 'Write it again with evpair summarize --partial.';
const ALIKE = 'Read all inputs with the same definitions and the same options that change extraction.';

function wrongLine(name: string, line: number, reason: string, hint: string): EvpairError {
  return new EvpairError('ERR_PARTIAL', `${name}: line ${line}: ${reason}`, { hint, position: { input: name } });
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A partial ledger whose trailer has not come yet. */
class OpenPartial {
  readonly header: PartialHeader;
  readonly ledger = new Ledger();
  readonly #hash = createHash('sha256');
  readonly #contributions: number[] = [];
  readonly #inputNames: string[] = [];
  #rows = 0;

  constructor(header: PartialHeader, line: string) {
    this.header = header;
    this.#hash.update(line).update('\n');
    for (const { report, range, identified } of header.inputs) this.ledger.restoreInput({ report, range, identified });
  }

  /** @returns false when the line cannot be part of a partial ledger. */
  take(value: Fields, line: string): boolean {
    this.#hash.update(line).update('\n');
    if (value.type === 'row') {
      if (!isRow(value, this.#contributions.length, this.#inputNames.length)) return false;
      this.#takeRow(value);
      return true;
    }
    if (value.type === 'contribution') {
      if (!isContribution(value, this.#contributions.length)) return false;
      this.#contributions.push(this.ledger.rows.contributions.intern(itemOf(value)));
      return true;
    }
    if (value.type !== 'input_name' || !isInputName(value, this.#inputNames.length)) return false;
    this.#inputNames.push(value.name);
    return true;
  }

  isSealedBy(trailer: Fields): boolean {
    return (
      trailer.rows === this.#rows &&
      trailer.contributions === this.#contributions.length &&
      trailer.inputs === this.header.inputs.length &&
      trailer.sha256 === this.#hash.digest('hex')
    );
  }

  #takeRow({ c, id, t, r, at: [input, offset, length] }: WrittenRow): void {
    const [epochMs, nanos, digits, basis] = t ?? [Number.NaN, 0, 0, 'export'];
    this.ledger.restore({
      hasIdentity: id === true,
      epochMs,
      clock: t === undefined ? 0 : packClock({ nanos, digits, basis }),
      contribution: this.#contributions[c]!,
      recordId: r,
      input: this.#inputNames[input]!,
      offset,
      length,
    });
    this.#rows += 1;
  }
}

/** The item that a contribution was made of, as far as it goes. */
function itemOf(from: WrittenContribution): Failure | Unpaired {
  const shared = {
    definition: from.definition,
    provider: from.provider,
    eventId: from.event_id,
    ...(from.channel === undefined ? {} : { channel: from.channel }),
    ...(from.observer === undefined ? {} : { observer: from.observer }),
    position: { input: '', offset: 0, length: 0 },
  };
  if (from.kind === 'no_pair' || from.kind === 'not_extracted') {
    return { type: 'unpaired', bucket: from.kind, reason: from.reason ?? '', ...shared };
  }
  return {
    type: 'failure',
    kind: from.kind,
    ...shared,
    source: from.source ?? '',
    destination: from.destination ?? '',
    placeholders: Object.fromEntries(from.placeholders ?? []),
    attributes: Object.fromEntries(from.attributes ?? []),
    recognizedBy: from.recognized_by ?? 'event_id',
    extractedFrom: from.extracted_from ?? 'data',
    certainty: from.certainty ?? 'exact',
    ...(from.damaged === undefined ? {} : { damaged: from.damaged }),
  };
}
