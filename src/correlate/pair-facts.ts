import type { Evidence, TimeBasis } from '../model/index.js';
import { basisOf } from './clock.js';
import { Episodes } from './episodes.js';
import type { LedgerRows } from './ledger-rows.js';

/** What the rows of one pair say about time, gathered in the order of time; those without time come last. */
export class PairFacts {
  readonly episodes: Episodes;
  failures = 0;
  recoveries = 0;
  context = 0;
  readonly #bases = { export: 0, given: 0, assumed: 0 };
  #first = -1;
  #last = -1;

  constructor(gapMs: number) {
    this.episodes = new Episodes(gapMs);
  }

  add(rows: LedgerRows, row: number): void {
    const { kind } = rows.contributions.outlineOf(rows.contributionOf(row));
    const epochMs = rows.epochMsOf(row);
    if (kind === 'failure') {
      this.failures += 1;
      if (!Number.isNaN(epochMs)) {
        const clock = rows.clockOf(row);
        this.#bases[basisOf(clock)] += 1;
        this.episodes.add(epochMs, clock);
      }
      this.#witness(rows, row);
    } else if (kind === 'recovery') {
      this.recoveries += 1;
      if (!Number.isNaN(epochMs)) this.episodes.recover();
    } else {
      this.context += 1;
    }
  }

  timeBasis(): Partial<Record<TimeBasis, number>> {
    return Object.fromEntries(Object.entries(this.#bases).filter(([, count]) => count > 0));
  }

  /** The first and the last failure by time, then position; those without time only where none has one. */
  evidence(rows: LedgerRows): { readonly first: Evidence; readonly last: Evidence } {
    return { first: pointerTo(rows, this.#first), last: pointerTo(rows, this.#last) };
  }

  #witness(rows: LedgerRows, row: number): void {
    if (this.#first < 0) {
      this.#first = row;
      this.#last = row;
      return;
    }
    if (isAtOneInstant(rows, row, this.#first) && comparePositions(rows, row, this.#first) < 0) this.#first = row;
    const isLast = isAtOneInstant(rows, row, this.#last)
      ? comparePositions(rows, row, this.#last) > 0
      : !Number.isNaN(rows.epochMsOf(row));
    if (isLast) this.#last = row;
  }
}

function isAtOneInstant(rows: LedgerRows, a: number, b: number): boolean {
  return Object.is(rows.epochMsOf(a), rows.epochMsOf(b)) && rows.nanosOf(a) === rows.nanosOf(b);
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
  return {
    input: rows.inputNames.text(rows.inputOf(row)),
    event_id: eventId,
    ...(channel === undefined ? {} : { channel }),
    ...(recordId === undefined ? {} : { record_id: recordId }),
    offset: rows.offsetOf(row),
    length: rows.lengthOf(row),
  };
}
