/** The rules of a time zone: turns the wall clock of an export into a point in time. */
export interface LocalZone {
  /** The IANA name. */
  readonly name: string;
  /**
   * @param localSeconds the wall clock's reading as seconds since 1970-01-01T00:00:00 on that clock, whole.
   * @returns the instant. A reading that the clock showed twice takes the earlier instant; one that it skipped moves
   *   forward by the gap. Never depends on the present.
   */
  toInstant(localSeconds: number): ZonedSeconds;
}

export interface ZonedSeconds {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  readonly note?: 'ambiguous' | 'skipped';
}

export const UTC_ZONE: LocalZone = { name: 'UTC', toInstant: seconds => ({ seconds }) };

/** True for the names of the zone that needs no rules. */
export function isUtcName(name: string): boolean {
  return /^(utc|z|gmt|etc\/(utc|gmt|uct|zulu|universal|greenwich))$/i.test(name);
}
