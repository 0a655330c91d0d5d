import { isSpace } from './between-events.js';
import { MAX_DEPTH } from './json-document.js';
import type { JsonUnits } from './json-tokens.js';

/** Where the scan of an object stopped: with the units at hand, behind its end, where it breaks JSON, or at an event in it. */
export type ElementStop = typeof MORE | typeof ENDED | typeof BREAKS | typeof WRAPS;
export const MORE = 0;
export const ENDED = 1;
export const BREAKS = 2;
/** The object wraps an array of events, and one of these begins here. */
export const WRAPS = 3;

/** What is left open around the events of an array that an object wraps. */
export interface Wrapping {
  readonly parents: Uint8Array;
  readonly depth: number;
}

/** Follows strings and brackets inside an object, over any number of windows. */
export class JsonElement {
  /** Where it starts, as an offset. */
  start = 0;
  /** Blanks between the line's start and its brace, or -1 where something else stands there. */
  startIndent = 0;
  /** Blanks since the line's start, or -1 after anything else. */
  indent = 0;
  /** The last unit outside strings that is no blank, and its offset. */
  last = 0;
  lastAt = 0;
  hasLineBreak = false;
  isTooDeep = false;
  /** It is the rest of an object behind the array of events that it wrapped. */
  isWrapperTail = false;
  /** The index at which `scan` stopped. */
  stoppedAt = 0;
  readonly #maxLength: number;
  /** The object's members do not stand deeper than its brace, so that indentation tells nothing of it. */
  #isFlat = false;
  #extraDepth = 0;
  #depth = 0;
  readonly #parents = new Uint8Array(MAX_DEPTH + 2);
  #inString = false;
  #isEscaped = false;
  #stringStart = 0;
  #stringEnd = 0;
  #wrapperDepth = -1;

  /** @param maxLength the longest event in units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Begins at the brace at an offset. */
  open(offset: number, indent: number): void {
    this.start = offset;
    this.startIndent = indent;
    this.indent = -1;
    this.last = 0x7b;
    this.lastAt = offset;
    this.hasLineBreak = false;
    this.isTooDeep = false;
    this.isWrapperTail = false;
    this.#isFlat = false;
    this.#extraDepth = 0;
    this.#depth = 1;
    this.#parents[1] = 0x7b;
    this.#inString = false;
    this.#isEscaped = false;
    this.#wrapperDepth = -1;
  }

  /** Goes on behind the array of events that an object wrapped, which ends at an offset. */
  reopen(offset: number, { parents, depth }: Wrapping): void {
    this.open(offset, -1);
    this.isWrapperTail = true;
    this.#parents.set(parents);
    this.#depth = depth;
    this.last = 0x5d;
  }

  /** What is open around the event at which the scan stopped with WRAPS. */
  wrapping(): Wrapping {
    return { parents: this.#parents.slice(0, this.#depth), depth: this.#depth - 1 };
  }

  /**
   * Scans on from an index. `start` is that of the first unit that is still there, `base` the offset of index 0, `wraps`
   * whether an array here may be one of events.
   */
  scan(units: JsonUnits, from: number, start: number, end: number, base: number, wraps: boolean): ElementStop {
    let at = from;
    while (at < end) {
      if (this.#inString) {
        if (this.#isEscaped) {
          this.#isEscaped = false;
          at += 1;
          continue;
        }
        while (at < end && IN_STRING[units[at]!] !== 1) at += 1;
        if (at === end) break;
        const unit = units[at]!;
        if (unit === 0x22) {
          this.#inString = false;
          this.#stringEnd = at + base;
          this.last = unit;
          this.lastAt = at + base;
          at += 1;
        } else if (unit === 0x5c) {
          this.#isEscaped = true;
          at += 1;
        } else {
          return this.#stop(BREAKS, at);
        }
        continue;
      }
      const unit = units[at]!;
      if (unit === 0x0a) {
        this.hasLineBreak = true;
        this.indent = 0;
        at += 1;
        continue;
      }
      if (isSpace(unit)) {
        if (this.indent >= 0) this.indent += 1;
        at += 1;
        continue;
      }
      const isObject = this.#parents[this.#depth] === 0x7b;
      const { last } = this;
      switch (unit) {
        case 0x22:
          if (last !== 0x7b && last !== 0x2c && last !== 0x3a && last !== 0x5b) return this.#stop(BREAKS, at);
          if (last === 0x7b && this.#depth === 1) this.#isFlat = this.indent >= 0 && this.indent <= this.startIndent;
          this.#inString = true;
          this.#stringStart = at + 1 + base;
          break;
        case 0x7b:
        case 0x5b: {
          if (unit === 0x7b && last === 0x5b && this.#wrapperDepth === this.#depth) return this.#stop(WRAPS, at);
          const startsLine = unit === 0x7b && this.indent >= 0 && this.startIndent >= this.indent && !this.#isFlat;
          const isLegal = last === 0x3a || (!isObject && (last === 0x5b || last === 0x2c));
          if (startsLine || (!isLegal && this.#extraDepth === 0)) return this.#stop(BREAKS, at);
          if (unit === 0x5b && last === 0x3a && wraps && this.#isWrapperKey(units, start, base)) {
            this.#wrapperDepth = this.#depth + 1;
          }
          if (this.#depth > MAX_DEPTH) {
            this.isTooDeep = true;
            this.#extraDepth += 1;
          } else {
            this.#depth += 1;
            this.#parents[this.#depth] = unit;
          }
          break;
        }
        case 0x7d:
        case 0x5d:
          if (this.#extraDepth > 0) {
            this.#extraDepth -= 1;
            break;
          }
          if (isObject !== (unit === 0x7d)) return this.#stop(BREAKS, at);
          this.#depth -= 1;
          if (this.#depth === 0) return this.#stop(ENDED, at + 1);
          break;
        default:
      }
      this.indent = -1;
      this.last = unit;
      this.lastAt = at + base;
      at += 1;
    }
    return this.#stop(MORE, at);
  }

  #stop(stop: ElementStop, at: number): ElementStop {
    if (stop === BREAKS) {
      this.#inString = false;
      this.#isEscaped = false;
    }
    this.stoppedAt = at;
    return stop;
  }

  /** `[` after a key that wraps events, at the level where the tools that write it have it. */
  #isWrapperKey(units: JsonUnits, start: number, base: number): boolean {
    const keys = WRAPPER_KEYS[this.#depth];
    if (keys === undefined) return false;
    const from = this.#stringStart - base;
    const to = this.#stringEnd - base;
    // Of an object that is too long already the key may have left the window.
    if (from < start || to - from > 16 || this.#stringEnd - this.start >= this.#maxLength) return false;
    return keys.includes(String.fromCharCode(...units.subarray(from, to)));
  }
}

/**
 * By depth. Microsoft Graph and Azure answers (`value`), CloudTrail-like archives (`Records`), Splunk (`results`),
 * OTLP/JSON, Elasticsearch (`hits.hits`), osquery snapshots and batches, event XML turned into JSON (`Events.Event`).
 */
const WRAPPER_KEYS: readonly (readonly string[] | undefined)[] = [
  undefined,
  [
    ...['Events', 'events', 'Records', 'records', 'value', 'results', 'rows', 'logs', 'items', 'data', 'snapshot'],
    ...['resourceLogs', 'scopeLogs', 'logRecords'],
  ],
  ['hits', 'Event', 'added'],
];

/** What ends a run of units inside a string: the quote, the escape, and line breaks, which no JSON string holds. */
const IN_STRING = new Uint8Array(256);
for (const unit of [0x22, 0x5c, 0x0a, 0x0d]) IN_STRING[unit] = 1;
