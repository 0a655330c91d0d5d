import type { ByteWindow } from '../../bytes/byte-window.js';
import { Crc32 } from '../../bytes/crc32.js';
import { type EventRecord, isSelected, type Reject, type RejectReason, type Warning } from '../../model/index.js';
import type { FormatReader, FormatReport, ReadOptions } from '../format-reader.js';
import type { Head } from '../head.js';
import { ChunkBinXml, DamagedRecord } from './binxml-template.js';
import { EventOfBinXml } from './event-of-binxml.js';

/** 1 for the file header of .evtx, and for a chunk without it (carved or cut off). */
export function detectEvtx(head: Head): number {
  const mark = Buffer.from(head.bytes.subarray(0, 8)).toString('latin1');
  return mark === FILE_MARK || mark === CHUNK_MARK ? 1 : 0;
}

/**
 * Reads the log files of Windows Vista and later (libyal/libevtx, "Windows XML Event Log (EVTX) format"): a header of
 * 4 KiB and chunks of 64 KiB, each with its own names and templates. Damage costs the record or the chunk it is in.
 */
export function createEvtxReader(options: ReadOptions): FormatReader {
  return new EvtxReader(options);
}

type Emit = (item: EventRecord | Reject | Warning) => void;

class EvtxReader implements FormatReader {
  readonly #options: ReadOptions;
  readonly #warnings: Record<string, number> = {};
  #isHeaderDone = false;
  #events = 0;
  #unparsed = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;
  #emit: Emit = () => undefined;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#emit = emit;
    if (!this.#isHeaderDone && !this.#readHeader(window, isLast)) return;
    while (window.end - window.start >= CHUNK_BYTES) {
      this.#readChunk(window.bytes.subarray(window.start, window.start + CHUNK_BYTES), window.offsetOf(window.start));
      window.release(window.start + CHUNK_BYTES);
    }
    if (!isLast || window.end === window.start) return;
    const rest = window.bytes.subarray(window.start, window.end);
    const offset = window.offsetOf(window.start);
    if (isZero(rest, 0, rest.length)) {
      // A log that was copied while it grew may end in the middle of an unused chunk.
    } else if (markAt(rest, 0) === CHUNK_MARK) {
      this.#readChunk(rest, offset);
      this.#reject('truncated', false, 'the file ends inside a chunk', offset, rest.length, rest);
    } else {
      this.#reject('no-event', false, 'the file ends with bytes that are no chunk', offset, rest.length, rest);
    }
    window.release(window.end);
  }

  report(): FormatReport {
    return {
      format: 'evtx',
      encoding: 'utf-16le',
      events: this.#events,
      unparsed: this.#unparsed,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      warnings: this.#warnings,
    };
  }

