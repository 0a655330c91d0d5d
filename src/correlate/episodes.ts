import type { EpisodeColumns } from '../model/index.js';
import { type Clock, compareClarity, nanosOf } from '../time/clock.js';

const MOST_KEPT = 1000;
/** One more for the latest, which may not be kept. */
const PLACES = MOST_KEPT + 1;

/**
 * The episodes of a pair, runs of failures, from its failures and recoveries in order of time. Holds the first 1,000, and
 * counts all. An episode's ends are its first and last instant, each with the clock of the failure that tells it best.
 */
export class Episodes implements EpisodeColumns {
  readonly #gapMs: number;
  readonly firstMs: Float64Array;
  readonly firstClocks: Uint32Array;
  readonly lastMs: Float64Array;
  readonly lastClocks: Uint32Array;
  readonly counts: Uint32Array;
  total = 0;
  #isOpen = false;

  /** @param columns those of whoever tells the episodes, and then how many they are, in our place. */
  constructor(gapMs: number, columns: Omit<EpisodeColumns, 'kept'> = emptyColumns()) {
    this.#gapMs = gapMs;
    this.firstMs = columns.firstMs;
    this.firstClocks = columns.firstClocks;
    this.lastMs = columns.lastMs;
    this.lastClocks = columns.lastClocks;
    this.counts = columns.counts;
  }

  /** Begins with another pair. */
  restart(): void {
    this.total = 0;
    this.#isOpen = false;
  }

  get kept(): number {
    return Math.min(this.total, MOST_KEPT);
  }

  /** The place of the one that is going on or was the last, whether it is kept or not; -1 when there is none. */
  get latest(): number {
    return Math.min(this.total, PLACES) - 1;
  }

  add(epochMs: number, clock: Clock): void {
    const latest = this.latest;
    if (latest >= 0) {
      const lastMs = this.lastMs[latest]!;
      if (lastMs === epochMs && nanosOf(this.lastClocks[latest]!) === nanosOf(clock)) {
        // A recovery of this instant stands after all its failures, so the episode is still open.
        this.counts[latest]! += 1;
        if (compareClarity(clock, this.lastClocks[latest]!) < 0) this.#tellBetter(latest, clock);
        return;
      }
      if (this.#isOpen && this.#isWithin(latest, epochMs, clock)) {
        this.lastMs[latest] = epochMs;
        this.lastClocks[latest] = clock;
        this.counts[latest]! += 1;
        return;
      }
    }
    this.#isOpen = true;
    this.total += 1;
    const place = this.latest;
    this.firstMs[place] = epochMs;
    this.firstClocks[place] = clock;
    this.lastMs[place] = epochMs;
    this.lastClocks[place] = clock;
    this.counts[place] = 1;
  }

  /** The pair recovered: the next failure begins an episode. */
  recover(): void {
    this.#isOpen = false;
  }

  #isWithin(place: number, epochMs: number, clock: Clock): boolean {
    const ms = epochMs - this.lastMs[place]!;
    return ms < this.#gapMs || (ms === this.#gapMs && nanosOf(clock) <= nanosOf(this.lastClocks[place]!));
  }

  #tellBetter(place: number, clock: Clock): void {
    const isOneInstant =
      this.firstMs[place] === this.lastMs[place] && nanosOf(this.firstClocks[place]!) === nanosOf(clock);
    if (isOneInstant) this.firstClocks[place] = clock;
    this.lastClocks[place] = clock;
  }
}

function emptyColumns(): Omit<EpisodeColumns, 'kept'> {
  return {
    firstMs: new Float64Array(PLACES),
    firstClocks: new Uint32Array(PLACES),
    lastMs: new Float64Array(PLACES),
    lastClocks: new Uint32Array(PLACES),
    counts: new Uint32Array(PLACES),
  };
}
