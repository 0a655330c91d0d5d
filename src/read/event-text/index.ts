import type { ByteWindow } from '../../bytes/byte-window.js';
import { type EventRecord, isSelected, type Reject, type Warning } from '../../model/index.js';
import { LocalTimes } from '../../time/local-times.js';
import {
  DEFAULT_MAX_EVENT_BYTES,
  type FormatReader,
  type FormatReport,
  type ReadOptions,
  SHIFTED,
} from '../format-reader.js';
import { EventStarts, LONGEST_LABEL_LINE } from './event-starts.js';
import { labelOf, languageOf } from './labels.js';
import { parseEventText } from './parse-text.js';
import { ShiftedLines } from './shifted-lines.js';
import { TextSource } from './text-source.js';

type Emit = (item: EventRecord | Reject | Warning) => void;

/**
 * Reads events as Event Viewer's "Copy details as text" and `wevtutil qe /f:text` write them, in the languages of
 * `labels.ts`, many in one file. An event starts at a line with the label of the log's name that a line with the label
 * of the source follows (with wevtutil, at the heading before it) and runs to the next such place.
 */
export function createEventTextReader(options: ReadOptions): FormatReader {
  return new EventTextReader(options);
}

/** How sure it is that the head of an input is such text: a log's name and a source on neighbouring lines. */
export function detectEventText(head: string): number {
  const lines = head.split(/\r?\n/, 2000);
  for (let at = 1; at < lines.length; at++) {
    if (labelOf(lines[at - 1]!)?.field === 'log' && labelOf(lines[at]!)?.field === 'source') {
      const hasId = lines.slice(at + 1, at + 9).some(line => labelOf(line)?.field === 'eventId');
      return hasId ? (at <= 3 ? 0.9 : 0.5) : 0.2;
    }
  }
  return 0;
}

/** The language of an event's first label; wevtutil's heading stands before it. */
function firstLanguage(text: string): string | undefined {
  for (const line of text.split('\n', 2)) {
    const language = languageOf(line);
    if (language !== undefined) return language;
  }
  return undefined;
}

class EventTextReader implements FormatReader {
  readonly #options: ReadOptions;
  readonly #source: TextSource;
  /** Made at the first event, whose labels tell the language and with it the likely order of dates. */
  #times: LocalTimes | undefined;
  #emit: Emit = () => {};
  /** Offset of the line that is being looked for; all lines before it were seen. */
  #lineStart = 0;
  #scanned = 0;
  /** Offset of the event at hand; -1 before the first. */
  #eventStart = -1;
  /** Offset of the first line that is no event, before the first event; -1 when none. */
  #regionStart = -1;
  #starts = new EventStarts();
  /** Looks into the line at hand, once it is long. */
  #shifted: ShiftedLines | undefined;
  readonly #warnings = new Map<string, number>();
  #events = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#source = new TextSource(options);
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#emit = emit;
    const source = this.#source;
    if (!source.take(window, isLast)) return;
    let at = Math.max(this.#scanned - source.base, source.start);
    while (at < source.end || (isLast && this.#lineStart < source.end + source.base)) {
      const { units, end } = source;
      while (at < end && units[at] !== 0x0a) at += 1;
      const isEnd = at === end;
      if (this.#resumeShifted(at + source.base, isEnd && isLast)) {
        at = this.#scanned - source.base;
        continue;
      }
      if (isEnd && !isLast) break;
      this.#takeLine(this.#lineStart, at + source.base);
      at = Math.min(at + 1, end);
      this.#lineStart = at + source.base;
      this.#shifted = undefined;
    }
    this.#scanned = at + source.base;
    if (isLast) this.#finish(source.end + source.base);
    const needed = this.#firstNeeded() - source.base;
    source.release(Math.min(Math.max(needed, source.start), source.end));
  }

  report(): FormatReport {
    const { ambiguous, skipped } = this.#times?.notes() ?? { ambiguous: 0, skipped: 0 };
    if (ambiguous > 0) this.#warnings.set('ambiguous-local-time', ambiguous);
    if (skipped > 0) this.#warnings.set('skipped-local-time', skipped);
    return {
      format: 'event-text',
      encoding: this.#source.encoding,
      events: this.#events,
      unparsed: 0,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      ...this.#times?.report(),
      warnings: Object.fromEntries(this.#warnings),
    };
  }

  /** The offset of the first unit that must stay: an event's, unless it is too long anyway. */
  #firstNeeded(): number {
    const line = this.#scanned - this.#lineStart > LONGEST_LABEL_LINE ? this.#scanned : this.#lineStart;
    const pending = Math.min(
      this.#starts.candidate >= 0 ? this.#starts.candidate : line,
      this.#shifted?.needed ?? this.#scanned,
    );
    // What ends where an event starts half a unit off is not longer for what was looked at behind it.
    const reached = this.#shifted?.needed ?? this.#scanned;
    if (this.#eventStart >= 0) return this.#isOverlong(this.#eventStart, reached) ? pending : this.#eventStart;
    return this.#regionStart >= 0 && !this.#isOverlong(this.#regionStart, reached) ? this.#regionStart : pending;
  }

  #isOverlong(from: number, to: number): boolean {
    return (to - from) * this.#source.unitBytes > (this.#options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES);
  }

  #takeLine(from: number, to: number): void {
    const source = this.#source;
    const start = from - source.base;
    const isShort = to - from <= LONGEST_LABEL_LINE && start >= source.start;
    const line = isShort ? this.#lineText(start, to - source.base) : undefined;
    if (this.#starts.takes(from, line)) {
      this.#open(this.#starts.candidate);
      this.#starts.candidate = -1;
    }
    if (this.#eventStart < 0 && this.#regionStart < 0 && line?.trim() !== '') this.#regionStart = from;
  }

  /** Of a line of UTF-16 that reaches to `to`: goes on where an event starts in it half a unit off. False when none does. */
  #resumeShifted(to: number, isEnd: boolean): boolean {
    const source = this.#source;
    if (source.unitBytes === 1 || (!isEnd && to - this.#lineStart <= LONGEST_LABEL_LINE)) return false;
    this.#shifted ??= new ShiftedLines(this.#lineStart, this.#starts.isHeaded);
    const start = this.#shifted.find(source, to, isEnd);
    if (start < 0) return false;
    if (this.#eventStart < 0 && this.#regionStart < 0) this.#regionStart = this.#lineStart;
    this.#closeShifted(start);
    source.realign(start - source.base);
    this.#shifted = undefined;
    this.#starts = new EventStarts(this.#starts.isHeaded);
    this.#eventStart = -1;
    this.#regionStart = -1;
    this.#lineStart = start;
    this.#scanned = start;
    return true;
  }

  /** What stands before the second byte of the unit at `to` is damaged, whatever it is. */
  #closeShifted(to: number): void {
    const isEvent = this.#eventStart >= 0;
    const from = isEvent ? this.#eventStart : this.#regionStart;
    if (isEvent) this.#events += 1;
    this.#reject(isEvent ? 'malformed' : 'no-event', SHIFTED, from, to, isEvent, true);
  }

  /** A line by itself; only whether it bears a label matters, so an undecided encoding does no harm. */
  #lineText(start: number, end: number): string {
    this.#source.begin(start, end);
    return this.#source.decode(start, end).replace(/\r$/, '');
  }

  #open(offset: number): void {
    this.#close(offset);
    this.#eventStart = offset;
    this.#regionStart = -1;
  }

