import { AsciiTexts } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import { isUnicode } from '../../bytes/code-pages.js';
import { EventText } from '../../bytes/event-text.js';
import { WasmMemory } from '../../bytes/window-memory.js';
import { type EventRecord, type Instant, isSelected, type Reject, type Warning } from '../../model/index.js';
import { LocalTimes } from '../../time/local-times.js';
import {
  DEFAULT_MAX_EVENT_BYTES,
  type FormatReader,
  type FormatReport,
  type RangeStop,
  type ReadOptions,
  SHIFTED,
} from '../format-reader.js';
import type { Loss } from './dialect.js';
import { type BytesOf, HeldBytes } from './held-bytes.js';
import { decodeUnits16, JsonDocument } from './json-document.js';
import { encodingOf } from './json-encoding.js';
import { type FrameSink, JsonFramer } from './json-framer.js';
import { rangeOf } from './json-ranges.js';
import { JsonShapes, type ShapesContext } from './json-shapes.js';
import type { JsonUnits } from './json-tokens.js';
import { KeyTable } from './key-table.js';
import { BROKEN, FALLBACK, LOSSES } from './messages.js';
import { ProviderPrefilter } from './provider-prefilter.js';
import { type ReadObject, readObject } from './read-object.js';
import type { ShapedEvent } from './shape-records.js';
import { shiftedStart } from './shifted-start.js';
import { UnitWindow } from './unit-window.js';

/** What was searched is parsed next: a window is taken in parts that stay in the processor's L2 cache. */
const SEARCHED_AT_ONCE = 256 * 1024;

type Emit = (item: EventRecord | Reject | Warning) => void;

/**
 * Reads events in JSON in any dialect (`DIALECTS`) and any frame: arrays, NDJSON, objects one after another, one object,
 * objects that wrap an array; UTF-8, an 8-bit code page, or UTF-16. The dialect may change from event to event.
 */
export function createEventJsonReader(options: ReadOptions): FormatReader {
  return new EventJsonReader(options);
}

