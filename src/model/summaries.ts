import type { CoverageLine, InputReport } from './input-report.js';
import type { TimeBasis } from './instant.js';

/** One end of a pair. */
export interface PairEnd {
  /** Normalised, and joined with its fully qualified name where exactly one fits. */
  readonly host: string;
  /** As the evidence spelt it, by code units. */
  readonly names: readonly string[];
}

/** What is written for a pair. The keys are those of the output, in their order; see the JSON Schema `pair`. */
export interface PairSummary {
  readonly type: 'pair';
  readonly schema_version: 1;
  /** With `--follow`: how many times this pair (definition, source, destination) was written, with this line. */
  readonly revision?: number;
  readonly definition: string;
  readonly source: PairEnd;
  readonly destination: PairEnd;
  /** Present when source and destination are one machine. */
  readonly self?: true;
  readonly observers: readonly string[];
  readonly count: number;
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly time_basis: Readonly<Partial<Record<TimeBasis, number>>>;
  readonly episodes: readonly { readonly start: string; readonly end: string; readonly count: number }[];
  readonly episodes_total: number;
  readonly placeholders: Readonly<Record<string, ValueCounts>>;
  readonly attributes: Readonly<Record<string, ValueCounts>>;
  readonly recognized_by: Readonly<Record<string, number>>;
  readonly extracted_from: Readonly<Record<string, number>>;
  readonly ambiguous: number;
  readonly damaged: number;
  readonly recoveries: number;
  readonly context: number;
  /** Failures of the same definition from destination to source. */
  readonly reverse_count: number;
  readonly evidence: { readonly first: Evidence; readonly last: Evidence };
}

/** The episodes of a pair in columns, which the pair after it takes over; the first `kept` places hold them. */
export interface EpisodeColumns {
  readonly kept: number;
  /** In epoch milliseconds. */
  readonly firstMs: Float64Array;
  /** What else is known of the time: as `packClock` packs it. */
  readonly firstClocks: Uint32Array;
  readonly lastMs: Float64Array;
  readonly lastClocks: Uint32Array;
  /** How many failures. */
  readonly counts: Uint32Array;
}

/**
 * What `--follow` writes for a pair that it wrote before and that is there no more: its input was rotated or rewritten, or
 * its hosts were joined with others.
 */
export interface PairGone {
  readonly type: 'pair_gone';
  readonly schema_version: 1;
  readonly revision: number;
  readonly definition: string;
  readonly source: { readonly host: string };
  readonly destination: { readonly host: string };
}

export interface ValueCounts {
  /** The most frequent, equals by code units. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** How many failures have a value that is not listed. */
  readonly other_count?: number;
}

/** Where an event stands, so that it can be read again. */
export interface Evidence {
  readonly input: string;
  readonly event_id: number;
  readonly channel?: string;
  readonly record_id?: string;
  readonly offset: number;
  readonly length: number;
}

/** The accounting of a run. `duplicates` to `not_selected` are the buckets; their sum is `events`. */
export interface RunSummary {
  readonly type: 'run';
  readonly schema_version: 1;
  readonly tool: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly definitions: readonly { readonly name: string; readonly version: number; readonly sha256: string }[];
  readonly inputs: readonly RunInput[];
  readonly events: number;
  readonly failures: number;
  readonly recoveries: number;
  readonly context: number;
  readonly no_pair: number;
  readonly duplicates: number;
  readonly not_extracted: number;
  readonly not_selected: number;
  /** (event, definition) failures: the sum of `count` over all pairs before `--min-count`. */
  readonly extracted: number;
  readonly unparsed: number;
  readonly rejects: number;
  /** How many of `events` could not be read; they are in `rejects` and in `not_selected`. */
  readonly malformed: number;
  readonly ambiguous: number;
  /** Failures without time; they are in no episode. */
  readonly without_time: number;
  /** Selected events that `--since` or `--until` left out because they hold no time; they are in `not_selected`. */
  readonly excluded_without_time: number;
  /**
   * Failures that may be copies: without identity, and equal to another failure in all contents and, to the second, in
   * time. Of a group of equals all count but one, and all where one of the group has an identity.
   */
  readonly possible_duplicates: number;
  readonly coverage?: readonly CoverageLine[];
  readonly warnings: Readonly<Record<string, number>>;
  /** False when a signal or an error ended the reading early, or an input could not be opened. */
  readonly complete: boolean;
}

/** An input's report with what correlation knows of it. */
export interface RunInput extends Omit<InputReport, 'type'> {
  readonly failures: number;
}
