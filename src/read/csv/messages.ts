// What a reader of CSV warns of, and why it rejects rows.

import type { RejectReason } from '../../model/index.js';
import type { Framed } from './record-framer.js';

export const NO_COMPUTER = {
  code: 'no-computer',
  message: 'the rows name no computer that logged them; give it with --computer NAME',
};
export const TIME_UNREADABLE = 'dates in a form that evpair does not know; such events have no time';
export const TIME_AMBIGUOUS = 'times that the clock showed twice; the earlier was taken';
export const TIME_SKIPPED = 'times that the clock jumped over; they were moved forward';
export const DATE_ORDER_ASSUMED = 'no date shows which number is the day; give the order with --date-order';
export const CONTRADICTS_DATE_ORDER =
  'the date contradicts the order of day and month found before; give it with --date-order';

export const FRAMING_REJECTS: Readonly<Record<Exclude<Framed, 'whole' | 'more'>, readonly [RejectReason, string]>> = {
  broken: [
    'malformed',
    'behind a closing quote stands neither a delimiter nor a line end; the row was given up to the next line that starts like one',
  ],
  'too-long': ['too-long', 'the row is longer than --max-event-bytes'],
  'open-at-end': ['truncated', 'the input ends inside quotes'],
};

export function fallbackOf(codePage: string): string {
  return `events that are no valid UTF-8 were read as ${codePage}; name the code page with --encoding`;
}
