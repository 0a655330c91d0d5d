import type { ByteWindow } from '../../bytes/byte-window.js';
import { WasmMemory } from '../../bytes/window-memory.js';
import { type EventRecord, isSelected, type Reject, type RejectReason, type Warning } from '../../model/index.js';
import { LocalTimes } from '../../time/local-times.js';
import { UTC_ZONE } from '../../time/local-zone.js';
import { Wanted } from '../event-xml/wanted.js';
import {
  DEFAULT_MAX_EVENT_BYTES,
  type FormatReader,
  type FormatReport,
  type ReadOptions,
  SHIFTED,
} from '../format-reader.js';
import { HEAD_BYTES } from '../head.js';
import type { CsvForm, CsvLayout, RowEvent } from './csv-form.js';
import { type UnitSearch, unitSearch } from './find-unit.js';
import { FramedRow } from './framed-row.js';
import { LineSearch } from './line-search.js';
import {
  CONTRADICTS_DATE_ORDER,
  DATE_ORDER_ASSUMED,
  FRAMING_REJECTS,
  fallbackOf,
  NO_COMPUTER,
  TIME_AMBIGUOUS,
  TIME_SKIPPED,
  TIME_UNREADABLE,
} from './messages.js';
import { RecordFramer } from './record-framer.js';
import { RejectRegion } from './reject-region.js';
import { recordOfRow } from './row-record.js';
import { RowRepeats } from './row-repeats.js';
import { type RowTaker, SimdRows } from './simd-rows.js';
import { type Delimiter, sniffCsv } from './sniff.js';
import { TextUnits, UNIT_BYTES, type Units, unitOf } from './text-units.js';
import { WantedRows } from './wanted-rows.js';
import { WarningCounts } from './warning-counts.js';

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
  readonly #form: CsvForm;
  readonly #options: CsvReaderOptions;
  readonly #maxEventBytes: number;
  readonly #row = new FramedRow();
  readonly #lineSearch = new LineSearch();
  readonly #reject: RejectRegion;
  readonly #warnings: WarningCounts;

  // The window of the current call, in units of the text.
  #units: Units = new Uint8Array(0);
  #end = 0;
  #isLast = false;
  /** Absolute index of `#units[0]`. */
  #origin = 0;

  #phase: 'head' | 'rows' | 'skipping' | 'unknown' = 'head';
  #text!: TextUnits;
  #search!: UnitSearch;
  #framer!: RecordFramer;
  #layout!: CsvLayout;
  #times!: LocalTimes;
  #wanted: WantedRows | undefined;
  #fast: SimdRows | undefined;
  #repeats: RowRepeats | undefined;
  #line = 1;
  #countedTo = 0;
  #counts = { events: 0, unparsed: 0, malformed: 0, rejects: 0, withoutTime: 0 };
  #fallbackEvents = 0;

  constructor(form: CsvForm, options: CsvReaderOptions) {
    this.#form = form;
    this.#options = options;
    this.#maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
    this.#reject = new RejectRegion(options.input, options.keepRejectBytes === true ? this.#maxEventBytes : 0);
    this.#warnings = new WarningCounts(options.input);
  }

  /** Units looked at in framing and in searching for a line to go on, for tests of linear time. */
  get steps(): number {
    return (this.#framer?.steps ?? 0) + this.#lineSearch.steps;
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    if (this.#text === undefined) {
      if (!isLast && window.end - window.start < UNIT_BYTES) return;
      const unit = unitOf(window.bytes.subarray(window.start, window.end), this.#options.encoding);
      this.#text = new TextUnits(unit, this.#options.encoding, window.memory);
      this.#search = unitSearch(window, this.#text.width, this.#options.search);
      this.#countedTo = window.offsetOf(window.start) / this.#text.width;
    }
    if (this.#phase === 'head' && !isLast && window.end - window.start < HEAD_BYTES) return;
    const { width } = this.#text;
    this.#look(window);
    this.#isLast = isLast;
    let start = window.start / width;
    if (this.#phase === 'head' && start < this.#end) start = this.#readHead(window, start, emit);
    start = this.#phase === 'unknown' ? this.#skipUnknown(start, emit) : this.#readRows(window, start, emit);
    this.#lineAt(start);
    if (isLast) this.#finish(window, start * width, emit);
    window.release(isLast ? window.end : start * width);
  }

  report(): FormatReport {
    return {
      format: this.#phase === 'unknown' ? 'unknown' : this.#form.name,
      encoding: this.#text?.encodingWith(this.#fallbackEvents) ?? 'utf-8',
      ...this.#counts,
      ...this.#times?.report(),
      warnings: this.#warnings.toRecord(),
    };
  }

  #look(window: ByteWindow): void {
    const { width } = this.#text;
    this.#units = this.#text.of(window);
    this.#origin = window.origin / width;
    this.#end = Math.floor(window.end / width);
  }

  /** A row starts at the second byte of the unit at `at`: the window moves, so that it is the first. Returns the unit. */
  #realign(window: ByteWindow, at: number): number {
    this.#reject.add(window.bytes, at * 2, at * 2 + 1);
    this.#line = this.#lineAt(at) + this.#lineSearch.shiftedLines;
    window.release(at * 2 + 1);
    window.realign();
    this.#look(window);
    const start = window.start / 2;
    this.#countedTo = start + this.#origin;
    return start;
  }

  /** Finds the columns. Returns where the rows start. */
  #readHead(window: ByteWindow, start: number, emit: Emit): number {
    const at = this.#text.skipByteOrderMark(this.#units, start, this.#end, true);
    const headEnd = Math.min(this.#end, start + HEAD_BYTES / this.#text.width);
    const sniffed = sniffCsv(this.#text.decodeLines(this.#units, at, headEnd), this.#options.delimiter);
    const layout = sniffed === undefined ? undefined : this.#form.layout(sniffed);
    if (sniffed === undefined || layout === undefined) {
      this.#phase = 'unknown';
      this.#beginReject(start, 'unknown-format', this.#form.whyNot(sniffed), false);
      return start;
    }
    this.#phase = 'rows';
    this.#framer = new RecordFramer(this.#text, sniffed.delimiter, this.#maxEventBytes, this.#search.find);
    this.#wanted = WantedRows.of(this.#options.selection, this.#text);
    this.#times = new LocalTimes({
      zone: this.#options.zone,
      timezone: this.#options.timezone,
      dateOrder: this.#options.dateOrder,
      language: layout.culture,
      ...(layout.timesAreUtc === true ? { zone: UTC_ZONE, basis: 'export' } : {}),
    });
    this.#useLayout(layout, emit);
    this.#fast = this.#fastPath(window, sniffed.delimiter);
    const rowsAt = this.#text.skipLines(this.#units, at, this.#end, sniffed.skippedLines);
    if (!layout.hasHeader) return rowsAt;
    const framer = new RecordFramer(this.#text, sniffed.delimiter, HEAD_BYTES, this.#search.find);
    framer.frame(this.#units, rowsAt, headEnd, true, this.#origin);
    return rowsAt + framer.length;
  }

  /** Undefined where every row must be looked at. */
  #fastPath(window: ByteWindow, delimiter: Delimiter): SimdRows | undefined {
    const { selection, search = 'simd', prefilter, parseAll } = this.#options;
    if (selection === undefined || this.#wanted === undefined || this.#text.width === 2) return undefined;
    if (search !== 'simd' || prefilter === false || parseAll === true) return undefined;
    const { memory } = window;
    const { repeatsOf, input } = this.#options;
    if (repeatsOf !== undefined && this.#layout.soleTime >= 0 && memory instanceof WasmMemory) {
      this.#repeats = new RowRepeats(memory, repeatsOf, input);
    }
    return SimdRows.of(window, new Wanted(selection), this.#layout, delimiter, this.#maxEventBytes, this.#repeats);
  }

  #useLayout(layout: CsvLayout, emit: Emit): void {
    this.#layout = layout;
    this.#fast = this.#fast?.withLayout(layout);
    const isNameless = !layout.hasComputer && this.#options.computer === undefined;
    for (const { code, message } of [...(isNameless ? [NO_COMPUTER] : []), ...(layout.warnings ?? [])]) {
      if (!this.#warnings.has(code)) this.#warnings.add(emit, code, message);
    }
  }

  /** Returns the start of what is left for the next window. */
  #readRows(window: ByteWindow, from: number, emit: Emit): number {
    let start = from;
    while (start < this.#end) {
      if (this.#phase === 'skipping') {
        const next = this.#lineSearch.next(
          this.#units,
          this.#end,
          this.#isLast,
          this.#origin,
          this.#text,
          this.#layout,
        );
        this.#reject.add(this.#units, start, next.at);
        start = next.isShifted ? this.#realign(window, next.at) : next.at;
        if (!next.isFound) break;
        this.#phase = 'rows';
        this.#endReject(emit);
        continue;
      }
      if (this.#fast !== undefined && this.#framer.isClear(start + this.#origin)) {
        start = this.#readFast(this.#fast, start, emit);
        if (start >= this.#end) break;
      }
      const rowAt = this.#text.skipByteOrderMark(this.#units, start, this.#end, this.#isLast);
      if (rowAt < 0) break;
      if (rowAt === this.#end) return rowAt;
      const framed = this.#framer.frame(this.#units, rowAt, this.#end, this.#isLast, this.#origin);
      if (framed === 'more') break;
      const isCutOff = framed === 'whole' && this.#endsInside(window, rowAt);
      if (framed === 'whole' && !isCutOff) {
        this.#readRow(rowAt, emit);
        start = rowAt + this.#framer.length;
      } else {
        this.#phase = 'skipping';
        this.#counts.events += 1;
        this.#beginReject(rowAt, ...(framed === 'whole' ? this.#cutOff() : FRAMING_REJECTS[framed]), true);
        this.#lineSearch.begin(rowAt + this.#origin, isCutOff);
        start = rowAt;
      }
      this.#framer.begin();
    }
    return start;
  }

  /**
   * Whether the row lacks fields since the input ends in it, or seems to in UTF-16 that lies half a unit off; or rows
   * half a unit off stand in it, in UTF-16 that ends with half a unit.
   */
  #endsInside(window: ByteWindow, at: number): boolean {
    const { contentLength, fieldCount } = this.#framer;
    if (this.#text.width === 1 || !this.#isLast || at + contentLength !== this.#end || contentLength === 0)
      return false;
    if (fieldCount < this.#layout.fields) return true;
    if (window.end === this.#end * 2) return false;
    const search = new LineSearch();
    search.begin(at + this.#origin, true);
    return search.next(this.#units, this.#end, true, this.#origin, this.#text, this.#layout).isShifted;
  }

  #cutOff(): readonly [RejectReason, string] {
    const { fieldCount } = this.#framer;
    if (fieldCount >= this.#layout.fields) return ['malformed', SHIFTED];
    return ['truncated', `a row of ${fieldCount} fields stands where ${this.#layout.fields} are expected`];
  }

  /** Reads rows as far as the fast path goes. Returns the start of the row that it leaves. */
  #readFast(fast: SimdRows, start: number, emit: Emit): number {
    const repeats = this.#repeats;
    const takeRepeat = (index: number): boolean => {
      if (repeats?.take(index, this.#origin, this.#times) !== true) return false;
      this.#counts.events += 1;
      return true;
    };
    const taker: RowTaker = {
      lastDate: () => (this.#layout.localDate < 0 || this.#times.isDecided ? undefined : this.#row.lastDate),
      pass: (rows, lineFeeds, to) => {
        this.#counts.events += rows;
        this.#counts.unparsed += rows;
        this.#line += lineFeeds;
        this.#countedTo = to + this.#origin;
      },
      take: at => {
        if (repeats !== undefined && takeRepeat(repeats.count)) return;
        const fallbackEvents = this.#fallbackEvents;
        const event = this.#readRow(at, emit);
        if (event?.time !== undefined && this.#fallbackEvents === fallbackEvents) repeats?.remember(event);
      },
      takeRepeat: index => {
        if (takeRepeat(index)) return;
        const at = repeats!.start(index);
        this.#framer.frame(this.#units, at, this.#end, this.#isLast, this.#origin);
        this.#readRow(at, emit);
        this.#framer.begin();
      },
    };
    this.#lineAt(start);
    return fast.read(this.#units, start, this.#end, this.#framer, taker);
  }

  /** Gives the event that was emitted. */
  #readRow(at: number, emit: Emit): EventRecord | undefined {
    const { contentLength, fieldCount } = this.#framer;
    if (contentLength === 0) return undefined;
    const row = this.#row;
    row.set(this.#text, this.#units, at, this.#framer);
    if (this.#isHeaderAgain(emit)) return undefined;
    const layout = this.#layout;
    this.#counts.events += 1;
    if (fieldCount < layout.fields) {
      const isCutOff = this.#isLast && at + contentLength === this.#end;
      const detail = `a row of ${fieldCount} fields stands where ${layout.fields} are expected`;
      this.#rejectRow(at, isCutOff ? 'truncated' : 'malformed', detail, emit);
      return undefined;
    }
    this.#observeDate();
    const isDropped = this.#options.parseAll !== true && this.#isUnwanted();
    if (isDropped && this.#options.prefilter !== false) {
      this.#counts.unparsed += 1;
      return undefined;
    }
    const isFallback = row.begin();
    const event = layout.read(row);
    if (isDropped) {
      // Parsed only so that a test can compare: nothing of it may show, as nothing of it does on the fast path.
      if (typeof event === 'string') this.#counts.unparsed += 1;
      return undefined;
    }
    if (typeof event === 'string') {
      this.#rejectRow(at, 'malformed', event, emit);
      return undefined;
    }
    if (event === undefined) return undefined;
    const time = typeof event.time === 'string' ? this.#times.read(event.time) : event.time;
    if (time === 'date-order') {
      this.#rejectRow(at, 'date-order', CONTRADICTS_DATE_ORDER, emit);
      return undefined;
    }
    if (!isSelected(this.#options.selection, event.provider, event.eventId)) return undefined;
    if (isFallback) this.#fallbackEvents += 1;
    return this.#emitEvent(at, event, time, emit);
  }

  #emitEvent(at: number, event: RowEvent, time: EventRecord['time'] | 'unreadable', emit: Emit): EventRecord {
    const { width } = this.#text;
    if (time === undefined || time === 'unreadable') this.#counts.withoutTime += 1;
    if (time === 'unreadable') this.#warnings.add(emit, 'time-unreadable', TIME_UNREADABLE);
    if (event.notes !== undefined) {
      for (const { code, message } of event.notes) this.#warnings.add(emit, code, message);
    }
    const { input, computer } = this.#options;
    const position = {
      input,
      offset: (at + this.#origin) * width,
      length: this.#framer.contentLength * width,
    };
    const record = recordOfRow(event, time === 'unreadable' ? undefined : time, position, computer);
    emit(record);
    return record;
  }

  /** Exports that were appended to each other repeat the header, maybe in another language. */
  #isHeaderAgain(emit: Emit): boolean {
    if (!this.#layout.hasHeader || this.#row.beginsWithDigit(this.#layout.eventId)) return false;
    const again = this.#form.layout({ delimiter: ',', skippedLines: 0, first: this.#row.headerTexts() });
    if (again === undefined || !again.hasHeader) return false;
    this.#useLayout(again, emit);
    return true;
  }

  /** The order of day and month shows in any row, wanted or not. */
  #observeDate(): void {
    const { localDate } = this.#layout;
    if (localDate < 0 || this.#times.isDecided || !this.#row.dateDiffers(localDate)) return;
    if (!this.#times.observe(this.#row.asideText(localDate))) this.#row.forgetDate();
  }

  #isUnwanted(): boolean {
    const { source, eventId } = this.#layout;
    if (this.#wanted === undefined || source < 0 || eventId < 0) return false;
    const row = this.#row;
    return !this.#wanted.mayWant(this.#units, row.start(source), row.end(source), row.start(eventId), row.end(eventId));
  }

  /** An input in another form is one reject. */
  #skipUnknown(start: number, emit: Emit): number {
    this.#reject.add(this.#units, start, this.#end);
    if (this.#isLast) this.#endReject(emit);
    return this.#end;
  }

  #rejectRow(at: number, reason: RejectReason, detail: string, emit: Emit): void {
    this.#beginReject(at, reason, detail, true);
    this.#reject.add(this.#units, at, at + this.#framer.contentLength);
    this.#endReject(emit);
  }

  #beginReject(at: number, reason: RejectReason, detail: string, isEvent: boolean): void {
    const offset = (at + this.#origin) * this.#text.width;
    this.#reject.begin({ reason, detail, isEvent, line: this.#lineAt(at), offset });
  }

  #endReject(emit: Emit): void {
    const reject = this.#reject.end();
    this.#counts.rejects += 1;
    if (reject.isEvent) this.#counts.malformed += 1;
    emit(reject);
  }

  /** The 1-based physical line of an index. */
  #lineAt(at: number): number {
    const counted = this.#countedTo - this.#origin;
    const lineFeed = this.#text.mark('\n');
    // The fast path has counted what it passed when a row of it turns out to be none.
    if (at < counted) return this.#line - this.#search.count(this.#units, lineFeed, at, counted);
    this.#line += this.#search.count(this.#units, lineFeed, counted, at);
    this.#countedTo = at + this.#origin;
    return this.#line;
  }

  #finish(window: ByteWindow, at: number, emit: Emit): void {
    if (window.end - at === 1 && this.#text.width === 2) {
      const detail = 'the input ends inside a 16-bit character';
      const offset = window.offsetOf(at);
      this.#reject.begin({ reason: 'truncated', detail, isEvent: false, line: this.#line, offset });
      this.#reject.add(window.bytes, at, window.end);
      this.#endReject(emit);
    }
    const { ambiguous = 0, skipped = 0 } = this.#times?.notes() ?? {};
    this.#warnings.add(emit, 'time-ambiguous', TIME_AMBIGUOUS, ambiguous);
    this.#warnings.add(emit, 'time-skipped', TIME_SKIPPED, skipped);
    this.#warnings.add(emit, 'encoding-fallback', fallbackOf(this.#text.fallbackName), this.#fallbackEvents);
    const isAssumed = this.#times?.report().dateOrder?.basis === 'assumed';
    this.#warnings.add(emit, 'date-order-assumed', DATE_ORDER_ASSUMED, isAssumed ? 1 : 0);
  }
}
