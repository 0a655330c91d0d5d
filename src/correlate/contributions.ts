import { createHash } from 'node:crypto';
import type { Failure, Unpaired } from '../model/index.js';
import { StringPool } from './string-pool.js';
import { TuplePool } from './tuple-pool.js';

/** What a row says, without when and where: everything that many failures share. */
export interface Contribution {
  readonly kind: RowKind;
  readonly definition: string;
  readonly provider: string;
  readonly eventId: number;
  readonly channel: string | undefined;
  readonly source: string;
  readonly destination: string;
  readonly observer: string | undefined;
  readonly recognizedBy: Failure['recognizedBy'];
  readonly extractedFrom: Failure['extractedFrom'];
  readonly certainty: Failure['certainty'];
  readonly damaged: readonly string[];
  /** By name, in the order of their numbers. */
  readonly placeholders: readonly (readonly [name: string, value: string])[];
  /** By name, in the order of code units. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Why there is no pair; empty for the kinds that have one. */
  readonly reason: string;
}

/** The kinds of rows, the richest first: of two copies of an event the richer one says what it was. */
export const ROW_KINDS = ['failure', 'recovery', 'context', 'no_pair', 'not_extracted'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

const RECOGNIZED_BY = ['event_id', 'message', 'shape'] as const;
const EXTRACTED_FROM = ['data', 'message'] as const;
const CERTAINTY = ['exact', 'ambiguous'] as const;

/** A longer value is kept as prefix, length and hash. */
const MAX_VALUE_BYTES = 1024;
const PREFIX_CHARS = 256;

/** Interned contributions as tuples of numbers over interned strings: [flags, event ID, six strings, damaged…, values…]. */
export class Contributions {
  readonly strings = new StringPool();
  readonly #tuples = new TuplePool();
  readonly #tuple: number[] = [];

  get size(): number {
    return this.#tuples.size;
  }

  /** The id of what a failure or an unpaired event says. */
  intern(item: Failure | Unpaired): number {
    const { strings } = this;
    const tuple = this.#tuple;
    tuple.length = 0;
    if (item.type === 'unpaired') {
      tuple.push(
        ROW_KINDS.indexOf(item.bucket),
        item.eventId,
        strings.intern(item.definition),
        strings.intern(item.provider),
      );
      tuple.push(this.#optional(item.channel), strings.intern(item.reason), 0, this.#optional(item.observer), 0, 0);
      return this.#tuples.intern(tuple);
    }
    const flags =
      ROW_KINDS.indexOf(item.kind) |
      (RECOGNIZED_BY.indexOf(item.recognizedBy) << 3) |
      (EXTRACTED_FROM.indexOf(item.extractedFrom) << 5) |
      (CERTAINTY.indexOf(item.certainty) << 6);
    tuple.push(flags, item.eventId, strings.intern(item.definition), strings.intern(item.provider));
    tuple.push(this.#optional(item.channel), strings.intern(item.source), strings.intern(item.destination));
    tuple.push(this.#optional(item.observer));
    const damaged = item.damaged ?? [];
    tuple.push(damaged.length);
    const placeholders = Object.keys(item.placeholders) as `%${number}`[];
    tuple.push(placeholders.length);
    for (const name of damaged) tuple.push(strings.intern(name));
    if (placeholders.length > 1) placeholders.sort(byNumber);
    for (const name of placeholders) tuple.push(strings.intern(name), this.#value(item.placeholders[name]!));
    const attributes = Object.keys(item.attributes);
    if (attributes.length > 1) attributes.sort();
    for (const name of attributes) tuple.push(strings.intern(name), this.#value(item.attributes[name]!));
    return this.#tuples.intern(tuple);
  }

  kindOf(id: number): RowKind {
    return ROW_KINDS[this.#tuples.at(id, 0) & 7]!;
  }

  isAmbiguous(id: number): boolean {
    return ((this.#tuples.at(id, 0) >> 6) & 1) === 1;
  }

  /** The interned ids of definition, source and destination. */
  endsOf(id: number): readonly [definition: number, source: number, destination: number] {
    return [this.#tuples.at(id, 2), this.#tuples.at(id, 5), this.#tuples.at(id, 6)];
  }

  definitionOf(id: number): number {
    return this.#tuples.at(id, 2);
  }

  /** A number that is greater the richer the contribution is; ties are decided by `canonical`. */
  richness(id: number): number {
    const flags = this.#tuples.at(id, 0);
    const kind = ROW_KINDS.length - (flags & 7);
    const isFromData = ((flags >> 5) & 1) === 0 ? 1 : 0;
    const isExact = ((flags >> 6) & 1) === 0 ? 1 : 0;
    const isWhole = this.#tuples.at(id, 8) === 0 ? 1 : 0;
    return (((kind * 2 + isFromData) * 128 + Math.min(127, this.#tuples.at(id, 9))) * 2 + isExact) * 2 + isWhole;
  }

  get(id: number): Contribution {
    const at = (place: number) => this.#tuples.at(id, place);
    const text = (place: number) => this.strings.text(at(place));
    const kind = this.kindOf(id);
    const hasPair = kind !== 'no_pair' && kind !== 'not_extracted';
    const [damagedCount, placeholderCount] = [at(8), at(9)];
    const pairs = (from: number, to: number) => {
      const found: [string, string][] = [];
      for (let place = from; place < to; place += 2) found.push([text(place), text(place + 1)]);
      return found;
    };
    const valuesFrom = 10 + damagedCount;
    const attributesFrom = valuesFrom + 2 * placeholderCount;
    return {
      kind,
      definition: text(2),
      provider: text(3),
      eventId: at(1),
      channel: this.#optionalText(at(4)),
      source: hasPair ? text(5) : '',
      destination: hasPair ? text(6) : '',
      observer: this.#optionalText(at(7)),
      recognizedBy: RECOGNIZED_BY[(at(0) >> 3) & 3]!,
      extractedFrom: EXTRACTED_FROM[(at(0) >> 5) & 1]!,
      certainty: CERTAINTY[(at(0) >> 6) & 1]!,
      damaged: Array.from({ length: damagedCount }, (_, index) => text(10 + index)),
      placeholders: pairs(valuesFrom, attributesFrom),
      attributes: pairs(attributesFrom, this.#tuples.lengthOf(id)),
      reason: hasPair ? '' : text(5),
    };
  }

  /** A text that is equal for equal contributions of any ledger. */
  canonical(id: number): string {
    return JSON.stringify(Object.values(this.get(id)));
  }

  /** The id here of a contribution of another pool. */
  adopt(other: Contributions, id: number): number {
    return this.internContribution(other.get(id));
  }

  /** The id of a contribution that was read back. */
  internContribution(contribution: Contribution): number {
    const { kind, channel, observer, damaged, reason } = contribution;
    const shared = {
      definition: contribution.definition,
      provider: contribution.provider,
      eventId: contribution.eventId,
      ...(channel === undefined ? {} : { channel }),
      ...(observer === undefined ? {} : { observer }),
      position: NOWHERE,
    };
    if (kind === 'no_pair' || kind === 'not_extracted') {
      return this.intern({ type: 'unpaired', bucket: kind, reason, ...shared });
    }
    return this.intern({
      type: 'failure',
      kind,
      ...shared,
      source: contribution.source,
      destination: contribution.destination,
      placeholders: Object.fromEntries(contribution.placeholders),
      attributes: Object.fromEntries(contribution.attributes),
      recognizedBy: contribution.recognizedBy,
      extractedFrom: contribution.extractedFrom,
      certainty: contribution.certainty,
      damaged,
    });
  }

  /** Absent and empty are told apart: absent is 0, a text its id plus 1. */
  #optional(text: string | undefined): number {
    return text === undefined ? 0 : this.strings.intern(text) + 1;
  }

  #optionalText(number: number): string | undefined {
    return number === 0 ? undefined : this.strings.text(number - 1);
  }

  #value(text: string): number {
    const isLong = text.length > MAX_VALUE_BYTES / 3 && Buffer.byteLength(text) > MAX_VALUE_BYTES;
    return this.strings.intern(isLong ? shortened(text) : text);
  }
}

const NOWHERE = { input: '', offset: 0, length: 0 };

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return `${text.slice(0, PREFIX_CHARS)}… [${bytes.length} bytes, sha256 ${hash}]`;
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
