import type { ByteWindow } from '../../bytes/byte-window.js';
import type { EventRecord } from '../../model/index.js';
import { DEFAULT_MAX_EVENT_BYTES, type FormatReader, type FormatReport, type ReadOptions } from '../format-reader.js';
import type { Head } from '../head.js';
import { DamagedRecord } from './binxml.js';
import { BinXmlChunk } from './binxml-chunk.js';
import { CHUNK_BYTES, carveRecords } from './carve.js';
import { EventOfBinXml } from './event-of-binxml.js';
import { createFastRecords, type FastRecords } from './fast-records.js';
import {
  announcedChunks,
  CHUNK_MARK,
  endOfRecords,
  FILE_HEADER,
  FIRST_RECORD,
  hasGoodSums,
  isChunk,
  isFileHeader,
} from './file-layout.js';
import { frameRecords, hasWholeRecord, nextMark, RECORD_HEADER, sizeByItsCopy } from './frame-records.js';
import { type Emit, LogAccount } from './log-account.js';

/**
 * Reads the log files of Windows Vista and later (libyal/libevtx, "Windows XML Event Log (EVTX) format"): a header of
 * 4 KiB and chunks of 64 KiB, each with its own names and templates. An event is a record; its record ID is the one in
 * its System element, which forwarding keeps, not the one that this file gave it. Damage costs the record or the chunk it
 * is in. With `recover` the slack behind a chunk's records and what is left of lost chunks are searched too.
 */
export function createEvtxReader(options: ReadOptions): FormatReader {
  return new EvtxReader(options);
}

/** 1 for the file header of .evtx, and for a chunk without it (carved or cut off). */
export function detectEvtx(head: Head): number {
  return isFileHeader(head.bytes) || isChunk(head.bytes) ? 1 : 0;
}

class EvtxReader implements FormatReader {
  readonly #options: ReadOptions;
  readonly #selection: ReadOptions['selection'];
  readonly #account: LogAccount;
  readonly #fast: FastRecords | undefined;
  readonly #events = new EventOfBinXml();
  #isHeaderDone = false;
  /** Chunks that the file's header announces; none where it does not hold. */
  #announcedChunks = 0;
  #slots = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    const usesPrefilter = options.parseAll !== true && options.prefilter !== false;
    this.#selection = usesPrefilter ? options.selection : undefined;
    this.#account = new LogAccount(options, this.#selection !== undefined);
    this.#fast = createFastRecords(options);
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#account.emit = emit;
    if (!this.#isHeaderDone && !this.#readHeader(window, isLast)) return;
    for (;;) {
      const length = window.end - window.start;
      if (length === 0 || (length < CHUNK_BYTES && !isLast)) break;
      const bytes = bufferOf(window.bytes, window.start, Math.min(length, CHUNK_BYTES));
      const offset = window.offsetOf(window.start);
      // Logs come one behind the other where an archive of them was unpacked into a pipe.
      if (isFileHeader(bytes) && length >= FILE_HEADER) {
        this.#announcedChunks += announcedChunks(bytes);
        window.release(window.start + FILE_HEADER);
        continue;
      }
      const isMarked = isChunk(bytes);
      // The mark of a chunk out of line may stand across the end of this slot.
      if (!isMarked && length < CHUNK_BYTES + CHUNK_MARK.length && !isLast) break;
      const used = isMarked ? this.#readChunk(bytes, offset) : this.#readLostChunk(window, bytes, offset);
      window.release(window.start + used);
    }
    if (isLast && this.#slots < this.#announcedChunks) {
      const missing = this.#announcedChunks - this.#slots;
      this.#account.warn('chunks-missing', `the file's header announces ${missing} more chunks than there are`);
    }
  }

  report(): FormatReport {
    return this.#account.report();
  }

