import type { ByteWindow } from '../../bytes/byte-window.js';
import { type EventRecord, isSelected, type Reject, type RejectReason, type Warning } from '../../model/index.js';
import { LocalTimes } from '../../time/local-times.js';
import { UTC_ZONE } from '../../time/local-zone.js';
import { DEFAULT_MAX_EVENT_BYTES, type FormatReader, type FormatReport, type ReadOptions } from '../format-reader.js';
import { HEAD_BYTES } from '../head.js';
import type { CsvForm, CsvLayout, RowEvent } from './csv-form.js';
import { FramedRow } from './framed-row.js';
import { countLineFeeds } from './line-count.js';
import { LineSearch } from './line-search.js';
import { type FindUnit, type Framed, findByIndexOf, findPlainly, RecordFramer } from './record-framer.js';
import { type Delimiter, sniffCsv } from './sniff.js';
import { TextUnits, UNIT_BYTES, type Units, unitOf } from './text-units.js';
import { WantedRows } from './wanted-rows.js';

export interface CsvReaderOptions extends ReadOptions {
  /** Default: found from the first record. */
  readonly delimiter?: Delimiter | undefined;
}

type Emit = (item: EventRecord | Reject | Warning) => void;

/**
 * Reads any form of CSV: finds the columns from the first records, frames row after row, drops unread what nobody
 * wants, and hands the rest to the form. A row that breaks the quoting, is too long, or is cut off by the input's end is
 * rejected up to the next physical line that starts like a row, and reading goes on there; so a row cut short costs
 * itself only, while a message that is quoted as it should be is never split, whatever its lines look like.
 */
