import type { EventRecord } from './event-record.js';
import type { TimeBasis } from './instant.js';

/** Takes events that differ from an earlier one in time, record ID and place alone, of which no object need be made. */
export interface Repeat {
  /**
   * @param nanos past the millisecond; `digits` is how many of the fraction the export wrote.
   * @param recordId below 0 when the event has none.
   * @param offset of the event in the input, in bytes, as is `length`.
   * @param basis of the time. Default: `export`.
   * @param alternative as in `Instant`; an event with one has no record ID.
   */
  add(
    input: string,
    epochMs: number,
    nanos: number,
    digits: number,
    recordId: number,
    offset: number,
    length: number,
    basis?: TimeBasis,
    alternative?: number,
  ): void;
}

/** Stands where the repeats of an event are to be emitted. */
export const NOT_TAKEN: Repeat = { add: () => undefined };

/** Asked of an event that was emitted and whose texts have come again; undefined: the repeats are to be emitted too. */
export type RepeatsOf = (event: EventRecord) => Repeat | undefined;
