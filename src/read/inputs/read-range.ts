import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ByteWindow, type GrowableMemory } from '../../bytes/byte-window.js';
import { loadCodePage } from '../../bytes/code-pages.js';
import { GatheredWindow } from '../../bytes/gathered-window.js';
import { withWindowMemory } from '../../bytes/window-memory.js';
import type { EventRecord, Reject, Warning } from '../../model/index.js';
import { WINDOW_BYTES } from '../../stream/file-windows.js';
import type { Swept } from '../event-xml/sweep.js';
import type { FormatReport, RangeStop, UnitEncoding } from '../format-reader.js';
import { detectFormat, formatNamed } from '../formats.js';
import { HEAD_BYTES, lookAtHead } from '../head.js';
import { roomInRange } from '../range-rooms.js';
import { cannotOpen, LEAST_BYTES_TO_READ_AHEAD, READ_AHEAD_BYTES, readAside } from './byte-source.js';
import { isOwnOutput, OWN_MARK_BYTES, type ReadInputOptions } from './read-input.js';
import { isPacked } from './unpack.js';
import { readErrorMessage } from './unpack-nest.js';
import { WindowFeed } from './window-feed.js';

/** What can be known of a file from its first 64 KiB, for who plans how to read it. */
export interface FileOutlook {
  /** In bytes. */
  readonly size: number;
  /** What its bytes show; undefined for what is packed, unknown, or was written by evpair. */
  readonly format: string | undefined;
  /** The units that its ranges are in; undefined where it is not to be read in ranges. */
  readonly units: UnitEncoding | undefined;
}

/** A part of a file, to be read by itself. */
export interface FileRange {
  readonly path: string;
  /** A name of `FORMATS`, of one that has ranges. */
  readonly format: string;
  /** An absolute offset. */
  readonly from: number;
  /** The offset past it; Infinity: to the file's end. An event belongs to the range that it starts in. */
  readonly to: number;
  /** The units at `from`; undefined at the file's start, where they are found. */
  readonly units: UnitEncoding | undefined;
  /** Whether `from` is known to lie between two events; else the first place that looks so is taken. */
  readonly isExact: boolean;
}

/** How the reading of a range went. The place where a range ends and the one where the next began must be one. */
export interface RangeReading {
  /** Where its first event was taken to start; undefined when none seems to start in it: then nothing was read. */
  readonly begin: number | undefined;
  /** The start of the next event past it; undefined when the file ended before one came. */
  readonly stop: RangeStop | undefined;
  /** The absolute offset past the last byte that was looked at. */
  readonly bytes: number;
  readonly report: FormatReport | undefined;
  /** False when an error or the signal ended the reading; a `read-error` is emitted and stands in `report`. */
  readonly isComplete: boolean;
}

export interface ReadRangeOptions extends ReadInputOptions {
  /** The file's name in what is emitted. */
  readonly input: string;
  /** Whether the next bytes of a long range are read while the window is, by another thread. Default: false. */
  readonly readAhead?: boolean | undefined;
}

/** Looks at a file's head. Undefined for what is no regular file or cannot be opened: the reader tells why. */
export function lookAtFile(path: string, options: ReadInputOptions): FileOutlook | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(HEAD_BYTES, stat.size));
    const head = lookAtHead(bytes.subarray(0, readFully(fd, bytes, 0)));
    if (isPacked(head.bytes) || isOwnOutput(head.bytes.subarray(0, OWN_MARK_BYTES))) {
      return { size: stat.size, format: undefined, units: undefined };
    }
    const name = options.format ?? (options.columns === undefined ? undefined : 'tool-csv');
    const format = name === undefined ? detectFormat(head) : formatNamed(name);
    return { size: stat.size, format: format?.name, units: format?.ranges?.unitsOf(head, options) };
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads a range of a file and emits what is in it, without the input's report. `memory` is what the window stands on:
 * one for many ranges that are read one after the other.
 * @throws EvpairError `ERR_INPUT` when the file cannot be opened.
 */
export async function readRange(
  range: FileRange,
  options: ReadRangeOptions,
  emit: (item: EventRecord | Reject | Warning) => void,
  memory?: GrowableMemory,
): Promise<RangeReading> {
  return await withWindowMemory(memory, own => readRangeIn(own, range, options, emit));
}

