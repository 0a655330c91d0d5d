import type { InputSource, MissingInput, ReadInputOptions, Reject, Warning } from '../src/index.js';

/** What every command is given: the inputs, where its data goes, and whom to tell. No command touches the process. */
export interface Command {
  readonly inputs: readonly InputSource[];
  /** Arguments that name nothing; they are told and counted, the rest is read. */
  readonly missing: readonly MissingInput[];
  readonly read: Omit<ReadInputOptions, 'selection' | 'onLine'>;
  readonly output: Sink;
  /** The run line's place where the data's own form has none (table, CSV). */
  readonly runOutput: Sink;
  readonly tell: Teller;
}

/** Takes lines without their line ends; `drain` gives a promise when the reader is slow. */
export interface Sink {
  line(text: string): void;
  drain(): Promise<void> | undefined;
}

/** Whom a command tells of what it could not read. */
export interface Teller {
  reject(reject: Reject): void;
  warning(warning: Warning): void;
}

/** How a command ended; the command line makes an exit status of it. */
export interface Outcome {
  /** Something of the inputs could not be read. */
  readonly hasRejects: boolean;
  /** Nothing at all could be read. */
  readonly readNothing: boolean;
  /** `--fail-on` is met. */
  readonly isOverThreshold?: boolean;
}
