import type { ByteWindow } from '../bytes/byte-window.js';
import type { DateOrder, EventRecord, InputReport, Reject, Selection, Warning } from '../model/index.js';
import type { LocalZone } from '../time/local-zone.js';
import type { ColumnMap } from './tool-csv/columns.js';

/**
 * Reads one format: `frame` (find an event's byte range), `prefilter` (this range cannot match: drop it unread), `parse`
 * (the one strict parser). Synchronous, without I/O; the same answers for any cut of the bytes into windows.
 */
export interface FormatReader {
  /**
   * Reads as many whole events as `window.bytes[window.start, window.end)` holds, emits them, and releases what it has
   * done with. What it leaves unreleased comes back in the next call with more bytes behind it, unless `isLast`, when
   * everything must be dealt with. Never keeps a reference into the window: it is overwritten.
   */
  read(window: ByteWindow, isLast: boolean, emit: (item: EventRecord | Reject | Warning) => void): void;
  /** After the last `read`: what the input was and held, without what only the driver knows. */
  report(): FormatReport;
}

export type FormatReport = Omit<InputReport, 'type' | 'path' | 'bytes' | 'sha256' | 'isComplete'>;

/** What every reader is told. */
export interface ReadOptions {
  /** The input's name for positions and messages. */
  readonly input: string;
  /** Which events anyone wants. Default: all. */
  readonly selection?: Selection | undefined;
  /** Parse every event, also those that nobody wants, so that malformed insides are seen. Default: false. */
  readonly parseAll?: boolean | undefined;
  /** The longest event in bytes; a longer one is rejected. Default: 16 MiB. */
  readonly maxEventBytes?: number | undefined;
  /** Keep a reject's bytes in the `Reject`. Default: false. */
  readonly keepRejectBytes?: boolean | undefined;
  /** Also read what lies in the slack of .evtx chunks and in chunks that have lost their mark. Default: false. */
  readonly recover?: boolean | undefined;
  /** IANA name of the encoding, overruling detection. For 8-bit forms it is the fallback where bytes are no UTF-8. Default: detected, then windows-1252. */
  readonly encoding?: string | undefined;
  /** IANA time zone of local times. Default: UTC, with basis `assumed`. */
  readonly timezone?: string | undefined;
  /** The rules of `timezone`, from `createZone`; needed when `timezone` is given and is not UTC. */
  readonly zone?: LocalZone | undefined;
  /** Order of day, month and year in local dates. Default: found from the input. */
  readonly dateOrder?: DateOrder | undefined;
  /** What the columns of a CSV mean, from `parseColumns`; the input is then read as `tool-csv`. Default: found from the headers. */
  readonly columns?: ColumnMap | undefined;
  /** The computer's name, for exports that carry none. */
  readonly computer?: string | undefined;
  /** How bytes are searched; every choice gives the same answers. Default: the fastest there is. */
  readonly search?: 'simd' | 'indexof' | 'plain' | undefined;
  /** False: the prefilter is not used and every event is parsed before it is dropped (a test's plain path). Default: true. */
  readonly prefilter?: boolean | undefined;
}

export const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024;
