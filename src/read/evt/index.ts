import type { ByteWindow } from '../../bytes/byte-window.js';
import { type EventRecord, isSelected, type Reject, type RejectReason, type Warning } from '../../model/index.js';
import { DEFAULT_MAX_EVENT_BYTES, type FormatReader, type FormatReport, type ReadOptions } from '../format-reader.js';
import type { Head } from '../head.js';
import { END_MARK, HEADER, MAX_RECORD, MarkSearch, markAt, Ring, RingSearch } from './frame-record.js';
import { FIXED_PART, parseRecord, parseRecordHead } from './parse-record.js';

/** 1 for the header of an event log of Windows NT to 2003, and for a record of one. */
export function detectEvt({ bytes }: Head): number {
  const mark = markAt(bufferOf(bytes, 0, bytes.length), 0);
  return mark === 'header' || mark === 'record' ? 1 : 0;
}

/**
 * Reads .evt, the log files before Windows Vista ([MS-EVEN] 2.2; Windows SDK, "Event log file format"): a header of 48
 * bytes and a ring of records, given in the order they stand in the file. A record that runs over the file's end goes on
 * behind the header and comes last; its position is that of its first part. The header is not believed, since it is out
 * of date while the log is open; the mark that ends the ring is. What the ring has given up is read only with `recover`.
 */
export function createEvtReader(options: ReadOptions): FormatReader {
  return new EvtReader(options);
}

type Emit = (item: EventRecord | Reject | Warning) => void;

type Fault = Pick<Reject, 'reason' | 'isEvent' | 'detail'>;

/** Bytes that are no record, as they are collected. */
interface Region extends Fault {
  readonly offset: number;
  /** Only words that logs are filled up with, so far. */
  isFiller: boolean;
  length: number;
  readonly kept: Buffer[];
  keptBytes: number;
}

