import type { Failure, Unpaired } from './failure.js';

// Places of an event's texts: these two, and n + 1 for the insertion `%n`.
export const CHANNEL_PLACE = 0;
export const COMPUTER_PLACE = 1;

/** What events make that are like one of which it is known, and differ from it in texts. */
export interface VariedEvent {
  readonly failures: readonly VariedFailure[];
  /** Where it makes no failure: what it makes, told with its own computer. */
  readonly unpaired: readonly Unpaired[];
  /** All places that decide what such an event makes, or are told of it; ascending. */
  readonly places: readonly number[];
  /**
   * Whether an event with this text at a place makes the same as far as that text decides, told with its own texts. Where
   * that holds of each place, and the parts of each two that are `apart` differ, it makes that.
   */
  isAlike(place: number, text: string): boolean;
  readonly apart: readonly (readonly [TextAt, TextAt])[];
}

/** A failure, and where in its event its texts come from. */
export interface VariedFailure {
  readonly failure: Failure;
  readonly source: TextAt;
  readonly destination: TextAt;
  readonly placeholders: Readonly<Record<`%${number}`, TextAt>>;
  readonly attributes: Readonly<Record<string, TextAt>>;
}

export interface TextAt {
  readonly place: number;
  /** What is told of the text there; absent: all of it. */
  readonly part?: ((text: string) => string) | undefined;
}
