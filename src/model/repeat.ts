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

/** Texts by number. A number may come to stand for another text. */
export interface NumberedTexts {
  /** Above all numbers. */
  readonly count: number;
  /** By number: raised each time that it comes to stand for another text. */
  readonly versions: Uint32Array;
  text(number: number): string;
}

/** Takes events that differ from an earlier one in their texts too, as long as it knows what they make. */
export interface Variation {
  /** Of which places it wants the texts' numbers, ascending: 0 is the channel, 1 the computer, n + 1 the insertion `%n`. */
  readonly places: readonly number[];
  /**
   * As `Repeat.add`. `numbers` holds from `from` on the numbers of the texts at those places.
   * @returns false when it does not know what the event makes: then it is to be emitted.
   */
  add(
    input: string,
    epochMs: number,
    nanos: number,
    digits: number,
    recordId: number,
    offset: number,
    length: number,
    numbers: Uint16Array,
    from: number,
  ): boolean;
  /** Takes repeats of the event that was added last. */
  repeat(): Repeat;
}

/** Asked of an event that was emitted; undefined: events like it are to be emitted. Their messages are not told. */
export type VariationsOf = (event: EventRecord, texts: NumberedTexts) => Variation | undefined;

/** Asked of an event that was emitted and whose texts have come again; undefined: the repeats are to be emitted too. */
export type RepeatsOf = (event: EventRecord) => Repeat | undefined;
