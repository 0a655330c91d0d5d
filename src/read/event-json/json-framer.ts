import { isRecordLine, isSpace, RECORD_LINE_LENGTH, trimmedEnd } from './between-events.js';
import { BREAKS, ENDED, JsonElement, WRAPS, type Wrapping } from './json-element.js';
import type { JsonUnits } from './json-tokens.js';

/** What the framer finds. Indices are into the units handed to `frame`, offsets count units from the input's start. */
export interface FrameSink {
  /** A whole element or line, which the strict parser has yet to read. */
  event(from: number, to: number): void;
  /**
   * Of lines: told where one starts. May count whole lines from there on by itself, as long as each is surely an event
   * that is not too long. Returns the index of the line that is the next one.
   */
  skipLines(from: number, end: number): number;
  /** An event that cannot be read; `from` and `to` are offsets, the units may be gone. */
  brokenEvent(reason: 'malformed' | 'truncated' | 'too-long' | 'limit', from: number, to: number): void;
  /** Units between events that are no event, as offsets. */
  region(from: number, to: number): void;
}

/**
 * Cuts JSON into events: one rule for arrays, objects one after another (in lines or pretty-printed), a single object,
 * and objects that wrap an array of events (`{"Records":[…]}`).
 *
 * Two modes. Where the first object stands alone on its line, the input is NDJSON: each non-blank line is an event,
 * found by its line feed alone, and no line can swallow its neighbour. Otherwise brackets and strings are followed, and
 * an object that breaks JSON ends before the next place where one can start: it costs itself only. Every unit is looked
 * at a bounded number of times; the answers do not depend on where the input was cut into windows.
 */
export class JsonFramer {
  /** Arrays and wrappers that were opened and not closed. */
  openBrackets = 0;
  readonly #maxLength: number;
  readonly #keepsRegions: boolean;
  #scanned = 0;
  #isLines = false;
  #mode: 'undecided' | 'deciding' | 'decided' = 'undecided';
  /** After an object of several lines amid NDJSON the next line feed leads back to lines. */
  #returnsToLines = false;
  #state: State = GAP;
  /** Blanks since the line's start, or -1 after anything else. */
  #indent = 0;
  #regionStart = -1;
  #regionEnd = -1;
  #lineStart = 0;
  #braceAt = 0;
  #braceIndent = 0;
  #beforeBrace: State = GAP;
  /** The object at hand, or the one that was broken. */
  readonly #element: JsonElement;
  readonly #wrappers: (Wrapping & { readonly brackets: number })[] = [];
  /** Of lines: where the one at hand starts. */
  #lineFrom = 0;

  /** The offset at or after which the next line ends the reading, and where that was. */
  readonly #stopAt: number;
  #stopped = -1;

  /**
   * @param maxLength the longest event in units.
   * @param range where to stop, and for a range amid NDJSON the offset of the line that it begins with.
   * @param keepsRegions keep what is no event, up to the length of the longest, for the sink to look at once more.
   */
  constructor(
    maxLength: number,
    range: { readonly stopAt: number; readonly lineAt: number | undefined } | undefined,
    keepsRegions: boolean,
  ) {
    this.#maxLength = maxLength;
    this.#keepsRegions = keepsRegions;
    this.#element = new JsonElement(maxLength);
    this.#stopAt = range?.stopAt ?? Infinity;
    if (range?.lineAt === undefined) return;
    this.#isLines = true;
    this.#mode = 'decided';
    this.#lineFrom = range.lineAt;
    this.#scanned = range.lineAt;
  }

  /** Where the line starts that it stopped in front of, with nothing pending; -1 while it reads. */
  get stoppedAt(): number {
    return this.#stopped;
  }

