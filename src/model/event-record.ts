import type { Instant } from './instant.js';
import type { Position } from './position.js';

/** One event of a log, as any export gives it. Optional fields are absent where the form does not hold them. */
export interface EventRecord {
  readonly type: 'event';
  /** The provider's name; in text exports what the "Source" column holds. Empty when the export has none. */
  readonly provider: string;
  /** The low 16 bits of the event identifier. */
  readonly eventId: number;
  readonly channel?: string;
  /** The machine that logged the event, as spelt. */
  readonly computer?: string;
  /** Decimal digits; a string because record IDs may pass 2^53. */
  readonly recordId?: string;
  /** 0 LogAlways, 1 Critical, 2 Error, 3 Warning, 4 Information, 5 Verbose. */
  readonly level?: number;
  /** The high 16 bits of the event identifier of classic providers. */
  readonly qualifiers?: number;
  readonly time?: Instant;
  /** `%1` is `[0]`; empty ones keep their place. Absent when the export holds only the rendered message. */
  readonly insertions?: readonly string[];
  /** The Data names, parallel to `insertions`; names may repeat. Absent when no value has a name. */
  readonly names?: readonly (string | undefined)[];
  /**
   * True when the export has put the values in another order (by name, or none): only `names` place them, and `%n` must
   * not be taken from their index.
   */
  readonly isUnordered?: boolean;
  /** The rendered message. */
  readonly message?: string;
  /** The language of `message` as a BCP 47 tag, where the export tells. */
  readonly culture?: string;
  readonly position: Position;
}
