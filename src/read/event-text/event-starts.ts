import { isEventHeading, labelOf } from './labels.js';

/** A line longer than this starts no event. */
export const LONGEST_LABEL_LINE = 512;

/** Tells by the lines of a text, given one after the other, where an event starts. */
export class EventStarts {
  /** Offset where an event may start; -1 when nowhere. */
  candidate = -1;
  /** Whether headings part the events: a log's name alone starts none then. */
  isHeaded: boolean;
  #awaits: 'log' | 'source' | undefined;
  #hasStarted = false;

  constructor(isHeaded = false) {
    this.isHeaded = isHeaded;
  }

  /**
   * Takes the line at `from`, undefined when it is too long; true when an event starts at `candidate` for sure, which the
   * caller then clears.
   */
  takes(from: number, line: string | undefined): boolean {
    const field = line === undefined ? undefined : labelOf(line)?.field;
    const awaited = this.#awaits;
    this.#awaits = undefined;
    if (line !== undefined && isEventHeading(line)) {
      this.candidate = from;
      this.#awaits = 'log';
      this.isHeaded ||= !this.#hasStarted;
    } else if (awaited === 'log' && field === 'log') {
      this.#awaits = 'source';
    } else if (awaited === 'source' && field === 'source') {
      this.#hasStarted = true;
      return true;
    } else if (field === 'log' && !this.isHeaded) {
      this.candidate = from;
      this.#awaits = 'source';
    }
    if (this.#awaits === undefined) this.candidate = -1;
    return false;
  }
}
