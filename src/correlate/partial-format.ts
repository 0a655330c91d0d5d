import type { InputReport, TimeBasis } from '../model/index.js';
import type { Outline } from './outlines.js';

/** The first line of a partial ledger. */
export interface PartialHeader {
  readonly type: 'partial';
  readonly schema_version: 1;
  /** Of what changes extraction: definitions, templates, times, encodings, dedupe. */
  readonly config_hash: string;
  /** What the final run line repeats: tool, options, definitions. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly inputs: readonly PartialInput[];
}

export interface PartialInput {
  readonly path: string;
  /** `all`, or `from-to` in bytes. */
  readonly range: string;
  readonly size: number;
  /** Recognised events with identity, copies included. */
  readonly identified: number;
  readonly report: InputReport;
}

/** What many rows say; rows refer to it by `n`, counted from 0. */
export interface WrittenContribution {
  readonly type: 'contribution';
  readonly n: number;
  readonly kind: Outline['kind'];
  readonly definition: string;
  readonly provider: string;
  readonly event_id: number;
  readonly channel?: string;
  readonly observer?: string;
  /** Of events without a pair; those with one have all that follows. */
  readonly reason?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly recognized_by?: Outline['recognizedBy'];
  readonly extracted_from?: Outline['extractedFrom'];
  readonly certainty?: Outline['certainty'];
  readonly damaged?: readonly string[];
  readonly placeholders?: readonly (readonly [name: string, value: string])[];
  readonly attributes?: readonly (readonly [name: string, value: string])[];
}

/** The name of an input; rows refer to it by `n`, counted from 0. */
export interface WrittenInputName {
  readonly type: 'input_name';
  readonly n: number;
  readonly name: string;
}

export interface WrittenRow {
  readonly type: 'row';
  /** The contribution's number. */
  readonly c: number;
  /** Copies of the event are known by its computer, channel, record ID and second. */
  readonly id?: true;
  /** Epoch milliseconds, nanoseconds past them, digits given, basis. */
  readonly t?: readonly [epochMs: number, nanos: number, digits: number, basis: TimeBasis];
  /** The record ID. */
  readonly r?: string;
  /** The input name's number, offset, length. */
  readonly at: readonly [input: number, offset: number, length: number];
}

/** The last line: what stood before it. */
export interface PartialEnd {
  readonly type: 'partial_end';
  readonly rows: number;
  readonly contributions: number;
  readonly inputs: number;
  /** Of the lines before, each with its line end. */
  readonly sha256: string;
}
