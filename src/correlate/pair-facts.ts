import type { Evidence, TimeBasis } from '../model/index.js';
import { BASES, basisNumberOf, type Clock, nanosOf } from '../time/clock.js';
import { Episodes } from './episodes.js';
import type { LedgerRows } from './ledger-rows.js';
import { FAILURE, RECOVERY } from './outlines.js';
import type { RowsByPair } from './rows-by-pair.js';

/** What the rows of one pair after the other say about time, added in the order of time; those without time come last. */
export class PairFacts {
  readonly episodes: Episodes;
  failures = 0;
  recoveries = 0;
  context = 0;
  /** By the number of a basis. */
  readonly #bases = new Uint32Array(BASES.length);
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
    this.#bases.fill(0);
    this.#first = -1;
    this.#last = -1;
  }

  /** Adds all rows of the pair at a rank. */
  add(rows: LedgerRows, byPair: RowsByPair, rank: number): void {
    const end = byPair.starts[rank + 1]!;
    for (let place = byPair.starts[rank]!; place < end; place++) {
      const epochMs = byPair.epochMs[place]!;
      const kind = byPair.kindAt(place);
      if (kind === FAILURE) this.#addFailure(rows, byPair.rows[place]!, epochMs, byPair.clockAt(place));
      else if (kind === RECOVERY) this.#addRecovery(epochMs);
      else this.context += 1;
    }
  }

  #addFailure(rows: LedgerRows, row: number, epochMs: number, clock: Clock): void {
    this.failures += 1;
    if (!Number.isNaN(epochMs)) {
      this.#bases[basisNumberOf(clock)]! += 1;
      this.episodes.add(epochMs, clock);
    }
    this.#witness(rows, row, epochMs, nanosOf(clock));
  }

  #addRecovery(epochMs: number): void {
    this.recoveries += 1;
    if (!Number.isNaN(epochMs)) this.episodes.recover();
  }

  timeBasis(): Partial<Record<TimeBasis, number>> {
    const counts: Partial<Record<TimeBasis, number>> = {};
    for (let basis = 0; basis < BASES.length; basis++) {
      if (this.#bases[basis]! > 0) counts[BASES[basis]!] = this.#bases[basis]!;
    }
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
    } else if (epochMs > this.#lastMs) {
      this.#last = row;
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
