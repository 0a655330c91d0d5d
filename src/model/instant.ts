/**
 * A point in time as an event export gave it. Windows logs 100 ns; a JavaScript Date holds only milliseconds, so two
 * events of one millisecond would swap.
 */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z, whole, rounded down. */
  readonly epochMs: number;
  /** Nanoseconds past `epochMs`, 0 to 999,999. */
  readonly nanos: number;
  /** How many digits of the second's fraction the evidence gave, 0 to 9. */
  readonly digits: number;
  /** Where the zone came from: the export itself, the user (`--timezone`), or nowhere (UTC is assumed). */
  readonly basis: TimeBasis;
  /**
   * The other reading in epoch milliseconds, while the input's date order is still undecided (day-month or month-day);
   * `epochMs` is then the reading under the default order. Which one holds is known at the input's end:
   * `InputReport.dateOrder.swap` says it, and `resolveInstant` applies it.
   */
  readonly alternative?: number;
}

export type TimeBasis = 'export' | 'given' | 'assumed';
