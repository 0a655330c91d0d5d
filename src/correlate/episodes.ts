import { type Clock, compareClarity, nanosOf } from './clock.js';

/** A run of failures: its first and last instant, each with the clock of the failure that tells it best. */
export interface Episode {
  readonly firstMs: number;
  firstClock: Clock;
  lastMs: number;
  lastClock: Clock;
  count: number;
}

const MAX_KEPT = 1000;

/** The episodes of a pair, from its failures and recoveries in order of time. Holds the first 1,000, and counts all. */
export class Episodes {
  readonly #gapMs: number;
  #current: Episode | undefined;
  #isOpen = false;
  readonly kept: Episode[] = [];
  total = 0;

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  /** The one that is going on or was the last, whether it is kept or not. */
  get last(): Episode | undefined {
    return this.#current;
  }

  add(epochMs: number, clock: Clock): void {
    const current = this.#current;
    if (current !== undefined) {
      if (current.lastMs === epochMs && nanosOf(current.lastClock) === nanosOf(clock)) {
        // A recovery of this instant stands after all its failures, so the episode is still open.
        current.count += 1;
        if (compareClarity(clock, current.lastClock) < 0) this.#tellBetter(current, clock);
        return;
      }
      if (this.#isOpen && isWithin(current, epochMs, clock, this.#gapMs)) {
        current.lastMs = epochMs;
        current.lastClock = clock;
        current.count += 1;
        return;
      }
    }
    const episode = { firstMs: epochMs, firstClock: clock, lastMs: epochMs, lastClock: clock, count: 1 };
    this.#current = episode;
    this.#isOpen = true;
    this.total += 1;
    if (this.total <= MAX_KEPT) this.kept.push(episode);
  }

  /** The pair recovered: the next failure begins an episode. */
  recover(): void {
    this.#isOpen = false;
  }

  #tellBetter(episode: Episode, clock: Clock): void {
    if (episode.firstMs === episode.lastMs && nanosOf(episode.firstClock) === nanosOf(clock))
      episode.firstClock = clock;
    episode.lastClock = clock;
  }
}

function isWithin({ lastMs, lastClock }: Episode, epochMs: number, clock: Clock, gapMs: number): boolean {
  const ms = epochMs - lastMs;
  return ms < gapMs || (ms === gapMs && nanosOf(clock) <= nanosOf(lastClock));
}
