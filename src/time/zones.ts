import { IANAZone } from 'luxon';
import { EvpairError } from '../model/index.js';
import { isUtcName, type LocalZone, UTC_ZONE, type ZonedSeconds } from './local-zone.js';

/**
 * The rules of an IANA time zone. This module imports luxon (45 ms), so only a driver that was given a zone other than
 * UTC loads it. luxon is asked for offsets alone: its own reading of a local time takes, where the clock showed it
 * twice, the offset in force on the day the program runs.
 * @throws EvpairError `ERR_USAGE` when there is no such zone.
 */
export function createZone(name: string): LocalZone {
  if (isUtcName(name)) return UTC_ZONE;
  if (!IANAZone.isValidZone(name)) {
    throw new EvpairError('ERR_USAGE', `No time zone is named ${JSON.stringify(name)}.`, {
      hint: 'Use an IANA name such as Europe/Berlin or America/New_York; Windows names such as "W. Europe Standard Time" are none.',
    });
  }
  return new OffsetZone(name);
}

const DAY = 86_400;
/** A year of days fits many times over; hostile dates cannot make it grow. */
const MAX_DAYS_KEPT = 4096;

/** What the clock does around one local day: at `at` (UTC seconds) the offset goes from `before` to `after`. */
interface DayRule {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

class OffsetZone implements LocalZone {
  readonly name: string;
  readonly #zone: IANAZone;
  readonly #days = new Map<number, DayRule>();

  constructor(name: string) {
    this.name = name;
    this.#zone = IANAZone.create(name);
  }

  toInstant(localSeconds: number): ZonedSeconds {
    const { at, before, after } = this.#ruleOf(Math.floor(localSeconds / DAY));
    const early = localSeconds - before;
    if (before === after) return { seconds: early };
    const late = localSeconds - after;
    const isEarlyReal = early < at;
    const isLateReal = late >= at;
    if (isEarlyReal && isLateReal) return { seconds: early, note: 'ambiguous' };
    if (isEarlyReal) return { seconds: early };
    // Neither: the clock jumped over this reading. By the offset before, it lands as far behind the gap as it was in it.
    return isLateReal ? { seconds: late } : { seconds: early, note: 'skipped' };
  }

  /** No zone changes its offset twice within the three days that a local day can touch in UTC. */
  #ruleOf(localDay: number): DayRule {
    const known = this.#days.get(localDay);
    if (known !== undefined) return known;
    let low = (localDay - 1) * DAY;
    let high = (localDay + 2) * DAY;
    const before = this.#offset(low);
    const after = this.#offset(high);
    if (before !== after) {
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (this.#offset(middle) === before) low = middle;
        else high = middle;
      }
    }
    const rule = { at: high, before, after };
    if (this.#days.size >= MAX_DAYS_KEPT) this.#days.clear();
    this.#days.set(localDay, rule);
    return rule;
  }

  #offset(utcSeconds: number): number {
    return Math.round(this.#zone.offset(utcSeconds * 1000) * 60);
  }
}
