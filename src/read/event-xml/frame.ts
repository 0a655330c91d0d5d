import type { ByteWindow } from '../../bytes/byte-window.js';
import type { RejectReason } from '../../model/index.js';
import { lookAtHead } from '../head.js';
import type { Finder } from './finder.js';
import { COMMENT_AHEAD, LOOKAHEAD, NEED_MORE, NO_TOKEN, skipGapToken } from './gap-token.js';
import { type OtherStart, OtherStarts } from './other-start.js';
import { RejectRegions } from './reject-regions.js';
import { Terminators } from './terminators.js';
import { otherEncodingAt, type UnitEncoding } from './unit-encoding.js';
import { UnitWindow } from './unit-window.js';
import { endsName, GREATER, isSpace, LESS, SLASH, standsAt, type Units } from './units.js';

/** Takes what the framer found, in order of position. */
export interface FrameSink {
  /** The event in `units[from, to)`, `<Event` to `</Event>`. */
  event(units: Units, from: number, to: number, offset: number): void;
  /** As `event`, but its header was looked at: someone may want it. */
  candidate(units: Units, from: number, to: number, offset: number): void;
  reject(
    reason: RejectReason,
    isEvent: boolean,
    detail: string,
    offset: number,
    length: number,
    bytes: Uint8Array,
  ): void;
}

/** Frames many events at once where nothing is out of the ordinary; see `createSimdScan`. */
export interface FastScan {
  /**
   * Starts at an event's start. Hands candidates to the sink, drops the others, and stops in front of the first thing
   * it leaves to the readable framer. Gives the unit index there.
   */
  scan(window: ByteWindow, units: Units, from: number, to: number): number;
  /** Whether it stopped at an event whose end is not in the window. */
  readonly isUnfinished: boolean;
}

interface Fast {
  readonly scan: FastScan;
  readonly finder: Finder;
}

/**
 * Finds each event's range by one rule, whatever searches the bytes: an event starts at `<Event` before white space,
 * `>` or `/`, and ends at the next `</Event>` outside comments and CDATA sections. A start inside an unfinished event
 * cuts the earlier one off.
 */
export class Framer {
  readonly #sink: FrameSink;
  #finder: Finder;
  #fast: FastScan | undefined;
  readonly #createFast: ((window: ByteWindow) => Fast | undefined) | undefined;
  readonly #maxEventBytes: number;

  readonly #view: UnitWindow;
  #hasBegun: boolean;
  #isLast = false;

  #phase: 'gap' | 'event' | 'skip' = 'gap';
  #inside: 'start-tag' | 'text' | 'comment' | 'cdata' | 'end-tag' = 'text';
  /** Absolute offsets: where the event starts, where to go on in it, and where its open comment or CDATA starts. */
  #start = 0;
  #resume = 0;
  #opened = 0;
  readonly #rejects: RejectRegions;
  /** The absolute offset at or after which the next event's start ends the reading, and where that was. */
  readonly #stopAt: number;
  #stopped = -1;
  readonly #terminators: Terminators;
  readonly #otherStarts: OtherStarts;

  constructor(options: {
    readonly sink: FrameSink;
    readonly finder: Finder;
    /** Asked once, for the first window. */
    readonly createFast: ((window: ByteWindow) => Fast | undefined) | undefined;
    readonly maxEventBytes: number;
    readonly keepRejectBytes: boolean;
    /** Undefined: found from the first bytes. */
    readonly encoding: UnitEncoding | undefined;
    /** Stop in front of the first event that starts at this absolute offset or after it. Default: never. */
    readonly stopAt?: number | undefined;
  }) {
    this.#stopAt = options.stopAt ?? Infinity;
    this.#sink = options.sink;
    this.#finder = options.finder;
    this.#createFast = options.createFast;
    this.#maxEventBytes = options.maxEventBytes;
    this.#view = new UnitWindow(options.encoding ?? 'utf-8');
    this.#rejects = new RejectRegions(this.#view, options.sink, options.keepRejectBytes ? options.maxEventBytes : 0);
    this.#terminators = new Terminators(this.#view);
    this.#otherStarts = new OtherStarts(this.#view);
    this.#hasBegun = options.encoding !== undefined;
  }

  get encoding(): UnitEncoding {
    return this.#view.encoding;
  }

  /** Where the event starts that it stopped in front of: between events, with nothing pending; -1 while it reads. */
  get stoppedAt(): number {
    return this.#stopped;
  }

