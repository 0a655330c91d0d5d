import type { Position } from './position.js';

/** Bytes that could not be read as an event, with the reason and where they stood. */
export interface Reject {
  readonly type: 'reject';
  readonly reason: RejectReason;
  /** One sentence for the person at the terminal: what was expected and what was found. Holds no raw log text. */
  readonly detail: string;
  readonly position: Position;
  /** 1-based physical line, for line-oriented forms. */
  readonly line?: number;
  /** True when the bytes are a framed event (it then counts in `events` and `malformed`), false for bytes between events. */
  readonly isEvent: boolean;
  /** The bytes themselves, at most `maxEventBytes`; present when the reader was asked to keep them (`--rejects`). */
  readonly bytes?: Uint8Array;
}

/**
 * - `truncated`: the input ends inside the event
 * - `cut-off`: another event starts inside the event
 * - `malformed`: the event's inside breaks the format
 * - `too-long`: the event is longer than `maxEventBytes`
 * - `no-event`: bytes between events that are no event
 * - `unknown-format`: the whole input is in no form that evpair knows
 * - `form-not-read`: a form that evpair knows by name and does not read
 * - `date-order`: a local date that contradicts the date order found for the input
 * - `limit`: a limit against hostile input stopped the reader (ratio, depth, count)
 */
export type RejectReason =
  | 'truncated'
  | 'cut-off'
  | 'malformed'
  | 'too-long'
  | 'no-event'
  | 'unknown-format'
  | 'form-not-read'
  | 'date-order'
  | 'limit';
