import type { InputSource, MissingInput, PairDefinition, ReadInputOptions, Reject, Warning } from '../src/index.js';

/** What every command that reads is given: its inputs, where its data goes, and whom to tell. No command touches the process. */
export interface Command {
  /** `evpair` and its version, for the run line. */
  readonly tool: string;
  readonly inputs: readonly InputSource[];
  /** Arguments that name nothing; they are told and counted, the rest is read. */
  readonly missing: readonly MissingInput[];
  readonly read: Omit<ReadInputOptions, 'selection' | 'onLine' | 'afterWindow'>;
  /** The definitions in force; undefined when the command was given none and needs none. */
  readonly definitions: readonly PairDefinition[] | undefined;
  /** What the user asked for, as the run line repeats it. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: Sink;
  readonly tell: Teller;
  /** Called before each line that evpair wrote; may throw where such lines cannot be dealt with. */
  readonly onOwnLine?: (() => void) | undefined;
}

/** Takes lines without their line ends; `drain` gives a promise when the reader is slow. */
export interface Sink {
  line(text: string): void;
  /** Takes whole lines with their line ends as bytes, which are copied. */
  lines(bytes: Uint8Array): void;
  drain(): Promise<void> | undefined;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

/** Whom a command tells of what it could not read. */
export interface Teller {
  reject(reject: Reject): void;
  warning(warning: Warning): void;
  /** An input that could not be opened or had to be given up. */
  failed(input: InputSource, error: unknown): void;
}

/** How a command ended; the command line makes an exit status of it. */
export interface Outcome {
  /** Something of the inputs could not be read. */
  readonly isIncomplete: boolean;
  /** An input is not there, could not be opened or had to be given up: no report tells of it. */
  readonly hasFailed: boolean;
  /** Nothing at all could be read. */
  readonly readNothing: boolean;
  /** The greatest count of a pair, for `--fail-on`. */
  readonly greatestCount?: number;
  /** The share of messages that were inverted exactly, for `--fail-on-coverage`; undefined when none was tried. */
  readonly exactShare?: number | undefined;
}