/** The reader itself; `dialects` names what its events were read as. */
export class EventJsonReader implements FormatReader, FrameSink, ShapesContext {
  readonly keys = new KeyTable();
  /** The dialects that events were read in, in order of appearance. */
  readonly dialects: string[] = [];
  #dialect: string | undefined;
  readonly #options: ReadOptions;
  readonly #maxBytes: number;
  readonly #prefilter: ProviderPrefilter | undefined;
  readonly #usesPrefilter: boolean;
  readonly #text: EventText;
  readonly #values = AsciiTexts.shared();
  readonly #times: LocalTimes;
  readonly #bytesDocument: JsonDocument;
  readonly #unitsDocument: JsonDocument;
  #encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | undefined;
  #wide: UnitWindow | undefined;
  #framer: JsonFramer | undefined;
  #emit: Emit = () => {};
  #units: JsonUnits = new Uint8Array(0);
  #view: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #isLast = false;
  #isFirst = true;
  #shapes: JsonShapes | undefined;
  #base = 0;
  #from = 0;
  #to = 0;
  #isDecoding = false;
  #isFallback = false;
  #losses: Loss[] = [];
  #lastTime: { readonly text: string; readonly instant: Instant | undefined } = { text: '', instant: undefined };
  /** 1 where the units at hand begin half a unit off, since a byte was lost or added. */
  #shift = 0;
  /** How many times that was so, each inside what the one before gave. */
  #shifts = 0;
  #held: HeldBytes | undefined;
  readonly #bytesOf: BytesOf = (from, to) =>
    this.#wide === undefined ? new Uint8Array(this.#view.subarray(from, to)) : this.#wide.bytesOf(from, to);
  readonly #warnings = new Map<string, number>();
  #events = 0;
  #unparsed = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#maxBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
    this.#prefilter = ProviderPrefilter.of(options.selection);
    this.#usesPrefilter = options.prefilter !== false && options.parseAll !== true;
    this.#text = new EventText(
      options.encoding === undefined || isUnicode(options.encoding) ? undefined : options.encoding,
    );
    this.#times = new LocalTimes(options);
    this.#bytesDocument = new JsonDocument(
      (units, from, to, isAscii) => this.#decode(units, from, to, isAscii),
      this.keys,
    );
    this.#unitsDocument = new JsonDocument(decodeUnits16, this.keys);
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#emit = emit;
    this.#isLast = isLast;
    this.#encoding ??= this.#options.range?.units ?? encodingOf(window, isLast, this.#options.encoding);
    if (this.#encoding === undefined) return;
    if (this.#encoding === 'utf-8') {
      this.#framer ??= new JsonFramer(this.#maxBytes, rangeOf(this.#options.range, window), false);
      this.#units = window.bytes;
      this.#base = window.origin;
      if (this.#isFirst) this.#useSimd(window);
      this.#shapes?.begin(window);
      let end = window.start;
      do {
        end = Math.min(end + SEARCHED_AT_ONCE, window.end);
        this.#isLast = isLast && end === window.end;
        this.#view = Buffer.from(window.bytes.buffer, window.bytes.byteOffset, end);
        this.#start = window.start;
        this.#end = end;
        this.#prefilter?.begin(this.#view);
        const done = this.#framer.frame(window.bytes, window.start, end, window.origin, this.#isLast, this);
        this.#hold(done, this.#framer);
        window.release(done);
      } while (end < window.end);
    } else {
      this.#framer ??= new JsonFramer(this.#maxBytes >> 1, undefined, true);
      this.#wide ??= new UnitWindow(this.#encoding === 'utf-16be');
      const wide = this.#wide;
      wide.take(window);
      this.#units = wide.units;
      this.#base = wide.origin;
      this.#start = wide.start;
      this.#end = wide.end;
      const done = this.#framer.frame(wide.units, wide.start, wide.end, wide.origin, isLast, this);
      this.#hold(done, this.#framer);
      wide.start = done;
    }
    if (isLast) this.#finish(window, this.#framer);
  }

  stop(): RangeStop | undefined {
    const offset = this.#framer?.stoppedAt ?? -1;
    return offset < 0 ? undefined : { offset, units: 'utf-8' };
  }

  report(): FormatReport {
    const { ambiguous, skipped } = this.#times.notes();
    if (ambiguous > 0) this.#warnings.set('ambiguous-local-time', ambiguous);
    if (skipped > 0) this.#warnings.set('skipped-local-time', skipped);
    return {
      format: 'event-json',
      encoding: this.#encoding ?? 'utf-8',
      events: this.#events,
      unparsed: this.#unparsed,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      ...this.#times.report(),
      warnings: Object.fromEntries(this.#warnings),
    };
  }

  event(from: number, to: number): void {
    this.#events += 1;
    if (this.#usesPrefilter && this.#canDrop(from, to)) {
      this.#unparsed += 1;
      return;
    }
    if (this.#shapes !== undefined && this.#readShaped(this.#shapes, from, to)) return;
    this.#from = from;
    this.#to = to;
    this.#isDecoding = false;
    this.#isFallback = false;
    this.#losses.length = 0;
    const doc = this.#wide === undefined ? this.#bytesDocument : this.#unitsDocument;
    let fault = doc.parse(this.#units, from, to, this.#wide === undefined ? this.#view : undefined);
    let read: ReadObject | undefined = fault === undefined ? readObject(doc, 0, this) : undefined;
    if (fault === undefined && (read?.fields !== 'unwanted' || this.#options.parseAll === true)) {
      fault = doc.checkStrings();
      if (fault !== undefined) read = undefined;
    }
    if (read === undefined) {
      if (this.#options.parseAll !== true && this.#canDrop(from, to)) {
        // What the prefilter would have dropped unread counts as dropped, so that both ways give the same.
        this.#unparsed += 1;
        return;
      }
      const at = fault === undefined ? 0 : (fault.at - from) * this.#unitBytes;
      const detail =
        fault === undefined
          ? 'this JSON is no event in any dialect that evpair knows: a provider and an event ID are missing'
          : `${at} bytes into the event ${fault.expected} was expected`;
      if (this.#resumeShifted(from, to, true)) return;
      const isCut = fault?.at === to && this.#isAtEnd(to);
      this.#reject(
        isCut ? 'truncated' : (fault?.reason ?? 'malformed'),
        detail,
        from + this.#base,
        to + this.#base,
        true,
      );
      return;
    }
    if (this.#dialect !== read.dialect) this.#countDialect(read.dialect);
    if (this.#shapes !== undefined && read.learns !== undefined) this.#learn(this.#shapes, doc, read.learns);
    if (read.fields === 'unwanted') return;
    const { fields } = read;
    for (const loss of this.#losses) this.#warn(loss, LOSSES[loss]);
    if (this.#isFallback) this.#warn('encoding-fallback', FALLBACK);
    if (fields.time === undefined) this.#withoutTime += 1;
    const { input, computer } = this.#options;
    this.#emit({
      type: 'event',
      ...fields,
      ...(fields.computer === undefined && computer !== undefined ? { computer } : {}),
      position: {
        input,
        offset: (from + this.#base) * this.#unitBytes + this.#shift,
        length: (to - from) * this.#unitBytes,
      },
    });
  }

  /** True when the event has a shape that is known, and was read by it. */
  #readShaped(shapes: JsonShapes, from: number, to: number): boolean {
    const losses = this.#losses;
    if (losses.length > 0) losses.length = 0;
    const event = shapes.read(from, to, from + this.#base);
    if (event === undefined) return false;
    if (this.#dialect !== shapes.dialect) this.#countDialect(shapes.dialect);
    for (let at = 0; at < losses.length; at++) this.#warn(losses[at]!, LOSSES[losses[at]!]);
    if (event !== 'unwanted' && event !== 'taken') this.#give(event);
    return true;
  }

  #give(event: ShapedEvent): void {
    const { computer } = this.#options;
    if (event.time === undefined) this.#withoutTime += 1;
    if (event.computer === undefined && computer !== undefined) event.computer = computer;
    this.#emit(event);
  }

  #learn(shapes: JsonShapes, doc: JsonDocument, { dialect, object }: NonNullable<ReadObject['learns']>): void {
    doc.openFields(object);
    const places = dialect.places?.(doc, object, this.keys);
    if (places !== undefined) shapes.learn(doc, this.#from, this.#to, dialect.name, places);
  }

  skipLines(from: number, end: number): number {
    const start = this.#shapes?.isFlooding === true ? this.#takeFlood(this.#shapes, from, end) : from;
    const prefilter = this.#usesPrefilter ? this.#prefilter : undefined;
    return start < end && prefilter !== undefined ? this.#skipQuietLines(prefilter, start, end) : start;
  }

  #takeFlood(shapes: JsonShapes, from: number, end: number): number {
    const losses = this.#losses;
    losses.length = 0;
    const next = shapes.flood(from, end, this.#maxBytes, this.#base, event => this.#give(event));
    this.#events += shapes.flooded;
    for (const loss of losses) this.#warn(loss, LOSSES[loss]);
    return next;
  }

  #skipQuietLines(prefilter: ProviderPrefilter, from: number, end: number): number {
    const { next, lines } = prefilter.skipLines(from, end, this.#maxBytes);
    this.#events += lines;
    this.#unparsed += lines;
    return next;
  }

  brokenEvent(reason: 'malformed' | 'truncated' | 'too-long' | 'limit', from: number, to: number): void {
    this.#events += 1;
    const isHere = from - this.#base >= 0 && reason !== 'too-long';
    if (isHere && this.#options.parseAll !== true && this.#canDrop(from - this.#base, to - this.#base)) {
      this.#unparsed += 1;
      return;
    }
    if (isHere && from - this.#base >= this.#start && this.#resumeShifted(from - this.#base, to - this.#base, true))
      return;
    this.#reject(reason, BROKEN[reason], from, to, true);
  }

  region(from: number, to: number): void {
    const at = from - this.#base;
    if (at >= this.#start && to - from <= this.#maxUnits && this.#resumeShifted(at, to - this.#base, false)) return;
    this.#reject('no-event', 'these bytes between events are no JSON object', from, to, false);
  }

  wants(provider: string, eventId: number): boolean {
    return isSelected(this.#options.selection, provider, eventId);
  }

  note(loss: Loss): void {
    this.#losses.push(loss);
  }

  localTime(text: string): Instant | undefined {
    // Local times without zone come in whole seconds, many events to each.
    if (text === this.#lastTime.text) return this.#lastTime.instant;
    const before = this.#times.notes();
    const noted = before.ambiguous + before.skipped;
    this.#times.observe(text);
    const time = this.#times.read(text);
    const after = this.#times.notes();
    const instant = typeof time === 'string' ? undefined : time;
    const isPlain = instant?.alternative === undefined && after.ambiguous + after.skipped === noted;
    if (isPlain) this.#lastTime = { text, instant };
    return instant;
  }

  plainLocalTime(bytes: Uint8Array, from: number, to: number): Instant | undefined {
    // Its date was observed with the time before.
    const time = this.#times.readPlain(bytes, from, to);
    if (time === undefined || typeof time === 'string') return undefined;
    if (time.basis === 'assumed') this.note('local-time');
    return time;
  }

  get #maxUnits(): number {
    return this.#wide === undefined ? this.#maxBytes : this.#maxBytes >> 1;
  }

  get #unitBytes(): 1 | 2 {
    return this.#wide === undefined ? 1 : 2;
  }

  /** Searches, counts lines and compares shapes in the window's memory, where that can be. */
  #useSimd(window: ByteWindow): void {
    this.#isFirst = false;
    const { search = 'simd' } = this.#options;
    const { memory } = window;
    if (search !== 'simd' || !(memory instanceof WasmMemory)) return;
    this.#shapes = JsonShapes.of(memory, this, this.#options);
    this.#prefilter?.useSimd(window);
  }

  #countDialect(dialect: string): void {
    this.#dialect = dialect;
    if (!this.dialects.includes(dialect)) this.dialects.push(dialect);
  }

  /** Whether the input ends at this index. */
  #isAtEnd(to: number): boolean {
    return this.#isLast && to === this.#end;
  }

  /**
   * Of UTF-16 that is no sound event, or none at all: reads on where another object starts half a unit off. What lies in
   * front is rejected; false when there is none.
   */
  #resumeShifted(from: number, to: number, isEvent: boolean): boolean {
    const wide = this.#wide;
    if (wide === undefined || this.#shifts === MOST_SHIFTS) return false;
    const bytes = wide.bytesOf(from, to);
    const start = shiftedStart(bytes, this.#encoding === 'utf-16be');
    if (start < 0) return false;
    const offset = (from + this.#base) * 2 + this.#shift;
    const kept = this.#options.keepRejectBytes === true ? bytes.slice(0, start) : undefined;
    this.#rejectAt(isEvent ? 'malformed' : 'no-event', SHIFTED, offset, start, isEvent, kept);
    const outer = [this.#units, this.#base, this.#start, this.#end, this.#isLast, this.#shift, this.#held] as const;
    const inner = new UnitWindow(this.#encoding === 'utf-16be');
    inner.takeBytes(bytes.subarray(start));
    this.#isLast = this.#isAtEnd(to);
    this.#wide = inner;
    this.#units = inner.units;
    this.#base = (offset + start) >> 1;
    this.#shift = (offset + start) & 1;
    this.#start = 0;
    this.#end = inner.end;
    this.#held = undefined;
    this.#shifts += 1;
    new JsonFramer(this.#maxBytes >> 1, undefined, true).frame(inner.units, 0, inner.end, this.#base, true, this);
    this.#shifts -= 1;
    this.#wide = wide;
    [this.#units, this.#base, this.#start, this.#end, this.#isLast, this.#shift, this.#held] = outer;
    return true;
  }

  #canDrop(from: number, to: number): boolean {
    return this.#wide === undefined && this.#prefilter !== undefined && !this.#prefilter.mayHold(from, to);
  }

  /** The encoding of an event is decided when its first text outside ASCII is asked for. */
  #decode(_units: JsonUnits, from: number, to: number, isAscii: boolean): string {
    if (isAscii) return this.#values.text(this.#view, from, to);
    if (!this.#isDecoding) {
      const before = this.#text.fallbackEvents;
      this.#text.begin(this.#view, this.#from, this.#to);
      this.#isFallback = this.#text.fallbackEvents > before;
      this.#isDecoding = true;
    }
    return this.#text.decode(this.#view, from, to);
  }

  #finish(window: ByteWindow, framer: JsonFramer): void {
    if (framer.openBrackets > 0)
      this.#warn('unclosed-array', 'the array of events is not closed: the export may be cut');
    const odd = window.end - window.start;
    if (this.#wide !== undefined && odd > 0) {
      const offset = window.offsetOf(window.start);
      this.#rejectAt('truncated', 'half a code unit at the end', offset, odd, false, undefined);
      window.release(window.end);
    }
  }

  #hold(done: number, { unfinishedFrom }: JsonFramer): void {
    this.#heldBytes()?.hold(unfinishedFrom, done, this.#start, this.#base, this.#bytesOf);
  }

  /** Undefined where nobody wants the bytes of rejects. */
  #heldBytes(): HeldBytes | undefined {
    if (this.#options.keepRejectBytes === true) this.#held ??= new HeldBytes(this.#unitBytes, this.#maxUnits);
    return this.#held;
  }

  #reject(reason: Reject['reason'], detail: string, from: number, to: number, isEvent: boolean): void {
    const scale = this.#unitBytes;
    const bytes = this.#heldBytes()?.of(from, to, this.#base, this.#bytesOf);
    this.#rejectAt(reason, detail, from * scale + this.#shift, (to - from) * scale, isEvent, bytes);
  }

  #rejectAt(
    reason: Reject['reason'],
    detail: string,
    offset: number,
    length: number,
    isEvent: boolean,
    bytes: Uint8Array | undefined,
  ): void {
    this.#rejects += 1;
    if (isEvent) this.#malformed += 1;
    const position = { input: this.#options.input, offset, length };
    this.#emit({ type: 'reject', reason, detail, position, isEvent, ...(bytes === undefined ? {} : { bytes }) });
  }

  #warn(code: string, message: string): void {
    const count = (this.#warnings.get(code) ?? 0) + 1;
    this.#warnings.set(code, count);
    if (count === 1) this.#emit({ type: 'warning', code, input: this.#options.input, message });
  }
}

/** One inside the other; so many times at most a byte is read again. */
const MOST_SHIFTS = 16;
