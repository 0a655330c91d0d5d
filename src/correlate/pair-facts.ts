import type { Evidence, TimeBasis } from '../model/index.js';
import { BASES, basisNumberOf, type Clock, nanosOf } from '../time/clock.js';
import { Episodes } from './episodes.js';
import type { FastRows } from './fast-rows.js';
import type { LedgerRows } from './ledger-rows.js';
import { FAILURE, RECOVERY } from './outlines.js';
import type { RowsByPair } from './rows-by-pair.js';

/** What the rows of one pair after the other say about time. They stand in its order, those without time last. */
export class PairFacts {
  readonly episodes: Episodes;
  failures = 0;
  recoveries = 0;
  context = 0;
  readonly #byPair: RowsByPair;
  readonly #gapMs: number;
  /** By the number of a basis. */
  readonly #bases = new Uint32Array(BASES.length);
  /** Where the failures of the first instant stand, and those of the last: [from, to) of all rows by pair. */
  readonly #first: Run = { from: 0, to: 0 };
  readonly #last: Run = { from: 0, to: 0 };

  constructor(byPair: RowsByPair, gapMs: number) {
    this.#byPair = byPair;
    this.#gapMs = gapMs;
    this.episodes = new Episodes(gapMs, byPair.fast?.episodes);
  }

  /** Goes on to the pair at a rank. */
  read(rank: number): void {
    const { starts, fast } = this.#byPair;
    const [from, to] = [starts[rank]!, starts[rank + 1]!];
    if (fast !== undefined) this.#take(fast, from, to);
    else this.#tell(from, to);
  }

  #take({ loops, facts }: FastRows, from: number, to: number): void {
    const { epochMs, marks } = this.#byPair;
    loops.tell(from, to, epochMs.byteOffset, marks.byteOffset, this.#gapMs);
    this.failures = facts[0]!;
    this.recoveries = facts[1]!;
    this.context = facts[2]!;
    for (let basis = 0; basis < BASES.length; basis++) this.#bases[basis] = facts[3 + basis]!;
    this.episodes.total = facts[6]!;
    setRun(this.#first, facts[7]!, facts[8]!);
    setRun(this.#last, facts[9]!, facts[10]!);
  }

  #tell(from: number, to: number): void {
    const byPair = this.#byPair;
    this.episodes.restart();
    this.failures = 0;
    this.recoveries = 0;
    this.context = 0;
    this.#bases.fill(0);
    for (let place = from; place < to; place++) {
      const epochMs = byPair.epochMs[place]!;
      const kind = byPair.kindAt(place);
      if (kind === FAILURE) this.#addFailure(place, epochMs, byPair.clockAt(place));
      else if (kind === RECOVERY) this.#addRecovery(epochMs);
      else this.context += 1;
    }
  }

  #addFailure(place: number, epochMs: number, clock: Clock): void {
    this.#witness(place, epochMs, clock);
    this.failures += 1;
    if (Number.isNaN(epochMs)) return;
    this.#bases[basisNumberOf(clock)]! += 1;
    this.episodes.add(epochMs, clock);
  }

  #addRecovery(epochMs: number): void {
    this.recoveries += 1;
    if (!Number.isNaN(epochMs)) this.episodes.recover();
  }

  /** Failures of one instant stand together; those without time are the last, which only count where no other does. */
  #witness(place: number, epochMs: number, clock: Clock): void {
    if (this.failures === 0) {
      setRun(this.#first, place, place + 1);
      setRun(this.#last, place, place + 1);
      return;
    }
    if (this.#isOfRun(this.#first, epochMs, clock)) this.#first.to = place + 1;
    if (this.#isOfRun(this.#last, epochMs, clock)) this.#last.to = place + 1;
    else if (!Number.isNaN(epochMs)) setRun(this.#last, place, place + 1);
  }

  #isOfRun({ from }: Run, epochMs: number, clock: Clock): boolean {
    const byPair = this.#byPair;
    return Object.is(epochMs, byPair.epochMs[from]) && nanosOf(clock) === nanosOf(byPair.clockAt(from));
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
    return { first: pointerTo(rows, this.#least(rows)), last: pointerTo(rows, this.#greatest(rows)) };
  }

  #least(rows: LedgerRows): number {
    const { rows: places } = this.#byPair;
    let least = places[this.#first.from]!;
    for (let place = this.#first.from + 1; place < this.#first.to; place++) {
      if (comparePositions(rows, places[place]!, least) < 0) least = places[place]!;
    }
    return least;
  }

  #greatest(rows: LedgerRows): number {
    const { rows: places } = this.#byPair;
    let greatest = places[this.#last.from]!;
    for (let place = this.#last.from + 1; place < this.#last.to; place++) {
      if (comparePositions(rows, places[place]!, greatest) > 0) greatest = places[place]!;
    }
    return greatest;
  }
}

interface Run {
  from: number;
  to: number;
}

function setRun(run: Run, from: number, to: number): void {
  run.from = from;
  run.to = to;
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