  read(window: ByteWindow, isLast: boolean): void {
    if (this.#stopped >= 0) return;
    this.#view.window = window;
    this.#isLast = isLast;
    if (!this.#otherStarts.hasBegun) {
      const fast = this.#createFast?.(window);
      this.#fast = fast?.scan;
      this.#finder = fast?.finder ?? this.#finder;
      this.#otherStarts.begin();
    }
    if (!this.#hasBegun && !this.#begin()) return;
    this.#finder.reset();
    for (;;) {
      this.#view.look();
      const goesOn = this.#phase === 'gap' ? this.#gap() : this.#phase === 'event' ? this.#event() : this.#skip();
      if (!goesOn) break;
    }
    if (isLast) this.#rejects.close();
  }

  /** False while there are too few bytes to tell the encoding, so that the answer does not depend on the chunks. */
  #begin(): boolean {
    const { bytes, start, end } = this.#view.window;
    if (end - start < DETECTION_BYTES && !this.#isLast) return false;
    const { encoding } = lookAtHead(bytes.subarray(start, Math.min(end, start + DETECTION_BYTES)));
    this.#view.begin(encoding === 'binary' ? 'utf-8' : encoding, start);
    this.#hasBegun = true;
    return true;
  }

  #gap(): boolean {
    const { units, low, high, width } = this.#view;
    const isWide = width === 2;
    let at = low;
    for (;;) {
      if (at >= high) break;
      const unit = units[at]!;
      const isWhite = isSpace(unit);
      if (isWhite && (isWide || (at + 1 < high ? units[at + 1] !== 0 : this.#isLast))) {
        at += 1;
        continue;
      }
      if (!this.#isLast && high - at < LOOKAHEAD) break;
      if (unit === LESS && this.#isEventStart(at)) {
        this.#release(at);
        this.#rejects.close();
        return this.#startAt(at);
      }
      const past = skipGapToken(units, at, high, isWide, this.#isLast, this.#rejects.isOpen);
      if (past === NEED_MORE) break;
      if (past === COMMENT_AHEAD) {
        const end = this.#gapComment(at);
        if (end === NEED_MORE) break;
        if (end === NO_TOKEN) {
          this.#junk(at, at + 4, 'a comment has no end');
          at += 4;
        } else {
          this.#release(at);
          this.#rejects.close();
          at = end;
        }
        continue;
      }
      if (past !== NO_TOKEN) {
        this.#release(at);
        this.#rejects.close();
        at = past;
        continue;
      }
      const other = otherEncodingAt(this.#view.rawByte, at * width, this.#view.window.end, this.encoding);
      if (other !== undefined) {
        this.#switchTo(other.encoding, at * width, other.at);
        return true;
      }
      const isDoctype = unit === LESS && standsAt(units, at, '<!DOCTYPE');
      if (isWhite) {
        at += 1;
        continue;
      }
      this.#junk(
        at,
        at + 1,
        isDoctype
          ? 'a document type declaration, which evpair does not read'
          : 'expected an event and found other text',
      );
      at += 1;
    }
    this.#release(at);
    if (this.#isLast) this.#oddByte();
    return false;
  }

  #startAt(at: number): boolean {
    if (this.#fast !== undefined) {
      const view = this.#view;
      const high = Math.min(view.high, Math.floor(view.index(this.#stopAt)));
      const stopped = high <= at ? at : this.#fast.scan(view.window, view.units, at, high);
      // A short piece is looked at again with the next window; of a long one the readable way remembers what it saw.
      const isCut = high === view.high && this.#fast.isUnfinished && !this.#isLast;
      if (isCut && high - stopped < LONGEST_SEEN_TWICE) {
        this.#release(stopped);
        return false;
      }
      if (stopped !== at) {
        this.#release(stopped);
        return true;
      }
    }
    return this.#startEvent(at);
  }

  /** False where the reading stops. */
  #startEvent(at: number): boolean {
    this.#release(at);
    if (this.#view.offset(at) >= this.#stopAt) {
      this.#stopped = this.#view.offset(at);
      return false;
    }
    this.#phase = 'event';
    this.#inside = 'start-tag';
    this.#start = this.#view.offset(at);
    this.#resume = this.#view.offset(at + EVENT.length);
    return true;
  }

  #isEventStart(at: number): boolean {
    const { units, high } = this.#view;
    return at + EVENT.length < high && standsAt(units, at, EVENT) && endsName(units[at + EVENT.length]);
  }

  /** The text between events. */
  #junk(from: number, to: number, detail: string): void {
    this.#rejects.addJunk(this.#view.offset(from), this.#view.offset(to), detail);
  }

  /** UTF-16 that ends with half a unit. */
  #oddByte(): void {
    const { window, width } = this.#view;
    if (width === 1 || window.start >= window.end) return;
    const byte = window.bytes[window.start];
    if (!isSpace(byte) && byte !== 0) {
      this.#rejects.addJunk(window.offsetOf(window.start), window.offsetOf(window.end), HALF_UNIT);
    }
    this.#rejects.release(window.end);
  }

  #gapComment(at: number): number {
    const { high, width } = this.#view;
    const limit = at + Math.floor(this.#maxEventBytes / width);
    const end = this.#terminators.find('-->', at + 4, Math.min(high, limit));
    if (end >= 0) return end;
    return high < limit && !this.#isLast ? NEED_MORE : NO_TOKEN;
  }

  #event(): boolean {
    const { units, high, width } = this.#view;
    const start = this.#view.index(this.#start);
    const limit = start + Math.floor(this.#maxEventBytes / width);
    const end = Math.min(high, limit);
    // Past the limit, enough units must be there to tell what begins just before it.
    const isSettled = this.#isLast || high >= limit + LOOKAHEAD;
    let at = this.#view.index(this.#resume);
    if (this.#inside === 'start-tag') {
      const tagEnd = Math.min(end, start + LONGEST_START_TAG);
      while (at < tagEnd && units[at] !== GREATER && units[at] !== LESS) at += 1;
      if (at >= end && at < start + LONGEST_START_TAG && !isSettled) return this.#pause(at);
      // The tag ends at its first ">", quoted or not; an empty element is a whole event, if one without content.
      if (at < tagEnd && units[at] === GREATER && units[at - 1] === SLASH) return this.#framed(start, at + 1);
      this.#inside = 'text';
      at = start + EVENT.length;
    }
    for (;;) {
      if (this.#inside === 'comment' || this.#inside === 'cdata') {
        const opened = this.#view.index(this.#opened);
        const past = this.#terminators.find(
          this.#inside === 'comment' ? '-->' : ']]>',
          opened + OPENING[this.#inside],
          end,
        );
        if (past < 0) {
          if (!isSettled) return this.#pause(opened);
          const next = this.#nextStart(opened + OPENING[this.#inside], end);
          if (next < 0) return this.#lose(start, end, `${NAMES[this.#inside]} in it has no end`);
          return this.#cutOff(start, next, `${NAMES[this.#inside]} in it has no end before the next event starts`);
        }
        this.#inside = 'text';
        at = past;
      }
      if (this.#inside === 'end-tag') {
        while (at < high && isSpace(units[at])) at += 1;
        if (at >= high && !isSettled) return this.#pause(at);
        if (at < high && units[at] === GREATER) {
          return at < limit ? this.#framed(start, at + 1) : this.#lose(start, end, 'it has no end');
        }
        this.#inside = 'text';
        if (at > end) at = end;
      }
      const found = this.#finder.find(units, at, end);
      if (found < 0) return isSettled ? this.#lose(start, end, 'it has no end') : this.#pause(end);
      if (high - found < OPENING.cdata && !isSettled) return this.#pause(found);
      if (this.#stands(found, '<!--')) {
        this.#inside = 'comment';
        this.#opened = this.#view.offset(found);
      } else if (this.#stands(found, '<![CDATA[')) {
        this.#inside = 'cdata';
        this.#opened = this.#view.offset(found);
      } else if (this.#isEventStart(found)) {
        return this.#cutOff(start, found, 'another event starts inside it');
      } else if (this.#stands(found, '</Event')) {
        this.#inside = 'end-tag';
        at = found + '</Event'.length;
      } else {
        at = found + 1;
      }
    }
  }

  /** Waits for more bytes; scanning goes on at `at`. */
  #pause(at: number): boolean {
    this.#resume = this.#view.offset(at);
    return false;
  }

  #framed(start: number, end: number): boolean {
    this.#phase = 'gap';
    this.#sink.event(this.#view.units, start, end, this.#start);
    this.#release(end);
    return true;
  }

  #cutOff(start: number, next: number, detail: string): boolean {
    const { width } = this.#view;
    const other = this.#otherStart((start + EVENT.length) * width, next * width);
    if (other !== undefined) return this.#goOnAt(other);
    this.#rejects.rejectEvent('cut-off', detail, this.#start, next * width);
    return this.#startEvent(next);
  }

  /** The event has no end, up to the limit or up to the input's end. */
  #lose(start: number, end: number, detail: string): boolean {
    const { window, width } = this.#view;
    const isAtEnd = window.offsetOf(window.end) - this.#start <= this.#maxEventBytes;
    const lostTo = isAtEnd ? window.end : end * width;
    const other = this.#otherStart((start + EVENT.length) * width, lostTo);
    if (other !== undefined) return this.#goOnAt(other);
    if (isAtEnd) {
      this.#phase = 'gap';
      this.#rejects.rejectEvent('truncated', `the input ends inside the event: ${detail}`, this.#start, window.end);
      window.release(window.end);
      return false;
    }
    this.#phase = 'skip';
    const isLong = `the event is longer than ${this.#maxEventBytes} bytes, or ${detail}`;
    this.#rejects.openEvent('too-long', isLong, this.#start);
    this.#resume = this.#view.offset(end);
    return true;
  }