  /** @returns false when more bytes are needed. */
  #readHeader(window: ByteWindow, isLast: boolean): boolean {
    const length = window.end - window.start;
    if (length < CHUNK_MARK.length && !isLast) return false;
    const header = bufferOf(window.bytes, window.start, Math.min(length, FILE_HEADER));
    if (isFileHeader(header)) {
      if (length < FILE_HEADER && !isLast) return false;
      if (length < FILE_HEADER) {
        this.#account.rejectRegion(
          'truncated',
          'the file ends inside its header',
          window.offsetOf(window.start),
          header,
        );
      } else {
        this.#announcedChunks = announcedChunks(header);
      }
      window.release(window.start + header.length);
    }
    this.#isHeaderDone = true;
    return true;
  }

  #readChunk(bytes: Buffer, offset: number): number {
    this.#slots += 1;
    if (bytes.length < FIRST_RECORD) {
      this.#account.rejectRegion('truncated', "the file ends inside a chunk's header", offset, bytes);
      return bytes.length;
    }
    const announced = endOfRecords(bytes);
    const isSound = announced >= FIRST_RECORD && announced <= CHUNK_BYTES;
    if (bytes.length < CHUNK_BYTES && (!isSound || announced > bytes.length)) {
      this.#account.warn('chunk-truncated', 'the file ends inside a chunk; the records before were read');
    } else if (!isSound || !hasGoodSums(bytes, announced)) {
      this.#account.warn(
        'chunk-checksum',
        `the checksum of the chunk at byte ${offset} does not fit; its records were read all the same`,
      );
    }
    this.#readRecords(bytes, offset, isSound ? Math.min(announced, bytes.length) : bytes.length, isSound);
    return bytes.length;
  }

  /** A slot without a chunk's mark: unused, a chunk that lost its mark, or bytes up to a chunk that stands out of line. */
  #readLostChunk(window: ByteWindow, bytes: Buffer, offset: number): number {
    this.#slots += 1;
    if (bytes.length > FIRST_RECORD && hasWholeRecord(bytes, FIRST_RECORD)) {
      this.#account.warn(
        'chunk-mark',
        `the chunk at byte ${offset} has lost its mark; what is readable of it was read`,
      );
      this.#readRecords(bytes, offset, bytes.length, false);
      return bytes.length;
    }
    const searched = bufferOf(
      window.bytes,
      window.start,
      Math.min(window.end - window.start, CHUNK_BYTES + CHUNK_MARK.length - 1),
    );
    const next = searched.indexOf(CHUNK_MARK);
    const length = next < 0 ? bytes.length : next;
    const lost = bytes.subarray(0, length);
    if (isZero(lost, 0, lost.length)) return length;
    this.#account.rejectRegion('no-event', 'a chunk was expected and its mark is not there', offset, lost);
    if (this.#options.recover === true) {
      carveRecords(lost, (chunk, from, to, at, size) => {
        this.#recover(chunk, from, to, offset + at, size);
      });
    }
    return length;
  }

  /** @param isSound whether the chunk's header says where its records end. */
  #readRecords(bytes: Buffer, offset: number, end: number, isSound: boolean): void {
    const chunk = new BinXmlChunk(bytes);
    let lastRecord = -1;
    let charged = 0;
    const fast = this.#fast;
    fast?.begin(bytes, offset);
    const done = frameRecords(bytes, FIRST_RECORD, end, {
      skip: at => {
        if (fast === undefined) return at;
        const run = fast.read(at, end);
        if (run.count === 0) return at;
        lastRecord = run.last;
        chunk.charge(run.steps - charged);
        charged = run.steps;
        this.#account.takeRun(run);
        return run.at;
      },
      record: (at, size) => {
        lastRecord = at;
        this.#readRecord(chunk, offset, at, size);
      },
      misframed: (at, to, size) => {
        if (at + size > CHUNK_BYTES || bytes.length === CHUNK_BYTES || to < bytes.length) {
          this.#readMisframed(chunk, offset, at, to, size);
          return;
        }
        const detail = `the file ends inside the record: it has ${size} bytes, ${to - at} are left`;
        this.#account.rejectEvent('truncated', detail, offset + at, bytes.subarray(at, to));
      },
      region: (at, to) => {
        const isEmpty = isZero(bytes, at, to);
        // Without a sound header nothing tells that zeros before the end were records.
        if (isEmpty && !(isSound || to < end)) return;
        this.#rejectRegion(bytes, offset, at, to);
      },
    });
    const live = this.#readUnannounced(chunk, offset, done, lastRecord);
    if (this.#options.recover === true) this.#readSlack(chunk, offset, live);
  }

  /**
   * Where the log was copied while it was written, records stand behind the end that the chunk's header gives; the
   * numbers that follow on tell them from what an older use of the chunk left there.
   */
  #readUnannounced(chunk: BinXmlChunk, offset: number, from: number, lastRecord: number): number {
    const { bytes } = chunk;
    let at = from;
    let last = lastRecord;
    while (last >= 0 && hasWholeRecord(bytes, at)) {
      if (bytes.readBigUInt64LE(at + 8) !== bytes.readBigUInt64LE(last + 8) + 1n) break;
      this.#account.warn(
        'dirty-chunk',
        'the log was copied while it was written; records behind the announced end were read too',
      );
      const size = bytes.readUInt32LE(at + 4);
      this.#readRecord(chunk, offset, at, size);
      last = at;
      at += size;
    }
    return at;
  }

  #readSlack(chunk: BinXmlChunk, offset: number, from: number): void {
    const { bytes } = chunk;
    for (let at = nextMark(bytes, from, bytes.length); at < bytes.length; at = nextMark(bytes, at + 4, bytes.length)) {
      if (!hasWholeRecord(bytes, at)) continue;
      const size = bytes.readUInt32LE(at + 4);
      if (this.#recover(chunk, at + RECORD_HEADER, at + size - 4, offset + at, size)) at += size - 4;
    }
  }

  /** A record that no chunk owns any more counts only if it can be read. */
  #recover(chunk: BinXmlChunk, from: number, to: number, offset: number, size: number): boolean {
    const { input } = this.#options;
    try {
      const event = this.#events.read(chunk, from, to, { input, offset, length: size }, this.#selection);
      this.#account.warn('recovered', 'records were recovered from unused parts of the file');
      this.#account.take(event);
      return true;
    } catch (damage) {
      if (!(damage instanceof DamagedRecord)) throw damage;
      return false;
    }
  }

  #readRecord(chunk: BinXmlChunk, offset: number, at: number, size: number): void {
    const { input, maxEventBytes = DEFAULT_MAX_EVENT_BYTES } = this.#options;
    const position = { input, offset: offset + at, length: size };
    const from = at + RECORD_HEADER;
    const to = at + size - 4;
    if (size > maxEventBytes) {
      const detail = 'the record is longer than the limit (--max-event-bytes)';
      this.#account.rejectEvent('too-long', detail, position.offset, undefined, size);
      return;
    }
    try {
      this.#account.take(this.#events.read(chunk, from, to, position, this.#selection));
    } catch (damage) {
      if (!(damage instanceof DamagedRecord)) throw damage;
      if (this.#isUnwanted(chunk, from, to, position)) {
        this.#account.take(undefined);
        return;
      }
      const reason = damage.isLimit ? 'limit' : 'malformed';
      const where = damage.at >= at && damage.at <= at + size ? `, ${damage.at - at} bytes into the record` : '';
      this.#account.rejectEvent(reason, damage.detail + where, position.offset, chunk.bytes.subarray(at, at + size));
    }
  }

  /**
   * Where the size in front is damaged the copy at the end tells where that is, or the content, if it ends right before the
   * next record. Of a torn record, half written or zeroed by sectors, nothing is given: its last value may be half of one.
   */
  #readMisframed(chunk: BinXmlChunk, offset: number, at: number, to: number, size: number): void {
    const whole = sizeByItsCopy(chunk.bytes, at, to) ?? (this.#endsAt(chunk, at, to) ? to - at : undefined);
    if (whole === undefined) {
      const detail = `the record is torn: it says it has ${size} bytes, and they do not end with that size`;
      this.#account.rejectEvent('malformed', detail, offset + at, chunk.bytes.subarray(at, to));
      return;
    }
    this.#account.warn('record-size', 'some records have a wrong size and were read all the same');
    this.#readRecord(chunk, offset, at, whole);
    if (!isZero(chunk.bytes, at + whole, to)) this.#rejectRegion(chunk.bytes, offset, at + whole, to);
  }

  /** Whether the content of the record at `at` fills it up to the next one at `to`, but for its end and its size. */
  #endsAt(chunk: BinXmlChunk, at: number, to: number): boolean {
    if (to + RECORD_HEADER > chunk.bytes.length || at + RECORD_HEADER + 4 > to) return false;
    const position = { input: '', offset: 0, length: to - at };
    try {
      // Without a selection: how bytes are framed must not depend on what is wanted.
      this.#events.read(chunk, at + RECORD_HEADER, to - 4, position, undefined);
    } catch (damage) {
      if (!(damage instanceof DamagedRecord)) throw damage;
      return false;
    }
    return to - this.#events.contentEnd <= LONGEST_TRAILER;
  }

  /** Without prefilter: whether the prefilter would have dropped the damaged record unseen. */
  #isUnwanted(chunk: BinXmlChunk, from: number, to: number, position: EventRecord['position']): boolean {
    const { selection, parseAll } = this.#options;
    if (selection === undefined || parseAll === true || this.#selection !== undefined) return false;
    try {
      return this.#events.read(chunk, from, to, position, selection) === undefined;
    } catch (damage) {
      if (!(damage instanceof DamagedRecord)) throw damage;
      return false;
    }
  }

  /** No record where one should begin. */
  #rejectRegion(bytes: Buffer, offset: number, at: number, to: number): void {
    const found = isZero(bytes, at, to) ? 'zeros' : 'other bytes';
    const detail = `a record was expected and ${found} found`;
    this.#account.rejectRegion('no-event', detail, offset + at, bytes.subarray(at, to));
  }
}

function bufferOf(bytes: Uint8Array, at: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += ZEROS.length) {
    const length = Math.min(ZEROS.length, to - at);
    if (ZEROS.compare(bytes, at, at + length, 0, length) !== 0) return false;
  }
  return true;
}

const ZEROS = Buffer.alloc(8192);

/** The end of the binary XML, zeros up to a multiple of eight, the size. */
const LONGEST_TRAILER = 12;