  /**
   * Frames what `units[start, end)` holds; `base` is the offset of index 0. Returns the index up to which the units are
   * done with: the rest must come again, with more behind it. With `isLast` everything is dealt with.
   */
  frame(units: JsonUnits, start: number, end: number, base: number, isLast: boolean, sink: FrameSink): number {
    if (this.#stopped >= 0) return start;
    for (;;) {
      const before = this.#scanned;
      const wasLines = this.#isLines && !this.#returnsToLines;
      if (wasLines) this.#frameLines(units, start, end, base, isLast, sink);
      else this.#frameElements(units, start, end, base, sink);
      if (wasLines === (this.#isLines && !this.#returnsToLines)) break;
      if (this.#scanned === before && base + end === before) break;
    }
    if (isLast) this.#finish(end + base, sink);
    const needed = this.#firstNeeded() - base;
    return needed > start ? Math.min(needed, end) : start;
  }

  /** The offset where an event or region starts that is not finished; -1 between events. */
  get unfinishedFrom(): number {
    if (this.#isLines && !this.#returnsToLines) return this.#lineFrom;
    if (this.#regionStart >= 0) return this.#regionStart;
    return this.#state === GAP ? -1 : this.#element.start;
  }

  /** The offset of the first unit that must stay in the window. */
  #firstNeeded(): number {
    if (this.#isLines && !this.#returnsToLines)
      return this.#isOverlong(this.#lineFrom) ? this.#scanned : this.#lineFrom;
    const { start } = this.#element;
    switch (this.#state) {
      case GAP:
        return this.#keepsRegions && this.#regionStart >= 0 ? this.#regionStart : this.#scanned;
      case GARBAGE:
        if (this.#keepsRegions) return this.#isOverlong(this.#regionStart) ? this.#scanned : this.#regionStart;
        return this.#scanned - this.#lineStart > RECORD_LINE_LENGTH ? this.#scanned : this.#lineStart;
      case BRACE:
        if (this.#beforeBrace !== GARBAGE) return this.#isOverlong(start) ? this.#braceAt : start;
        return this.#keepsRegions && this.#braceAt - this.#regionStart <= this.#maxLength
          ? this.#regionStart
          : this.#braceAt;
      default:
        return this.#isOverlong(start) ? this.#scanned : start;
    }
  }

  /** Whether the lines before have left nothing behind. */
  get #isClean(): boolean {
    return this.openBrackets === 0 && this.#wrappers.length === 0 && this.#regionStart < 0;
  }

  #isOverlong(from: number): boolean {
    return this.#scanned - from > this.#maxLength;
  }

  #frameLines(units: JsonUnits, start: number, end: number, base: number, isLast: boolean, sink: FrameSink): void {
    // Uint8Array.indexOf has no upper bound: a view ends where the input does.
    const view =
      units instanceof Uint8Array
        ? Buffer.from(units.buffer, units.byteOffset, end)
        : new Uint16Array(units.buffer, units.byteOffset, end);
    let at = Math.max(this.#scanned - base, start);
    let from = this.#lineFrom - base;
    while (at < end || (isLast && from < end)) {
      const stop = this.#stopAt - base;
      if (from >= stop && this.#isClean) {
        this.#stopped = from + base;
        return;
      }
      if (at === from) {
        at = from = sink.skipLines(from, from < stop ? Math.min(end, stop) : end);
        this.#lineFrom = from + base;
        if (at >= end) break;
        if (at >= stop && this.#isClean) continue;
      }
      const found = view.indexOf(0x0a, at);
      if (found < 0 && !isLast) {
        at = end;
        break;
      }
      const to = found < 0 ? end : found;
      at = found < 0 ? end : found + 1;
      if (to - from > this.#maxLength) {
        sink.brokenEvent('too-long', from + base, to + base);
      } else if (this.#takeLine(view, from, to, sink)) {
        // A line that holds nothing but `{` starts an object of several lines.
        this.#scanned = from + base;
        this.#lineFrom = from + base;
        this.#returnsToLines = true;
        this.#state = GAP;
        this.#indent = 0;
        return;
      }
      from = at;
      this.#lineFrom = from + base;
    }
    this.#scanned = at + base;
    this.#lineFrom = from + base;
  }

  /** Hands on a line; true when it only opens an object. */
  #takeLine(units: JsonUnits, from: number, to: number, sink: FrameSink): boolean {
    let first = from;
    let last = to;
    while (first < last && isSpace(units[first]!)) first += 1;
    while (last > first && isSpace(units[last - 1]!)) last -= 1;
    if (first === last || isRecordLine(units, first, last)) return false;
    if (last - first === 1 && units[first] === 0x7b) return true;
    sink.event(first, last);
    return false;
  }

  #frameElements(units: JsonUnits, start: number, end: number, base: number, sink: FrameSink): void {
    let at = Math.max(this.#scanned - base, start);
    while (at < end) {
      const unit = units[at]!;
      switch (this.#state) {
        case GAP: {
          // Kept no longer than what may be an event.
          if (this.#keepsRegions && at + base - this.#regionStart > this.#maxLength) this.#flushRegion(sink);
          if (unit === 0x0a) {
            this.#indent = 0;
            if (this.#returnsToLines || this.#mode === 'deciding') {
              if (this.#mode === 'deciding') this.#flushRegion(sink);
              this.#mode = 'decided';
              this.#isLines = true;
              this.#returnsToLines = false;
              this.#lineFrom = at + 1 + base;
              this.#scanned = at + 1 + base;
              return;
            }
          } else if (isSpace(unit)) {
            if (this.#indent >= 0) this.#indent += 1;
          } else if (unit === 0x7b) {
            if (this.#mode === 'deciding') this.#mode = 'decided';
            this.#flushRegion(sink);
            this.#open(at + base, this.#indent);
          } else {
            if (this.#mode === 'deciding') this.#mode = 'decided';
            this.#indent = -1;
            if (unit === 0x5b) this.openBrackets += 1;
            else if (unit === 0x5d && this.openBrackets > 0) this.#closeBracket(at + base, sink);
            else if (unit !== 0x2c && unit !== 0x5d) {
              if (this.#regionStart < 0) this.#regionStart = at + base;
              this.#lineStart = at + base;
              this.#state = GARBAGE;
            }
          }
          at += 1;
          break;
        }
        case GARBAGE: {
          if (unit === 0x0a) {
            this.#endGarbageLine(units, at, start, base, sink);
            continue;
          }
          if (unit === 0x7b) this.#awaitQuote(at + base, -1);
          at += 1;
          break;
        }
        case BRACE: {
          if (isSpace(unit) && at + base - this.#braceAt <= this.#maxLength) {
            at += 1;
          } else if (unit === 0x22) {
            if (this.#beforeBrace === GARBAGE) this.#regionEnd = this.#braceAt;
            else this.#endBroken(sink);
            this.#flushRegion(sink);
            this.#open(this.#braceAt, this.#braceIndent);
          } else {
            this.#state = this.#beforeBrace;
            this.#indent = -1;
          }
          break;
        }
        case BROKEN: {
          if (unit === 0x0a) {
            this.#indent = 0;
          } else if (isSpace(unit)) {
            if (this.#indent >= 0) this.#indent += 1;
          } else if (unit === 0x7b && this.#canStart()) {
            this.#awaitQuote(at + base, this.#indent);
          } else {
            this.#indent = -1;
            this.#element.last = unit;
            if (unit !== 0x2c) this.#element.lastAt = at + base;
          }
          at += 1;
          break;
        }
        default:
          at = this.#scanElement(units, at, start, end, base, sink);
      }
    }
    this.#scanned = at + base;
  }

  /** Goes on inside an object. @returns the index to go on at. */
  #scanElement(units: JsonUnits, from: number, start: number, end: number, base: number, sink: FrameSink): number {
    const element = this.#element;
    const stop = element.scan(units, from, start, end, base, this.#wrappers.length < MAX_WRAPPERS);
    const at = element.stoppedAt;
    if (stop === ENDED) {
      this.#close(at, base, sink);
    } else if (stop === BREAKS) {
      this.#state = BROKEN;
      this.#indent = element.indent;
    } else if (stop === WRAPS) {
      this.#wrappers.push({ ...element.wrapping(), brackets: this.openBrackets });
      this.openBrackets += 1;
      this.#open(at + base, element.indent);
      return at + 1;
    }
    return at;
  }

  #open(offset: number, indent: number): void {
    this.#state = ELEMENT;
    this.#element.open(offset, indent);
  }

  #close(to: number, base: number, sink: FrameSink): void {
    this.#state = GAP;
    this.#indent = -1;
    const { start, hasLineBreak, isTooDeep, isWrapperTail } = this.#element;
    if (isWrapperTail) return;
    if (this.#mode === 'undecided') {
      const isAlone = !hasLineBreak && this.openBrackets === 0 && this.#wrappers.length === 0;
      this.#mode = isAlone ? 'deciding' : 'decided';
    }
    const end = to + base;
    if (end - start > this.#maxLength) sink.brokenEvent('too-long', start, end);
    else if (isTooDeep) sink.brokenEvent('limit', start, end);
    else sink.event(start - base, to);
  }

  /** Whether a `{` here can be the start of another event while the one before it is broken. */
  #canStart(): boolean {
    const { startIndent, last } = this.#element;
    if (startIndent >= 0) return this.#indent >= 0 && this.#indent <= startIndent;
    return this.#indent >= 0 || [0x2c, 0x5b, 0x5d, 0x7d].includes(last);
  }

  #awaitQuote(offset: number, indent: number): void {
    this.#beforeBrace = this.#state;
    this.#state = BRACE;
    this.#braceAt = offset;
    this.#braceIndent = indent;
  }

  #endBroken(sink: FrameSink): void {
    const { start, lastAt, isWrapperTail } = this.#element;
    const end = lastAt + 1;
    if (isWrapperTail) sink.region(start, end);
    else sink.brokenEvent(end - start > this.#maxLength ? 'too-long' : 'malformed', start, end);
  }

  #endGarbageLine(units: JsonUnits, at: number, start: number, base: number, sink: FrameSink): void {
    this.#state = GAP;
    const lineStart = this.#lineStart - base;
    if (lineStart >= start && isRecordLine(units, lineStart, trimmedEnd(units, lineStart, at))) {
      // What was no event before this line stays one region; the line itself is known framing.
      if (this.#regionStart === this.#lineStart) this.#regionStart = -1;
      this.#flushRegion(sink);
    } else {
      this.#regionEnd = at + base;
    }
  }

  #flushRegion(sink: FrameSink): void {
    if (this.#regionStart >= 0) sink.region(this.#regionStart, this.#regionEnd);
    this.#regionStart = -1;
  }

  #closeBracket(offset: number, sink: FrameSink): void {
    this.openBrackets -= 1;
    const wrapper = this.#wrappers.at(-1);
    if (wrapper === undefined || wrapper.brackets !== this.openBrackets) return;
    this.#wrappers.pop();
    this.#flushRegion(sink);
    this.#state = ELEMENT;
    this.#element.reopen(offset, wrapper);
  }

  #finish(end: number, sink: FrameSink): void {
    if (this.#isLines && !this.#returnsToLines) return;
    const state = this.#state === BRACE ? this.#beforeBrace : this.#state;
    if (state === BROKEN) {
      this.#endBroken(sink);
    } else if (state === ELEMENT) {
      const { start, isWrapperTail } = this.#element;
      if (isWrapperTail) this.openBrackets += 1;
      else sink.brokenEvent(end - start > this.#maxLength ? 'too-long' : 'truncated', start, end);
    } else if (state === GARBAGE) {
      this.#regionEnd = end;
    }
    this.#flushRegion(sink);
  }
}

type State = typeof GAP | typeof GARBAGE | typeof BRACE | typeof BROKEN | typeof ELEMENT;
const GAP = 0;
const GARBAGE = 1;
const BRACE = 2;
const BROKEN = 3;
const ELEMENT = 4;

const MAX_WRAPPERS = 8;
