export type { EventRecord } from './event-record.js';
export { EvpairError, type EvpairErrorCode } from './evpair-error.js';
export type { Failure, Unpaired } from './failure.js';
export {
  firstLabel,
  isHost,
  isIpLiteral,
  isLocalHost,
  isSameHost,
  isUrl,
  namesHost,
  normaliseHost,
} from './host-name.js';
export type { CoverageLine, DateOrder, InputReport, Warning } from './input-report.js';
export type { Instant, TimeBasis } from './instant.js';
export { Payoff } from './payoff.js';
export type { Position } from './position.js';
export type { Reject, RejectReason } from './reject.js';
export {
  NOT_TAKEN,
  type NumberedTexts,
  type Repeat,
  type RepeatsOf,
  type Variation,
  type VariationsOf,
} from './repeat.js';
export { isSelected, type SelectedProvider, type Selection } from './selection.js';
export type {
  EpisodeColumns,
  Evidence,
  PairEnd,
  PairGone,
  PairSummary,
  RunInput,
  RunSummary,
  ValueCounts,
} from './summaries.js';
export { CHANNEL_PLACE, COMPUTER_PLACE, type TextAt, type VariedEvent, type VariedFailure } from './varied-event.js';

import type { EventRecord } from './event-record.js';
import type { Failure, Unpaired } from './failure.js';
import type { InputReport, Warning } from './input-report.js';
import type { Reject } from './reject.js';

/** What readers emit: for each input its events and rejects in order of position, then one `InputReport`. */
export type ReadItem = EventRecord | Reject | Warning | InputReport;

/** What the extractor emits: an event's outcomes stand together; events that no definition recognised are gone. */
export type ExtractItem = Failure | Unpaired | Reject | Warning | InputReport;
export type { Mutable } from './mutable.js';
