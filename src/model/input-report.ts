import type { TimeBasis } from './instant.js';

/** What one input was and held; the last item that a reader emits for it. */
export interface InputReport {
  readonly type: 'input';
  readonly path: string;
  /** A format name, `unknown`, or `empty`. */
  readonly format: string;
  /** The encoding as an IANA name in lower case, such as `utf-8`, `utf-16le`, `windows-1252`. */
  readonly encoding: string;
  /** Decompressed size. */
  readonly bytes: number;
  /** Framed events: in XML each `<Event` start tag, in CSV each logical record after the header, in NDJSON each non-blank line. */
  readonly events: number;
  /** How many of `events` were counted by framing alone, since no definition could want them. */
  readonly unparsed: number;
  /** How many of `events` could not be read (each is a reject too). */
  readonly malformed: number;
  /** All rejects: malformed events and regions of bytes between events. */
  readonly rejects: number;
  /** Events that hold no time, among those parsed. */
  readonly withoutTime: number;
  /** The zone that local times were read in; absent when every time carried its zone. */
  readonly timezone?: { readonly name: string; readonly basis: TimeBasis };
  readonly dateOrder?: {
    readonly order: DateOrder;
    readonly basis: 'found' | 'given' | 'assumed';
    /** True: of the instants that carry `alternative`, the alternative holds; otherwise their `epochMs` does. */
    readonly swap?: boolean;
  };
  /** Warnings by code, with how often each arose. */
  readonly warnings: Readonly<Record<string, number>>;
  /** How the messages of its recognised events were inverted; correlation adds it. */
  readonly coverage?: readonly CoverageLine[];
  /** Selected events left out because a bound on time was set and they hold no time; correlation adds it. */
  readonly excludedWithoutTime?: number;
  /** Lower-case hexadecimal SHA-256 of the input as stored, with `--hash`. */
  readonly sha256?: string;
  /** False when reading stopped before the input's end (an I/O error, a signal, a limit). */
  readonly isComplete: boolean;
}

/** How the messages of one kind of event were inverted. */
export interface CoverageLine {
  readonly provider: string;
  readonly event_id: number;
  readonly exact: number;
  readonly ambiguous: number;
  readonly none: number;
}

export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** A fact worth telling the user once; its count by code stands in the input's report. */
export interface Warning {
  readonly type: 'warning';
  /** Stable, in kebab-case. */
  readonly code: string;
  readonly input?: string;
  /** One sentence with what to do about it. Holds no raw log text. */
  readonly message: string;
}