  /** @returns false when more bytes are needed. */
  #readHeader(window: ByteWindow, isLast: boolean): boolean {
    if (window.end - window.start < 8 && !isLast) return false;
    const head = window.bytes.subarray(window.start, window.end);
    if (markAt(head, 0) !== FILE_MARK) {
      this.#isHeaderDone = true;
      return true;
    }
    if (head.length < FILE_HEADER) {
      if (isLast) {
        this.#reject(
          'truncated',
          false,
          'the file ends inside its header',
          window.offsetOf(window.start),
          head.length,
          head,
        );
        window.release(window.end);
      }
      return false;
    }
    window.release(window.start + FILE_HEADER);
    this.#isHeaderDone = true;
    return true;
  }

  #readChunk(bytes: Uint8Array, offset: number): void {
    // The window moves on; trees and names of a chunk live as long as the chunk.
    const chunk = Buffer.from(bytes);
    if (markAt(chunk, 0) !== CHUNK_MARK) {
      if (isZero(chunk, 0, chunk.length)) return;
      const hasRecords = chunk.length > CHUNK_RECORDS + 4 && chunk.readUInt32LE(CHUNK_RECORDS) === RECORD_MARK;
      if (!hasRecords && this.#options.recover !== true) {
        this.#reject('no-event', false, 'a chunk was expected and its mark is not there', offset, chunk.length, chunk);
        return;
      }
      this.#warn('chunk-mark', `the chunk at byte ${offset} has lost its mark; what is readable of it was read`);
    } else {
      this.#checkSums(chunk, offset);
    }
    const binXml = new ChunkBinXml(chunk);
    const events = new EventOfBinXml(chunk, binXml);
    const used =
      markAt(chunk, 0) === CHUNK_MARK && chunk.length >= CHUNK_HEADER ? chunk.readUInt32LE(48) : chunk.length;
    const end = used >= CHUNK_RECORDS && used <= chunk.length ? used : chunk.length;
    let at = this.#readRecords(chunk, offset, CHUNK_RECORDS, end, binXml, events, false);
    if (this.#options.recover !== true) return;
    at = Math.max(at, end);
    this.#readRecords(chunk, offset, at, chunk.length, binXml, events, true);
  }

  /** Reads record after record; where one is missing it goes on at the next record's mark. */
  #readRecords(
    chunk: Buffer,
    offset: number,
    from: number,
    end: number,
    binXml: ChunkBinXml,
    events: EventOfBinXml,
    isSlack: boolean,
  ): number {
    let at = from;
    while (at + RECORD_HEADER <= end) {
      if (chunk.readUInt32LE(at) !== RECORD_MARK) {
        const next = nextRecord(chunk, at, end);
        const to = next < 0 ? end : next;
        if (!isSlack && !isZero(chunk, at, to)) {
          const lost = chunk.subarray(at, to);
          this.#reject(
            'no-event',
            false,
            'a record was expected and its mark is not there',
            offset + at,
            to - at,
            lost,
          );
        }
        if (next < 0) return end;
        at = next;
      }
      const size = chunk.readUInt32LE(at + 4);
      if (size < RECORD_HEADER + 4 || at + size > end) {
        const next = nextRecord(chunk, at + 4, end);
        const to = next < 0 ? end : next;
        if (!isSlack)
          this.#rejectRecord(`the record says it has ${size} bytes, ${end - at} are left`, chunk, offset, at, to);
        at = to;
        continue;
      }
      this.#readRecord(chunk, offset, at, size, binXml, events, isSlack);
      at += size;
    }
    return at;
  }

  #readRecord(
    chunk: Buffer,
    offset: number,
    at: number,
    size: number,
    binXml: ChunkBinXml,
    events: EventOfBinXml,
    isSlack: boolean,
  ): void {
    const { input, selection, parseAll, prefilter } = this.#options;
    try {
      const parts = binXml.fragment(at + RECORD_HEADER, at + size - 4);
      const fields = events.read(parts, parseAll === true || prefilter === false ? undefined : selection);
      this.#events += 1;
      if (isSlack) this.#warn('recovered', 'records were recovered from unused parts of the file');
      if (fields === undefined) {
        this.#unparsed += 1;
        return;
      }
      if (!isSelected(selection, fields.provider, fields.eventId)) return;
      if (fields.time === undefined) this.#withoutTime += 1;
      this.#emit({ type: 'event', ...fields, position: { input, offset: offset + at, length: size } });
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      if (isSlack) return;
      this.#rejectRecord(
        `${error.message}, ${Math.max(0, error.at - at)} bytes into the record`,
        chunk,
        offset,
        at,
        at + size,
      );
    }
  }

  #checkSums(chunk: Buffer, offset: number): void {
    if (chunk.length < CHUNK_RECORDS) return;
    const used = chunk.readUInt32LE(48);
    const header = crc32(chunk, [
      [0, 120],
      [128, 512],
    ]);
    const records = used >= CHUNK_RECORDS && used <= chunk.length ? crc32(chunk, [[CHUNK_RECORDS, used]]) : undefined;
    if (header === chunk.readUInt32LE(124) && (records === undefined || records === chunk.readUInt32LE(52))) return;
    this.#warn(
      'chunk-checksum',
      `the checksum of the chunk at byte ${offset} does not fit; its records were read all the same`,
    );
  }

  #rejectRecord(detail: string, chunk: Buffer, offset: number, from: number, to: number): void {
    this.#events += 1;
    this.#malformed += 1;
    this.#reject('malformed', true, detail, offset + from, to - from, chunk.subarray(from, to));
  }

  #reject(
    reason: RejectReason,
    isEvent: boolean,
    detail: string,
    offset: number,
    length: number,
    bytes: Uint8Array,
  ): void {
    this.#rejects += 1;
    this.#emit({
      type: 'reject',
      reason,
      detail,
      position: { input: this.#options.input, offset, length },
      isEvent,
      ...(this.#options.keepRejectBytes === true ? { bytes: Uint8Array.from(bytes) } : {}),
    });
  }

  #warn(code: string, message: string): void {
    const count = (this.#warnings[code] ?? 0) + 1;
    this.#warnings[code] = count;
    if (count === 1) this.#emit({ type: 'warning', code, input: this.#options.input, message });
  }
}

/** The checksum of some ranges one after the other. */
function crc32(bytes: Uint8Array, ranges: readonly (readonly [from: number, to: number])[]): number {
  const crc = new Crc32();
  for (const [from, to] of ranges) crc.update(bytes.subarray(from, to));
  return crc.value;
}

function nextRecord(chunk: Buffer, from: number, end: number): number {
  const next = chunk.indexOf(RECORD_MARK_BYTES, from);
  return next >= 0 && next + RECORD_HEADER <= end ? next : -1;
}

function markAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(8, bytes.length - at)).toString('latin1');
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

const FILE_MARK = 'ElfFile\0';
const CHUNK_MARK = 'ElfChnk\0';
const FILE_HEADER = 4096;
const CHUNK_BYTES = 65_536;
const CHUNK_HEADER = 128;
/** Records follow the chunk's header and its tables of names and templates. */
const CHUNK_RECORDS = 512;
/** Mark, size, record ID, time written. */
const RECORD_HEADER = 24;
const RECORD_MARK = 0x0000_2a2a;
const RECORD_MARK_BYTES = Buffer.from([0x2a, 0x2a, 0, 0]);
