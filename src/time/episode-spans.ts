import type { EpisodeColumns, PairSummary } from '../model/index.js';
import { type Clock, unpackClock } from './clock.js';
import { formatInstant } from './instant-text.js';

/** The episodes that columns hold, as a summary has them. */
export function spansOf({
  kept,
  firstMs,
  firstClocks,
  lastMs,
  lastClocks,
  counts,
}: EpisodeColumns): PairSummary['episodes'] {
  return Array.from({ length: kept }, (_, at) => ({
    start: textOf(firstMs[at]!, firstClocks[at]!),
    end: textOf(lastMs[at]!, lastClocks[at]!),
    count: counts[at]!,
  }));
}

/** A time and its clock as `formatInstant` writes them. */
export function textOf(epochMs: number, clock: Clock): string {
  return formatInstant({ epochMs, ...unpackClock(clock) });
}
