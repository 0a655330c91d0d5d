import { type Clock, compareClarity, nanosOf } from './clock.js';

/** The failures of one instant. */
export interface FailureInstant {
  readonly epochMs: number;
  /** Of the failure that tells the time best. */
  clock: Clock;
}

export interface Episode {
  readonly first: FailureInstant;
  last: FailureInstant;
  count: number;
}

const MAX_KEPT = 1000;

/** The episodes of a pair, from its failures and recoveries in order of time. Holds the first 1,000, and counts all. */
export class Episodes {
  readonly #gapMs: number;
  #open: Episode | undefined;
  readonly kept: Episode[] = [];
  total = 0;
  first: FailureInstant | undefined;
  last: FailureInstant | undefined;

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  add(epochMs: number, clock: Clock): void {
    const { last } = this;
    if (last !== undefined && last.epochMs === epochMs && nanosOf(last.clock) === nanosOf(clock)) {
      if (compareClarity(clock, last.clock) < 0) last.clock = clock;
      // A recovery of this instant stands after all its failures, so the episode is still open.
      this.#open!.count += 1;
      return;
    }
    const instant: FailureInstant = { epochMs, clock };
    this.first ??= instant;
    if (this.#open !== undefined && isWithin(this.#open.last, instant, this.#gapMs)) {
      this.#open.last = instant;
      this.#open.count += 1;
    } else {
      this.#open = { first: instant, last: instant, count: 1 };
      this.total += 1;
      if (this.kept.length < MAX_KEPT) this.kept.push(this.#open);
    }
    this.last = instant;
  }

  /** The pair recovered: the next failure begins an episode. */
  recover(): void {
    this.#open = undefined;
  }
}

function isWithin(earlier: FailureInstant, later: FailureInstant, gapMs: number): boolean {
  const ms = later.epochMs - earlier.epochMs;
  return ms < gapMs || (ms === gapMs && nanosOf(later.clock) <= nanosOf(earlier.clock));
}
