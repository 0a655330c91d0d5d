import { createHash } from 'node:crypto';
import { basisOf, digitsOf, nanosOf } from '../time/clock.js';
import type { Contribution } from './contributions.js';
import type { Ledger } from './ledger.js';
import type { LedgerRow } from './ledger-rows.js';
import type { PartialHeader, WrittenContribution, WrittenRow } from './partial-format.js';

/**
 * The lines of a partial ledger: a header, a line for each contribution and each input's name before the first row that
 * has it, the rows, and a trailer with counts and a SHA-256 of the lines before it. `configHash` stands for all that
 * changes extraction; ledgers of unlike ones are not merged. `facts` is handed through to whoever merges.
 */
export function* writePartial(
  ledger: Ledger,
  header: { readonly configHash: string; readonly facts: Readonly<Record<string, unknown>> },
): Generator<string> {
  const hash = createHash('sha256');
  const sealed = (value: PartialHeader | WrittenContribution | WrittenRow | object) => {
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

  const { rows: from } = ledger;
  const contributions = new Numbering(from.contributions.size);
  const inputs = new Numbering(from.inputNames.size);
  let rows = 0;
  for (let number = 0; number < from.size; number++) {
    if (from.isDropped(number)) continue;
    const row = from.row(number);
    const contribution = contributions.of(row.contribution);
    if (contributions.isNew) {
      yield sealed(writtenContribution(contribution, from.contributions.get(row.contribution)));
    }
    const input = inputs.of(from.inputOf(number));
    if (inputs.isNew) yield sealed({ type: 'input_name', n: input, name: row.input });
    yield sealed(writtenRow(row, contribution, input));
    rows += 1;
  }
  yield JSON.stringify({
    type: 'partial_end',
    rows,
    contributions: contributions.count,
    inputs: first.inputs.length,
    sha256: hash.digest('hex'),
  });
}

/** Numbers ids in the order in which they are asked for. */
class Numbering {
  readonly #numbers: Uint32Array;
  count = 0;
  /** Whether the number given last was given for the first time. */
  isNew = false;

  constructor(ids: number) {
    this.#numbers = new Uint32Array(ids);
  }

  of(id: number): number {
    this.isNew = this.#numbers[id] === 0;
    if (this.isNew) this.#numbers[id] = ++this.count;
    return this.#numbers[id]! - 1;
  }
}

function writtenContribution(n: number, from: Contribution): WrittenContribution {
  const shared = {
    type: 'contribution',
    n,
    kind: from.kind,
    definition: from.definition,
    provider: from.provider,
    event_id: from.eventId,
    ...(from.channel === undefined ? {} : { channel: from.channel }),
    ...(from.observer === undefined ? {} : { observer: from.observer }),
  } as const;
  if (!from.hasPair) return { ...shared, reason: from.reason };
  return {
    ...shared,
    source: from.source,
    destination: from.destination,
    recognized_by: from.recognizedBy,
    extracted_from: from.extractedFrom,
    certainty: from.certainty,
    ...(from.damaged.length === 0 ? {} : { damaged: from.damaged }),
    placeholders: from.placeholders.map((name, at) => [name, from.placeholderValues[at]!]),
    attributes: from.attributes.map((name, at) => [name, from.attributeValues[at]!]),
  };
}

function writtenRow(row: LedgerRow, c: number, input: number): WrittenRow {
  const { clock } = row;
  return {
    type: 'row',
    c,
    ...(row.hasIdentity ? { id: true as const } : {}),
    ...(Number.isNaN(row.epochMs) ? {} : { t: [row.epochMs, nanosOf(clock), digitsOf(clock), basisOf(clock)] }),
    ...(row.recordId === undefined ? {} : { r: row.recordId }),
    at: [input, row.offset, row.length],
  };
}
