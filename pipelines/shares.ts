import type {
  Coverage,
  FileRange,
  InputSource,
  PackedError,
  PackedLedger,
  RangeReading,
  Reject,
  Swept,
  TaskContext,
  Warning,
} from '../src/index.js';
import type { Outcome } from './command.js';

/** A share of the inputs, for one thread: whole inputs one after the other, or a range of one file. */
export type Share =
  | { readonly kind: 'inputs'; readonly inputs: readonly InputSource[] }
  | { readonly kind: 'range'; readonly input: InputSource; readonly range: FileRange };

/** What a share had to tell, in its order; whoever asked for it tells it on, so that the order of the inputs holds. */
export type Told =
  | Reject
  | Warning
  /** A warning that the extractor gave: it is counted and not told. */
  | { readonly type: 'noted'; readonly warning: Warning }
  /** The input at this place of the share could not be opened. */
  | { readonly type: 'failed'; readonly at: number; readonly error: PackedError };

/** How the messages of recognised events were inverted, as `ExtractCounts` has it. */
export interface ShareCounts {
  readonly coverage: readonly Coverage[];
  readonly withoutTimeExcluded: number;
}

/**
 * What came of a share. `unread`: nothing, since nobody has begun it, or since it is read faster in its turn; then so are
 * as many ranges behind it as `alike` says. `given-up`: it can only be read in its turn, because it holds lines that evpair
 * wrote, local dates whose order the whole file decides, or more rejects than are to be kept waiting.
 */
export type ShareResult =
  | { readonly kind: 'unread'; readonly alike?: number }
  | { readonly kind: 'given-up' }
  | {
      readonly kind: 'inputs';
      readonly told: readonly Told[];
      readonly ledger: PackedLedger;
      readonly outcome: Outcome;
    }
  | {
      readonly kind: 'range';
      readonly told: readonly Told[];
      readonly ledger: PackedLedger;
      readonly counts: ShareCounts;
      readonly reading: RangeReading;
    }
  /** Of a range: the events that someone may want, for a reader in its turn. */
  | { readonly kind: 'swept'; readonly swept: Swept };

/** Reads one share after the other. */
export type ShareReader = (share: Share, context: TaskContext) => Promise<ShareResult>;
