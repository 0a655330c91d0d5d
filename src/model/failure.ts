import type { Instant } from './instant.js';
import type { Position } from './position.js';

/** An event that a definition recognised, with its placeholders extracted. */
export interface Failure {
  readonly type: 'failure';
  /** A recovery ends an episode and is no failure; context is reported beside the pair. */
  readonly kind: 'failure' | 'recovery' | 'context';
  /** The pair definition's name. */
  readonly definition: string;
  readonly provider: string;
  readonly eventId: number;
  readonly channel?: string;
  readonly recordId?: string;
  readonly time?: Instant;
  /** The machine that tried, as the evidence spells it. */
  readonly source: string;
  /** The machine it failed to reach or to convince, as the evidence spells it. */
  readonly destination: string;
  /** The machine that logged the event, as the evidence spells it. */
  readonly observer?: string;
  /** By `%n`; those that the definition names. */
  readonly placeholders: Readonly<Record<`%${number}`, string>>;
  /** Further named values of the definition, such as a status code. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly recognizedBy: 'event_id' | 'message' | 'shape';
  readonly extractedFrom: 'data' | 'message';
  readonly certainty: 'exact' | 'ambiguous';
  /** The placeholders whose text an encoding destroyed. */
  readonly damaged?: readonly string[];
  readonly position: Position;
}

/** An event that a definition recognised and that yields no pair. */
export interface Unpaired {
  readonly type: 'unpaired';
  /**
   * `no_pair`: an end is absent, local, or outside the definition's `when`. `not_extracted`: the values could not be
   * recovered from the message.
   */
  readonly bucket: 'no_pair' | 'not_extracted';
  /** Why, as a stable code such as `source-absent`, `local`, `when`, `message-not-inverted`. */
  readonly reason: string;
  readonly definition: string;
  readonly provider: string;
  readonly eventId: number;
  readonly channel?: string;
  readonly recordId?: string;
  readonly observer?: string;
  readonly time?: Instant;
  readonly position: Position;
}