  #finish(end: number): void {
    this.#close(end);
    this.#eventStart = -1;
    this.#regionStart = -1;
    if (this.#source.hasHalf) this.#reject('truncated', 'half a code unit at the end', end, end, false, true);
  }

  /** Ends what stands before `to`: the event at hand, or the lines before the first one. */
  #close(to: number): void {
    const from = this.#eventStart >= 0 ? this.#eventStart : this.#regionStart;
    if (from < 0 || from >= to) return;
    if (this.#eventStart < 0) {
      this.#reject('no-event', 'these lines before the first event are none', from, to, false);
      return;
    }
    this.#events += 1;
    if (this.#isOverlong(from, to)) {
      this.#reject('too-long', 'the event is longer than the limit (--max-event-bytes)', from, to, true);
      return;
    }
    this.#parse(from, this.#trimmed(from, to));
  }

  #trimmed(from: number, to: number): number {
    const { units, base } = this.#source;
    let end = to;
    while (end > from && isBlank(units[end - 1 - base] ?? 0)) end -= 1;
    return end;
  }

  #parse(from: number, to: number): void {
    const source = this.#source;
    const { selection, input, computer } = this.#options;
    const before = source.fallbackEvents;
    source.begin(from - source.base, to - source.base);
    const isFallback = source.fallbackEvents > before;
    const text = source.decode(from - source.base, to - source.base);
    this.#times ??= new LocalTimes({ ...this.#options, language: firstLanguage(text) });
    const parsed = parseEventText(text, this.#times);
    const { fields } = parsed;
    if (fields !== undefined && !isSelected(selection, fields.provider, fields.eventId)) return;
    if (parsed.fault !== undefined || fields === undefined) {
      this.#reject(parsed.fault ?? 'malformed', parsed.fault === undefined ? '' : parsed.detail, from, to, true);
      return;
    }
    if (isFallback) {
      this.#warn(
        'encoding-fallback',
        'some events are no valid UTF-8 and were read in the fallback code page; name the right one with --encoding',
      );
    }
    if (fields.time === undefined) this.#withoutTime += 1;
    else if (fields.time.basis === 'assumed') {
      this.#warn('local-time', 'some times are local and name no zone; give it with --timezone');
    }
    this.#emit({
      type: 'event',
      ...fields,
      ...(fields.computer === undefined && computer !== undefined ? { computer } : {}),
      position: { input, offset: source.byteOffset(from), length: (to - from) * source.unitBytes },
    });
  }

  /** @param withHalf the first half of the unit at `to` belongs to it. */
  #reject(
    reason: Reject['reason'],
    detail: string,
    from: number,
    to: number,
    isEvent: boolean,
    withHalf = false,
  ): void {
    const source = this.#source;
    this.#rejects += 1;
    if (isEvent) this.#malformed += 1;
    const start = from - source.base;
    // Of what is too long the window keeps nothing, so that any cut into windows gives the same.
    const isKept = this.#options.keepRejectBytes === true && !this.#isOverlong(from, to);
    this.#emit({
      type: 'reject',
      reason,
      detail,
      position: {
        input: this.#options.input,
        offset: source.byteOffset(from),
        length: (to - from) * source.unitBytes + (withHalf ? 1 : 0),
      },
      isEvent,
      ...(isKept ? { bytes: source.bytesOf(start, start + to - from, withHalf) } : {}),
    });
  }

  #warn(code: string, message: string): void {
    const count = (this.#warnings.get(code) ?? 0) + 1;
    this.#warnings.set(code, count);
    if (count === 1) this.#emit({ type: 'warning', code, input: this.#options.input, message });
  }
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0;
}