async function readRangeIn(
  memory: GrowableMemory,
  range: FileRange,
  options: ReadRangeOptions,
  emit: (item: EventRecord | Reject | Warning) => void,
): Promise<RangeReading> {
  if (options.encoding !== undefined) await loadCodePage(options.encoding);
  const form = formatNamed(range.format)!;
  const fd = opened(range.path, options.input);
  try {
    const begin = range.isExact ? range.from : findStart(fd, range);
    if (begin === undefined) {
      return { begin, stop: undefined, bytes: range.from, report: undefined, isComplete: true };
    }
    const reader = form.create({ ...options, range: { units: range.units, stopAt: range.to } });
    const window = new ByteWindow(memory);
    window.moveTo(begin);
    const isAhead = options.readAhead === true && range.to - begin >= LEAST_BYTES_TO_READ_AHEAD;
    const feed = new RangeFeed(fd, window, begin, range.to, isAhead);
    let bytes = begin;
    // One that came ahead, behind the range's end, is not its own.
    let error: Error | undefined;
    let isStopped = false;
    try {
      for (let windows = 1; reader.stop?.() === undefined; windows++) {
        const answer = isStopped ? 0 : feed.next();
        const length = typeof answer === 'number' ? answer : await answer;
        if (length === 0) {
          error = feed.error;
          if (error !== undefined) emit(readError(options.input, error));
          reader.read(window, true, emit);
          break;
        }
        bytes += length;
        reader.read(window, false, emit);
        options.onProgress?.(length);
        const wait = options.afterWindow?.();
        if (wait !== undefined) await wait;
        if (windows % WINDOWS_PER_TURN === 0) await new Promise(resolve => setImmediate(resolve));
        isStopped = options.signal?.aborted === true;
      }
    } finally {
      await feed.settle();
    }
    const report = reader.report();
    const warnings = error === undefined ? report.warnings : { ...report.warnings, 'read-error': 1 };
    return {
      begin,
      stop: reader.stop?.(),
      bytes,
      report: { ...report, warnings },
      isComplete: error === undefined && !isStopped,
    };
  } finally {
    closeSync(fd);
  }
}

/** Fills a window with a range's bytes from an offset on. An error is kept and is the end. */
class RangeFeed extends WindowFeed {
  error: Error | undefined;

  constructor(fd: number, window: ByteWindow, from: number, to: number, isAhead: boolean) {
    let offset = from;
    const past = (length: number) => {
      offset += length;
      return length;
    };
    const fail = (cause: unknown) => {
      this.error = cause as Error;
      return 0;
    };
    super(window, {
      isAhead,
      room: () => roomInRange(offset, to, isAhead ? READ_AHEAD_BYTES : undefined),
      read(room) {
        if (isAhead) return readAside(fd, room, offset).then(past, fail);
        try {
          return past(readSync(fd, room, 0, room.length, offset));
        } catch (cause) {
          return fail(cause);
        }
      },
    });
  }
}

/**
 * Reads what a sweep kept of a range as `readRange` reads it there: the same items at the same places. The rest of a range
 * that was not swept whole is left.
 * @throws EvpairError `ERR_INTERNAL` when the search takes other events of these bytes than the sweep did.
 */
export function readSwept(
  swept: Swept,
  range: FileRange,
  options: ReadRangeOptions,
  emit: (item: EventRecord | Reject | Warning) => void,
  memory: GrowableMemory,
): RangeReading {
  const { begin, end, dropped } = swept;
  const units = range.units!; // none is swept without
  const reader = formatNamed(range.format)!.create({ ...options, range: { units, stopAt: Infinity } });
  reader.readKept!(new GatheredWindow(swept, memory), dropped, emit);
  return { begin, stop: { offset: end, units }, bytes: end, report: reader.report(), isComplete: true };
}

/** Whether what ranges of this format hold can be told before the rest of the file was read. */
export function isClosedInRanges(format: string): boolean {
  return formatNamed(format)?.ranges?.isClosed === true;
}

/** Between two turns of the event loop: fewer than elsewhere, since threads wait for answers. */
const WINDOWS_PER_TURN = 4;
/** A start is seen whole within this many bytes. */
const START_BYTES = 16;

function opened(path: string, input: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw cannotOpen(input, error);
  }
}

/** The first place in the range where an event seems to start. */
function findStart(fd: number, { format, from, to, units }: FileRange): number | undefined {
  const { startIn } = formatNamed(format)!.ranges!;
  const bytes = Buffer.alloc(WINDOW_BYTES);
  // One byte before the range, since a line starts after the last one's end.
  for (let offset = from - 1; offset < to; offset += WINDOW_BYTES - START_BYTES) {
    const length = readFully(fd, bytes, offset);
    const found = startIn(bytes.subarray(0, length), 1, units ?? 'utf-8');
    if (found >= 0) return offset + found < to ? offset + found : undefined;
    if (length < WINDOW_BYTES) return undefined;
  }
  return undefined;
}

function readFully(fd: number, bytes: Buffer, offset: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const read = readSync(fd, bytes, filled, bytes.length - filled, offset + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

function readError(input: string, error: Error): Warning {
  return { type: 'warning', code: 'read-error', input, message: readErrorMessage(error) };
}
