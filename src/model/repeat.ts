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
  /** No slice of a longer text. */
  text(number: number): string;
}

/** Takes events that differ from an earlier one in their texts too, as long as it knows what they make. */
export interface Variation {
  /** Of which places it wants the texts' numbers, ascending: 0 is the channel, 1 the computer, n + 1 the insertion `%n`. */
  readonly places: readonly number[];
  /**
   * Says of which events it knows what they make: `numbers` holds, from each of the first `count` of `starts` on, the numbers
   * of an event's texts at those places. `known` gets a 1 for each of which it knows, else a 0. It then takes the known ones in
   * their order, before it is asked again; the others are to be emitted.
   */
  expect(numbers: Uint16Array, starts: Uint32Array, count: number, known: Uint8Array): void;
  /** As `Repeat.add`, of the next that it expects. */
  add(
    input: string,
    epochMs: number,
    nanos: number,
    digits: number,
    recordId: number,
    offset: number,
    length: number,
    basis?: TimeBasis,
  ): void;
  /** Takes repeats of the event that was added last. */
  repeat(): Repeat;
}

/** Asked of an event that was emitted; undefined: events like it are to be emitted. Their messages are not told. */
export type VariationsOf = (event: EventRecord, texts: NumberedTexts) => Variation | undefined;

/** Asked of an event that was emitted and whose texts have come again; undefined: the repeats are to be emitted too. */
export type RepeatsOf = (event: EventRecord) => Repeat | undefined;