  /** After a too long event: on to the next event's start, whatever stands before it. */
  #skip(): boolean {
    const { window, width, high } = this.#view;
    const at = this.#view.index(this.#resume);
    const end = this.#isLast ? high : Math.max(at, high - LOOKAHEAD);
    const next = this.#nextStart(at, end);
    const reached = next < 0 ? end : next;
    const other = this.#otherStart(at * width, reached * width);
    if (other !== undefined) return this.#goOnAt(other);
    this.#rejects.extendTo(next < 0 && this.#isLast ? window.offsetOf(window.end) : this.#view.offset(reached));
    this.#release(reached);
    if (next >= 0) {
      this.#rejects.close();
      return this.#startEvent(next);
    }
    this.#resume = this.#view.offset(reached);
    if (this.#isLast) this.#rejects.release(window.end);
    return false;
  }

  /** Where in these bytes of the window, in which an event was lost, another starts that these units do not show. */
  #otherStart(from: number, to: number): OtherStart | undefined {
    // What a too long event is skipped by depends on how much of it was there; it was longer than what is read again.
    return this.#otherStarts.find(from, to, this.#phase !== 'skip');
  }

  /** Rejects the event up to where another start was found, and goes on there. */
  #goOnAt({ encoding, at }: OtherStart): boolean {
    const detail =
      encoding === this.encoding
        ? 'a byte is missing or too many in its UTF-16 text: another event starts half a unit off'
        : 'another event starts inside it, in another encoding';
    if (!this.#rejects.isOpen) this.#rejects.openEvent('cut-off', detail, this.#start);
    this.#rejects.extendTo(this.#view.window.offsetOf(at));
    this.#phase = 'gap';
    this.#switchTo(encoding, at, at);
    return true;
  }

  #nextStart(from: number, to: number): number {
    for (let at = from; ; at++) {
      at = this.#finder.find(this.#view.units, at, to);
      if (at < 0 || this.#isEventStart(at)) return at;
    }
  }

  #switchTo(encoding: UnitEncoding, junkFrom: number, at: number): void {
    const view = this.#view;
    const { window } = view;
    if (at > junkFrom && !isSpace(view.rawByte(junkFrom)) && view.rawByte(junkFrom) !== 0) {
      this.#rejects.addJunk(window.offsetOf(junkFrom), window.offsetOf(at), HALF_UNIT);
    }
    view.restore(at);
    this.#rejects.release(at);
    this.#rejects.close();
    if (encoding !== 'utf-8' && (at & 1) !== 0) window.realign();
    view.begin(encoding, window.start);
    this.#finder.reset();
  }

  #stands(at: number, text: string): boolean {
    const { units, high } = this.#view;
    return at + text.length <= high && standsAt(units, at, text);
  }

  #release(at: number): void {
    this.#rejects.release(at * this.#view.width);
  }
}

const EVENT = '<Event';
/** How many bytes tell the encoding. */
export const DETECTION_BYTES = 512;
/** In units. */
const LONGEST_SEEN_TWICE = 16_384;
/** In units. A start tag that goes on beyond it is no empty element. */
const LONGEST_START_TAG = 65_536;
const OPENING = { comment: 4, cdata: 9 };
const NAMES = { comment: 'a comment', cdata: 'a CDATA section' };
const HALF_UNIT = 'half a UTF-16 code unit';