export class CsvReader implements FormatReader {
  /** Units looked at in framing and in searching for a line to go on, for tests of linear time. */
  get steps(): number {
    return (this.#framer?.steps ?? 0) + this.#lineSearch.steps;
  }
  readonly #form: CsvForm;
  readonly #options: CsvReaderOptions;
  readonly #maxEventBytes: number;
  readonly #find: FindUnit;
  readonly #lineSearch = new LineSearch();
  readonly #row = new FramedRow();
  readonly #warnings = new Map<string, number>();
  #phase: 'head' | 'rows' | 'skipping' | 'unknown' = 'head';
  #text: TextUnits | undefined;
  #framer: RecordFramer | undefined;
  #layout: CsvLayout | undefined;
  #wanted: WantedRows | undefined;
  #times: LocalTimes | undefined;
  #skipped: { offset: number; line: number; reason: RejectReason; detail: string; isEvent: boolean } | undefined;
  #kept: Uint8Array[] = [];
  #keptLength = 0;
  #line = 1;
  #countedTo = 0;
  #events = 0;
  #unparsed = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;
  #fallbackEvents = 0;

  constructor(form: CsvForm, options: CsvReaderOptions) {
    this.#form = form;
    this.#options = options;
    this.#maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
    this.#find = options.search === 'plain' ? findPlainly : findByIndexOf;
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    if (this.#text === undefined) {
      if (!isLast && window.end - window.start < UNIT_BYTES) return;
      const unit = unitOf(window.bytes.subarray(window.start, window.end), this.#options.encoding);
      this.#text = new TextUnits(unit, this.#options.encoding);
      this.#countedTo = (window.start + window.origin) / this.#text.width;
    }
    const { width } = this.#text;
    const units = this.#text.of(window);
    const origin = window.origin / width;
    const end = Math.floor(window.end / width);
    let start = window.start / width;
    if (this.#phase === 'head') {
      if (!isLast && window.end - window.start < HEAD_BYTES) return;
      if (start >= end) this.#phase = 'rows';
      else start = this.#readHead(this.#text, units, start, end, origin, emit);
    }
    if (this.#phase !== 'unknown') start = this.#readRows(this.#text, units, start, end, origin, isLast, emit);
    if (this.#phase === 'unknown') start = this.#skipUnknown(units, start, end, origin, isLast, emit);
    this.#lineAt(units, start, origin);
    if (isLast) this.#finish(window, start * width, emit);
    window.release(isLast ? window.end : start * width);
  }

  report(): FormatReport {
    const local = this.#times?.report() ?? {};
    return {
      format: this.#phase === 'unknown' ? 'unknown' : this.#form.name,
      encoding: this.#text?.encodingWith(this.#fallbackEvents) ?? 'utf-8',
      events: this.#events,
      unparsed: this.#unparsed,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      ...local,
      warnings: Object.fromEntries(this.#warnings),
    };
  }

  /** @returns where the rows start. */
  #readHead(text: TextUnits, units: Units, start: number, end: number, origin: number, emit: Emit): number {
    const at = text.skipByteOrderMark(units, start, end, true);
    const headEnd = Math.min(end, start + HEAD_BYTES / text.width);
    const sniffed = sniffCsv(text.decodeLines(units, at, headEnd), this.#options.delimiter);
    const layout = sniffed === undefined ? undefined : this.#form.layout(sniffed);
    if (sniffed === undefined || layout === undefined) {
      this.#phase = 'unknown';
      this.#startSkipping(
        units,
        start,
        origin,
        'unknown-format',
        'the first line names no columns of this form',
        false,
      );
      return start;
    }
    this.#phase = 'rows';
    this.#framer = new RecordFramer(text, sniffed.delimiter, this.#maxEventBytes, this.#find);
    this.#wanted = WantedRows.of(this.#options.selection, text);
    this.#times = new LocalTimes({
      zone: this.#options.zone,
      timezone: this.#options.timezone,
      dateOrder: this.#options.dateOrder,
      language: layout.culture,
      ...(layout.timesAreUtc === true ? { zone: UTC_ZONE, basis: 'export' } : {}),
    });
    this.#useLayout(layout, emit);
    let rowsAt = text.skipLines(units, at, end, sniffed.skippedLines);
    if (layout.hasHeader) {
      const framer = new RecordFramer(text, sniffed.delimiter, HEAD_BYTES, this.#find);
      framer.frame(units, rowsAt, headEnd, true, origin);
      rowsAt += framer.length;
    }
    return rowsAt;
  }

  #useLayout(layout: CsvLayout, emit: Emit): void {
    this.#layout = layout;
    const noComputer = { code: 'no-computer', message: NO_COMPUTER };
    const isUnknown = !layout.hasComputer && this.#options.computer === undefined;
    for (const { code, message } of [...(isUnknown ? [noComputer] : []), ...(layout.warnings ?? [])]) {
      if (!this.#warnings.has(code)) this.#warnOnce(emit, code, message);
    }
  }

  /** @returns the start of what is left for the next window. */
  #readRows(
    text: TextUnits,
    units: Units,
    from: number,
    end: number,
    origin: number,
    isLast: boolean,
    emit: Emit,
  ): number {
    const framer = this.#framer!;
    let start = from;
    while (start < end) {
      if (this.#phase === 'skipping') {
        const next = this.#lineSearch.next(units, end, isLast, origin, text, this.#layout!);
        this.#keepRejected(units, start, next.at, text.width);
        start = next.at;
        if (!next.isFound) break;
        this.#endSkipping(start + origin, text.width, emit);
        continue;
      }
      const recordAt = text.skipByteOrderMark(units, start, end, isLast);
      if (recordAt < 0) break;
      if (recordAt === end) {
        start = end;
        break;
      }
      const framed = framer.frame(units, recordAt, end, isLast, origin);
      if (framed === 'more') break;
      if (framed === 'whole') {
        this.#readRow(text, units, recordAt, origin, isLast && recordAt + framer.contentLength === end, emit);
        start = recordAt + framer.length;
      } else {
        this.#phase = 'skipping';
        this.#startSkipping(units, recordAt, origin, REASONS[framed].reason, REASONS[framed].detail, true);
        this.#lineSearch.begin(recordAt + origin);
        start = recordAt;
      }
      framer.begin();
    }
    return start;
  }

  #readRow(text: TextUnits, units: Units, at: number, origin: number, endsInput: boolean, emit: Emit): void {
    const framer = this.#framer!;
    const layout = this.#layout!;
    if (framer.contentLength === 0) return;
    const row = this.#row;
    row.set(text, units, at, framer);
    if (layout.hasHeader && this.#isHeaderAgain(row, layout, emit)) return;
    this.#events += 1;
    if (framer.fieldCount < layout.fields) {
      const detail = `a row of ${framer.fieldCount} fields stands where ${layout.fields} are expected`;
      this.#rejectRow(endsInput ? 'truncated' : 'malformed', detail, text, units, at, origin, emit);
      return;
    }
    const times = this.#times!;
    if (layout.localDate >= 0 && !times.isDecided && row.dateDiffers(layout.localDate)) {
      if (!times.observe(row.asideText(layout.localDate))) row.forgetDate();
    }
    const isUnwanted =
      this.#wanted !== undefined &&
      layout.source >= 0 &&
      layout.eventId >= 0 &&
      !this.#wanted.mayWant(
        units,
        row.start(layout.source),
        row.end(layout.source),
        row.start(layout.eventId),
        row.end(layout.eventId),
      );
    const isDropped = isUnwanted && this.#options.parseAll !== true;
    if (isDropped && this.#options.prefilter !== false) {
      this.#unparsed += 1;
      return;
    }
    const isFallback = row.begin();
    const event = layout.read(row);
    if (isDropped) {
      if (typeof event === 'string') this.#unparsed += 1;
      return;
    }
    if (typeof event === 'string') {
      this.#rejectRow('malformed', event, text, units, at, origin, emit);
      return;
    }
    if (event === undefined) return;
    const instant = typeof event.time === 'string' ? times.read(event.time) : event.time;
    if (instant === 'date-order') {
      const detail = 'the date contradicts the order of day and month found before; give it with --date-order';
      this.#rejectRow('date-order', detail, text, units, at, origin, emit);
      return;
    }
    if (!isSelected(this.#options.selection, event.provider, event.eventId)) return;
    if (isFallback) this.#fallbackEvents += 1;
    if (instant === undefined || instant === 'unreadable') this.#withoutTime += 1;
    if (instant === 'unreadable') {
      this.#warnOnce(emit, 'time-unreadable', 'dates in a form that evpair does not know; such events have no time');
    }
    this.#emitEvent(event, instant, (at + origin) * text.width, framer.contentLength * text.width, emit);
  }

  #emitEvent(event: RowEvent, time: EventRecord['time'] | 'unreadable', offset: number, length: number, emit: Emit) {
    const { time: _text, notes, computer = this.#options.computer, ...rest } = event;
    for (const { code, message } of notes ?? []) this.#warnOnce(emit, code, message);
    emit({
      type: 'event',
      ...rest,
      ...(computer === undefined ? {} : { computer }),
      ...(time === undefined || time === 'unreadable' ? {} : { time }),
      position: { input: this.#options.input, offset, length },
    });
  }

  /** Exports that were appended to each other repeat the header, maybe in another language. */
  #isHeaderAgain(row: FramedRow, layout: CsvLayout, emit: Emit): boolean {
    if (row.beginsWithDigit(layout.eventId)) return false;
    const again = this.#form.layout({ delimiter: ',', skippedLines: 0, first: row.headerTexts() });
    if (again === undefined || !again.hasHeader) return false;
    this.#useLayout(again, emit);
    return true;
  }

  #rejectRow(
    reason: RejectReason,
    detail: string,
    text: TextUnits,
    units: Units,
    at: number,
    origin: number,
    emit: Emit,
  ): void {
    this.#startSkipping(units, at, origin, reason, detail, true, false);
    this.#keepRejected(units, at, at + this.#framer!.contentLength, text.width);
    this.#endSkipping(at + origin + this.#framer!.contentLength, text.width, emit);
  }

  #startSkipping(
    units: Units,
    at: number,
    origin: number,
    reason: RejectReason,
    detail: string,
    isEvent: boolean,
    countsEvent = isEvent,
  ): void {
    this.#skipped = { offset: at + origin, line: this.#lineAt(units, at, origin), reason, detail, isEvent };
    if (countsEvent) this.#events += 1;
  }

  #keepRejected(units: Units, from: number, to: number, width: number): void {
    if (this.#options.keepRejectBytes !== true) return;
    const room = this.#maxEventBytes - this.#keptLength;
    const length = Math.min(room, (to - from) * width);
    if (length <= 0) return;
    this.#kept.push(new Uint8Array(units.buffer, units.byteOffset + from * width, length).slice());
    this.#keptLength += length;
  }

  #endSkipping(to: number, width: number, emit: Emit): void {
    const { offset, line, reason, detail, isEvent } = this.#skipped!;
    this.#skipped = undefined;
    if (this.#phase === 'skipping') this.#phase = 'rows';
    this.#rejects += 1;
    if (isEvent) this.#malformed += 1;
    emit({
      type: 'reject',
      reason,
      detail,
      position: { input: this.#options.input, offset: offset * width, length: (to - offset) * width },
      line,
      isEvent,
      ...(this.#options.keepRejectBytes === true ? { bytes: Buffer.concat(this.#kept) } : {}),
    });
    this.#kept = [];
    this.#keptLength = 0;
  }

  /** An input in another form is one reject. */
  #skipUnknown(units: Units, start: number, end: number, origin: number, isLast: boolean, emit: Emit): number {
    const width = this.#text!.width;
    this.#keepRejected(units, start, end, width);
    if (isLast) this.#endSkipping(end + origin, width, emit);
    return end;
  }

  /** The 1-based physical line of an index that never goes back. */
  #lineAt(units: Units, at: number, origin: number): number {
    const from = this.#countedTo - origin;
    if (at > from) {
      this.#line += countLineFeeds(units, this.#text!.mark('\n'), from, at);
      this.#countedTo = at + origin;
    }
    return this.#line;
  }

  #finish(window: ByteWindow, at: number, emit: Emit): void {
    if (window.end > at && this.#text?.width === 2 && window.end - at === 1) {
      this.#rejects += 1;
      emit({
        type: 'reject',
        reason: 'truncated',
        detail: 'the input ends inside a 16-bit character',
        position: { input: this.#options.input, offset: window.offsetOf(at), length: 1 },
        line: this.#line,
        isEvent: false,
        ...(this.#options.keepRejectBytes === true ? { bytes: window.bytes.slice(at, window.end) } : {}),
      });
    }
    const notes = this.#times?.notes();
    this.#warnCounted(
      emit,
      'time-ambiguous',
      notes?.ambiguous,
      'times that the clock showed twice; the earlier was taken',
    );
    this.#warnCounted(
      emit,
      'time-skipped',
      notes?.skipped,
      'times that the clock jumped over; they were moved forward',
    );
    this.#warnCounted(
      emit,
      'encoding-fallback',
      this.#fallbackEvents,
      `events that are no valid UTF-8 were read as ${this.#text?.fallbackName}; name the code page with --encoding`,
    );
    if (this.#times?.report().dateOrder?.basis === 'assumed') {
      this.#warnOnce(
        emit,
        'date-order-assumed',
        'no date shows which number is the day; give the order with --date-order',
      );
    }
  }

  /** Emitted the first time, counted each time. */
  #warnOnce(emit: Emit, code: string, message: string): void {
    const count = this.#warnings.get(code) ?? 0;
    this.#warnings.set(code, count + 1);
    if (count === 0) emit({ type: 'warning', code, input: this.#options.input, message });
  }

  #warnCounted(emit: Emit, code: string, count: number | undefined, message: string): void {
    if (count === undefined || count === 0) return;
    this.#warnOnce(emit, code, message);
    this.#warnings.set(code, count);
  }
}

const NO_COMPUTER = 'the rows name no computer that logged them; give it with --computer NAME';

const REASONS: Readonly<Record<Exclude<Framed, 'whole' | 'more'>, { reason: RejectReason; detail: string }>> = {
  broken: {
    reason: 'malformed',
    detail:
      'behind a closing quote stands neither a delimiter nor a line end; the row was given up to the next line that starts like one',
  },
  'too-long': { reason: 'too-long', detail: 'the row is longer than --max-event-bytes' },
  'open-at-end': { reason: 'truncated', detail: 'the input ends inside quotes' },
};