class EvtReader implements FormatReader {
  readonly #options: ReadOptions;
  readonly #maxEventBytes: number;
  readonly #warnings: Record<string, number> = {};
  readonly #counts = { events: 0, unparsed: 0, malformed: 0, rejects: 0, withoutTime: 0 };
  readonly #marks = new MarkSearch();
  readonly #rings = new RingSearch();
  #emit: Emit = () => undefined;
  #isHeaderDone = false;
  #isHeaderRead = false;
  #isBeginning = true;
  #ring: Ring | undefined;
  #region: Region | undefined;
  /** What stands before the first whole record: mostly the end of the one that runs over the file's end. */
  #early: Region[] = [];
  #earlyBytes: Buffer[] = [];
  #earlyLength = 0;
  #wrapped: Buffer = Buffer.alloc(0);

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#emit = emit;
    while (window.end > window.start) {
      const bytes = bufferOf(window.bytes, window.start, window.end - window.start);
      const used = this.#step(bytes, window.offsetOf(window.start), isLast);
      if (used === 0) return;
      window.release(window.start + used);
    }
    if (isLast) this.#end();
  }

  report(): FormatReport {
    return { format: 'evt', encoding: 'utf-16le', ...this.#counts, warnings: this.#warnings };
  }

  /** Deals with what the bytes begin with. @returns how many bytes that was; 0 when more are needed. */
  #step(bytes: Buffer, offset: number, isLast: boolean): number {
    if (bytes.length < FIXED_PART + 4 && !isLast) return 0;
    if (!this.#isHeaderDone) {
      this.#isHeaderDone = true;
      this.#isHeaderRead = markAt(bytes, 0) === 'header';
      if (this.#isHeaderRead) return Math.min(HEADER, bytes.length);
    }
    const room = (this.#ring?.oldestBehind(offset) ?? Number.POSITIVE_INFINITY) - offset;
    const mark = markAt(bytes, 0);
    if (mark === 'end' && bytes.length >= END_MARK) return this.#endMark(bytes, offset);
    let isRecord = mark === 'record';
    const size = isRecord ? bytes.readUInt32LE(0) : 0;
    if (isRecord && size <= MAX_RECORD && size <= room) {
      if (size > bytes.length) {
        if (!isLast) return 0;
      } else if (bytes.readUInt32LE(size - 4) === size) {
        const record = bytes.subarray(0, size);
        isRecord = !this.#isPartOfEarly(record, offset);
        if (isRecord) {
          this.#record(record, offset);
          return size;
        }
      }
    }
    if (isLast && this.#joinsWrapped(bytes, offset)) return bytes.length;
    const next = Math.min(this.#marks.next(bytes, offset, 1, isLast), room);
    const isCutOff = size > bytes.length && size <= MAX_RECORD && next === bytes.length;
    this.#skip(bytes.subarray(0, next), offset, !isRecord ? NO_RECORD : isCutOff ? CUT_OFF : MISFRAMED);
    if (next === room) this.#close();
    return next;
  }

  /**
   * Whether what looks like a record stands in the values of the one that runs over the file's end: the mark that ends the
   * ring, which stands behind that one and in no other, is within it.
   */
  #isPartOfEarly(record: Buffer, offset: number): boolean {
    return this.#isBeginning && this.#rings.isIn(record, offset);
  }

  #endMark(bytes: Buffer, offset: number): number {
    const mark = bytes.subarray(0, END_MARK);
    const ring = this.#ring ?? Ring.of(mark, offset);
    if (ring === undefined) this.#skip(mark, offset, NO_RECORD);
    else this.#close();
    this.#ring = ring;
    if (ring !== undefined) this.#endBeginning();
    return END_MARK;
  }

  /** Whether the last bytes are a record, or the ring's end, that goes on behind the header. */
  #joinsWrapped(bytes: Buffer, offset: number): boolean {
    if (this.#isBeginning) return false;
    const mark = Buffer.concat([bytes.subarray(0, END_MARK), this.#wrapped.subarray(0, END_MARK)]);
    const kind = markAt(mark, 0);
    if (kind === 'end' && bytes.length < END_MARK) {
      const ring = this.#ring ?? Ring.of(mark.subarray(0, END_MARK), offset);
      if (ring === undefined) return false;
      this.#close();
      this.#ring = ring;
      this.#takeWrapped(END_MARK - bytes.length);
      return true;
    }
    const size = kind === 'record' ? mark.readUInt32LE(0) : 0;
    const missing = size - bytes.length;
    if (missing <= 0 || missing > this.#wrapped.length) return false;
    const end = this.#wrapped.subarray(0, missing);
    if (
      Buffer.concat([bytes.subarray(-4), end.subarray(-4)])
        .subarray(-4)
        .readUInt32LE(0) !== size
    )
      return false;
    this.#record(Buffer.concat([bytes, end]), offset);
    this.#takeWrapped(missing);
    return true;
  }

  #takeWrapped(length: number): void {
    const to = HEADER + length;
    this.#early = this.#early
      .filter(region => region.offset + region.length > to)
      .map(region => (region.offset >= to ? region : withoutBefore(region, to)));
    this.#wrapped = Buffer.alloc(0);
  }

  #record(record: Buffer, offset: number): void {
    this.#close();
    this.#endBeginning();
    const { input, selection, parseAll, prefilter, recover } = this.#options;
    if (this.#isOldRecord(record, offset)) {
      if (recover !== true) return;
      this.#warn('recovered', 'records were recovered from unused parts of the file');
    }
    this.#counts.events += 1;
    const position = { input, offset, length: record.length };
    const rejected = (reason: RejectReason, detail: string) => {
      this.#counts.malformed += 1;
      this.#reject({ type: 'reject', reason, detail, position, isEvent: true, ...this.#bytes(record) });
    };
    if (record.length > this.#maxEventBytes) {
      rejected('too-long', 'the record is longer than the limit (--max-event-bytes)');
      return;
    }
    const head = parseRecordHead(record);
    if (typeof head === 'string') {
      rejected('malformed', head);
      return;
    }
    const isWanted = isSelected(selection, head.provider, head.eventId);
    if (!isWanted && parseAll !== true && prefilter !== false) {
      this.#counts.unparsed += 1;
      return;
    }
    const event = parseRecord(record, head);
    if (typeof event === 'string') {
      if (isWanted || parseAll === true) rejected('malformed', event);
      else this.#counts.unparsed += 1;
    } else if (isWanted) {
      this.#emit({ ...event, position });
    }
  }

  /** A damaged end mark may name a wrong place: then records are missing whose numbers it names too. */
  #isOldRecord(record: Buffer, offset: number): boolean {
    const ring = this.#ring;
    if (ring === undefined || !ring.isOld(offset)) return false;
    return !(ring.hasNumber(record.readUInt32LE(8)) && this.#counts.events < ring.records);
  }

  /** Bytes where a record should begin and none does, or a damaged one. */
  #skip(bytes: Buffer, offset: number, fault: Fault): void {
    if (fault.isEvent) this.#close();
    this.#region ??= regionAt(offset, fault);
    const region = this.#region;
    region.isFiller &&= isFiller(bytes);
    region.length += bytes.length;
    if (this.#isBeginning && this.#isHeaderRead) this.#keepEarly(bytes);
    const limit = this.#options.keepRejectBytes === true ? this.#maxEventBytes : 0;
    const taken = Math.min(bytes.length, limit - region.keptBytes);
    if (taken <= 0) return;
    region.kept.push(Buffer.from(bytes.subarray(0, taken)));
    region.keptBytes += taken;
  }

  #keepEarly(bytes: Buffer): void {
    this.#earlyLength += bytes.length;
    this.#earlyBytes.push(Buffer.from(bytes));
    if (this.#earlyLength <= MAX_RECORD) return;
    // Too long to be the end of a record.
    this.#earlyBytes = [];
    this.#endBeginning();
    for (const region of this.#early.splice(0)) this.#rejectRegion(region);
  }

  #endBeginning(): void {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    this.#wrapped = Buffer.concat(this.#earlyBytes);
    this.#earlyBytes = [];
  }

  /** A record or the ring's end begins: what was skipped before it is judged. */
  #close(): void {
    const region = this.#region;
    if (region === undefined) return;
    this.#region = undefined;
    // Only the ring's end tells whether these are old, and it may stand last.
    if (this.#isBeginning) this.#early.push(region);
    else this.#rejectRegion(region);
  }

  #end(): void {
    // Room that was never used, of a log without its end mark.
    if (this.#region?.isFiller === true && this.#ring === undefined) this.#region = undefined;
    this.#close();
    for (const region of this.#early.splice(0)) this.#rejectRegion(region);
  }

  #rejectRegion({ offset, length, reason, isEvent, detail, kept, isFiller }: Region): void {
    if ((isFiller && length < FIXED_PART) || this.#ring?.isOld(offset) === true) return;
    if (isEvent) {
      this.#counts.events += 1;
      this.#counts.malformed += 1;
    }
    const position = { input: this.#options.input, offset, length };
    this.#reject({ type: 'reject', reason, detail, position, isEvent, ...this.#bytes(Buffer.concat(kept)) });
  }

  #reject(reject: Reject): void {
    this.#counts.rejects += 1;
    this.#emit(reject);
  }

  #bytes(bytes: Buffer): { readonly bytes?: Uint8Array } {
    if (this.#options.keepRejectBytes !== true) return {};
    return { bytes: Uint8Array.from(bytes.subarray(0, this.#maxEventBytes)) };
  }

  #warn(code: string, message: string): void {
    const count = (this.#warnings[code] ?? 0) + 1;
    this.#warnings[code] = count;
    if (count === 1) this.#emit({ type: 'warning', code, input: this.#options.input, message });
  }
}

function regionAt(offset: number, { reason, isEvent, detail }: Fault): Region {
  return { reason, isEvent, detail, offset, isFiller: true, length: 0, kept: [], keptBytes: 0 };
}

function withoutBefore(region: Region, to: number): Region {
  const kept = Buffer.concat(region.kept).subarray(to - region.offset);
  const length = region.length - (to - region.offset);
  return { ...region, offset: to, length, kept: [kept], keptBytes: kept.length };
}

/** Zeros, or the word 0x27 that fills up the file's end where the fixed part of a record finds no room. */
function isFiller(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0 && bytes[at] !== 0x27) return false;
  return true;
}

function bufferOf(bytes: Uint8Array, at: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
}

const NO_RECORD: Fault = {
  reason: 'no-event',
  isEvent: false,
  detail: 'a record was expected and its mark is not there',
};
const MISFRAMED: Fault = {
  reason: 'malformed',
  isEvent: true,
  detail: 'the record was expected to end with its size again and does not',
};
const CUT_OFF: Fault = { reason: 'truncated', isEvent: true, detail: 'the file ends inside the record' };
