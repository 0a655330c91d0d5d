import type { Evidence, TimeBasis } from '../model/index.js';
import { basisOf, nanosOf } from '../time/clock.js';
import { Episodes } from './episodes.js';
import type { LedgerRows } from './ledger-rows.js';
import type { RowKind } from './outlines.js';

/** What the rows of one pair after the other say about time, added in the order of time; those without time come last. */
export class PairFacts {
  readonly episodes: Episodes;
  failures = 0;
  recoveries = 0;
  context = 0;
  #bases = { export: 0, given: 0, assumed: 0 };
  #first = -1;
  #firstMs = 0;
  #firstNanos = 0;
  #last = -1;
  #lastMs = 0;
  #lastNanos = 0;

  constructor(gapMs: number) {
    this.episodes = new Episodes(gapMs);
  }

  /** Begins with another pair. */
  restart(): void {
    this.episodes.restart();
    this.failures = 0;
    this.recoveries = 0;
    this.context = 0;
    this.#bases = { export: 0, given: 0, assumed: 0 };
    this.#first = -1;
    this.#last = -1;
  }

  add(rows: LedgerRows, row: number, kind: RowKind): void {
    const epochMs = rows.epochMsOf(row);
    if (kind === 'failure') {
      const clock = rows.clockOf(row);
      this.failures += 1;
      if (!Number.isNaN(epochMs)) {
        this.#bases[basisOf(clock)] += 1;
        this.episodes.add(epochMs, clock);
      }
      this.#witness(rows, row, epochMs, nanosOf(clock));
    } else if (kind === 'recovery') {
      this.recoveries += 1;
      if (!Number.isNaN(epochMs)) this.episodes.recover();
    } else {
      this.context += 1;
    }
  }

  timeBasis(): Partial<Record<TimeBasis, number>> {
    const counts: Partial<Record<TimeBasis, number>> = {};
    if (this.#bases.export > 0) counts.export = this.#bases.export;
    if (this.#bases.given > 0) counts.given = this.#bases.given;
    if (this.#bases.assumed > 0) counts.assumed = this.#bases.assumed;
    return counts;
  }

  /** The first and the last failure by time, then position; those without time only where none has one. */
  evidence(rows: LedgerRows): { readonly first: Evidence; readonly last: Evidence } {
    return { first: pointerTo(rows, this.#first), last: pointerTo(rows, this.#last) };
  }

  /** Rows come in the order of time: a later instant is the last so far, and no instant is before the first. */
  #witness(rows: LedgerRows, row: number, epochMs: number, nanos: number): void {
    if (this.#first < 0) {
      this.#first = row;
      this.#last = row;
      this.#firstMs = epochMs;
      this.#firstNanos = nanos;
    } else {
      if (
        Object.is(epochMs, this.#firstMs) &&
        nanos === this.#firstNanos &&
        comparePositions(rows, row, this.#first) < 0
      )
        this.#first = row;
      const isLast =
        Object.is(epochMs, this.#lastMs) && nanos === this.#lastNanos
          ? comparePositions(rows, row, this.#last) > 0
          : !Number.isNaN(epochMs);
      if (!isLast) return;
      this.#last = row;
    }
    this.#lastMs = epochMs;
    this.#lastNanos = nanos;
  }
}

function comparePositions(rows: LedgerRows, a: number, b: number): number {
  const [one, other] = [rows.inputOf(a), rows.inputOf(b)];
  if (one !== other) return rows.inputNames.text(one) < rows.inputNames.text(other) ? -1 : 1;
  return (
    rows.offsetOf(a) - rows.offsetOf(b) ||
    rows.lengthOf(a) - rows.lengthOf(b) ||
    rows.contributions.compare(rows.contributionOf(a), rows.contributionOf(b))
  );
}

function pointerTo(rows: LedgerRows, row: number): Evidence {
  const { eventId, channel } = rows.contributions.outlineOf(rows.contributionOf(row));
  const recordId = rows.recordIdOf(row);
  const input = rows.inputNames.text(rows.inputOf(row));
  const offset = rows.offsetOf(row);
  const length = rows.lengthOf(row);
  // Spelt out, in the order of the output: spreads cost a microsecond a pair.
  if (recordId === undefined) {
    return channel === undefined
      ? { input, event_id: eventId, offset, length }
      : { input, event_id: eventId, channel, offset, length };
  }
  return channel === undefined
    ? { input, event_id: eventId, record_id: recordId, offset, length }
    : { input, event_id: eventId, channel, record_id: recordId, offset, length };
}
