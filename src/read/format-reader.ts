import type { ByteWindow } from '../bytes/byte-window.js';
import type {
  DateOrder,
  EventRecord,
  InputReport,
  Reject,
  RepeatsOf,
  Selection,
  VariationsOf,
  Warning,
} from '../model/index.js';
import type { LocalZone } from '../time/local-zone.js';
import type { Head } from './head.js';
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
  /** Of a reader that was given a range: where it stopped, once it has. */
  stop?(): RangeStop | undefined;
  /**
   * Reads what a sweep (see `event-xml/sweep.ts`) kept: whole events and nothing else, in a window that knows where each
   * stood. `dropped` events that nobody wants stood between them. Of the forms that are swept.
   */
  readKept?(window: ByteWindow, dropped: number, emit: (item: EventRecord | Reject | Warning) => void): void;
}

/**
 * A part of an input that is read by itself. An event belongs to the range that it starts in: the reader reads on past
 * `stopAt` to the end of the last one. Its first window begins where the range does.
 */
export interface ReadRange {
  /** The units in force where the range begins; undefined at the input's first byte, where they are found. */
  readonly units: UnitEncoding | undefined;
  /** Stop in front of the first event that starts at this offset or after it. */
  readonly stopAt: number;
}

/** A place between two events, at which nothing is pending: who starts there in these units reads what one reader would. */
export interface RangeStop {
  readonly offset: number;
  readonly units: UnitEncoding;
}

/** How inputs of a form are cut into ranges. */
export interface RangeForm {
  /** Whether what a range holds never depends on the rest of the input, as local times do whose order all of it shows. */
  readonly isClosed: boolean;
  /** The units at the input's start; undefined when this input is not to be read in ranges. */
  unitsOf(head: Head, options: Pick<ReadOptions, 'encoding' | 'dateOrder'>): UnitEncoding | undefined;
  /** The first index from `from` on where an event seems to start and is seen whole; -1 when there is none. */
  startIn(bytes: Buffer, from: number, units: UnitEncoding): number;
}

/** The units of a run of text. `utf-8` stands for any 8-bit encoding. */
export type UnitEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export type FormatReport = Omit<InputReport, 'type' | 'path' | 'bytes' | 'sha256' | 'isComplete'>;

/** What every reader is told. */
export interface ReadOptions {
  /** The input's name for positions and messages. */
  readonly input: string;
  /** Which events anyone wants. Default: all. */
  readonly selection?: Selection | undefined;
  /** Parse every event, also those that nobody wants, so that malformed insides are seen. Default: false. */
  readonly parseAll?: boolean | undefined;
  /** The longest event in bytes; a longer one is rejected. Default: 16 MiB; at most `MOST_EVENT_BYTES`. */
  readonly maxEventBytes?: number | undefined;
  /** Keep a reject's bytes in the `Reject`. Default: false. */
  readonly keepRejectBytes?: boolean | undefined;
  /** Also read slack and lost chunks of .evtx, and what an .evt ring has given up. Default: false. */
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
  /**
   * Who takes events that repeat an earlier one. A reader that notices repeats asks once for each event that is repeated,
   * and then gives those repeats that have a time to what came back, instead of emitting them. Default: all are emitted.
   */
  readonly repeatsOf?: RepeatsOf | undefined;
  /** Likewise who takes events that are like an earlier one but for their texts. Default: nobody. */
  readonly variationsOf?: VariationsOf | undefined;
  /**
   * Who takes events as the lines that `writeItem` makes of them, each with its line end, and how many they are; the bytes
   * are to be copied. A reader that can write lines at once gives them instead of emitting their events, in their place
   * among what it emits. Default: all are emitted.
   */
  readonly onEventLines?: ((lines: Uint8Array, count: number) => void) | undefined;
  /** Read this part alone. Only for formats with `ranges`. Default: the whole input. */
  readonly range?: ReadRange | undefined;
}

/** What is told of UTF-16 behind damage. */
export const SHIFTED = 'a byte was lost or added here: what follows lies half a 16-bit unit off';

export const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024;
/** The texts of a longer event may fit no string of V8 (2^29 characters) once they are escaped for printing. */
export const MOST_EVENT_BYTES = 64 * 1024 * 1024;
