import { createHash } from 'node:crypto';
import { ByteWindow, type GrowableMemory } from '../../bytes/byte-window.js';
import { loadCodePage } from '../../bytes/code-pages.js';
import { withWindowMemory } from '../../bytes/window-memory.js';
import type { ReadItem, Reject } from '../../model/index.js';
import { WINDOW_BYTES } from '../../stream/file-windows.js';
import { forEachLine } from '../../stream/lines.js';
import { ExportReader, type ExportReaderOptions } from '../export-reader.js';
import { type ByteSource, LEAST_BYTES_TO_READ_AHEAD, openSource, READ_AHEAD_BYTES } from './byte-source.js';
import type { InputSource } from './expand-inputs.js';
import { unpack } from './unpack.js';
import type { UnpackLimits } from './unpack-limits.js';
import { type HashedSource, readErrorMessage, reportOf, type UnpackedInput } from './unpack-nest.js';
import { UnpackError } from './unpack-source.js';
import { WindowFeed } from './window-feed.js';

export interface ReadInputOptions extends Omit<ExportReaderOptions, 'input'> {
  /**
   * Compute the SHA-256 of the bytes as stored: of a compressed file as it is, of an archive's member unpacked. Absent
   * where reading ended before the bytes did. Default: false, since hashing costs more than reading.
   */
  readonly hash?: boolean | undefined;
  /** Stops reading after the window at hand; the report then says `isComplete: false`. */
  readonly signal?: AbortSignal | undefined;
  /** Awaited after a window when it gives something to wait for, so that a slow output holds back the reading. */
  readonly afterWindow?: (() => Promise<void> | undefined) | undefined;
  /** Told after each window how many bytes it had; of a packed input, unpacked ones. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Shown the bytes as they come, before they are unpacked; to be copied if they are to be kept. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
  /** Limits against archives and compressed files that would never end. */
  readonly unpackLimits?: UnpackLimits | undefined;
  /**
   * What the window stands on: one for many inputs that are read one after the other. Making it takes 2 ms, and what an
   * earlier input left in it is forgotten. Default: one is made.
   */
  readonly memory?: GrowableMemory | undefined;
  /** Takes the lines of an input that evpair itself wrote; without it such an input is rejected. */
  readonly onLine?: ((line: string, input: InputSource) => void) | undefined;
}

/** Between two turns of the event loop a file is read in a plain loop: a turn a window would cost a tenth of the speed. */
const BYTES_PER_TURN = 32 * WINDOW_BYTES;

/**
 * Reads one input from its first byte to its last and emits its items, its report last; of an archive or a compressed
 * file what is inside, each member as an input of its own. A file is read in place, a window at a time, into the
 * reader's own buffer; what comes from a pipe is read as it comes.
 * @throws EvpairError `ERR_INPUT` when the input cannot be opened. An error while reading ends the input early: a
 * warning `read-error` and a report with `isComplete: false`.
 */
export async function readInput(
  input: InputSource,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const source = await openSource(input.name, input.path, options.signal);
  await readSource(options.onBytes === undefined ? source : shownSource(source, options.onBytes), input, options, emit);
}

/** Reads one input, as `readInput` does, from any source of bytes; closes it. */
export async function readSource(
  source: ByteSource,
  input: InputSource,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const { encoding, unpackLimits: limits, signal } = options;
  const hashed = options.hash === true ? hashedSource : undefined;
  try {
    if (encoding !== undefined) await loadCodePage(encoding);
    // One for all members too, which are read one after the other.
    await withWindowMemory(options.memory, async memory => {
      const read = (inner: UnpackedInput) =>
        readUnpacked(inner, { name: inner.name, path: input.path }, memory, options, emit);
      await unpack(source, input.name, { limits, signal, hashed }, read, emit);
    });
  } finally {
    source.close();
  }
}

async function readUnpacked(
  inner: UnpackedInput,
  input: InputSource,
  memory: GrowableMemory,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  if (options.onLine !== undefined && isOwnOutput(await inner.source.peek(OWN_MARK_BYTES))) {
    await readLines(inner, input, options, options.onLine, emit);
  } else {
    await readExport(inner, new ByteWindow(memory), options, emit);
  }
}

/** A source whose bytes are shown to somebody else too. */
function shownSource(source: ByteSource, onBytes: (bytes: Uint8Array) => void): ByteSource {
  return {
    size: source.size,
    read(room) {
      const show = (length: number) => {
        if (length > 0) onBytes(room.subarray(0, length));
        return length;
      };
      const answer = source.read(room);
      return typeof answer === 'number' ? show(answer) : answer.then(show);
    },
    close: () => source.close(),
  };
}

/** Hashes what is read of a source. */
function hashedSource(source: ByteSource): HashedSource {
  const hash = createHash('sha256');
  const read = (room: Uint8Array) => {
    const count = (length: number) => {
      hash.update(room.subarray(0, length));
      return length;
    };
    const answer = source.read(room);
    return typeof answer === 'number' ? count(answer) : answer.then(count);
  };
  return {
    size: source.size,
    read,
    close: () => source.close(),
    async sha256() {
      const rest = new Uint8Array(WINDOW_BYTES);
      while ((await read(rest)) > 0);
      return hash.digest('hex');
    },
  };
}

/** Enough of the first line to tell what evpair wrote from any other JSON. */
export const OWN_MARK_BYTES = 64;

/** Whether evpair itself wrote what starts like this. */
export function isOwnOutput(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  return /^\{"type":"(event|failure|unpaired|reject|pair|pair_gone|run|partial|state)","schema_version":/.test(text);
}

async function readLines(
  { source, warnings }: UnpackedInput,
  input: InputSource,
  options: ReadInputOptions,
  onLine: (line: string, input: InputSource) => void,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const end = new InputEnd(input.name, warnings, emit);
  const chunks = async function* () {
    for (;;) {
      const chunk = Buffer.allocUnsafe(WINDOW_BYTES);
      const length = await end.reading(() => source.read(chunk));
      if (length === 0) return;
      yield chunk.subarray(0, length);
      options.onProgress?.(length);
      await options.afterWindow?.();
      if (options.signal?.aborted === true) return end.stop();
    }
  };
  await forEachLine(chunks(), line => onLine(line, input));
  const { isComplete, ...facts } = end.tell();
  // The lines account for themselves; only what is not in them is told here.
  if (!isComplete || facts.rejects > 0 || warnings.length > 0) {
    emit({ ...reportOf(input.name, 'evpair-ndjson', 0), encoding: 'utf-8', ...facts, isComplete });
  }
}

async function readExport(
  { name, source, warnings, sha256 }: UnpackedInput,
  window: ByteWindow,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const reader = new ExportReader({ ...options, input: name }, window);
  const end = new InputEnd(name, warnings, emit);
  const isAhead = source.size !== undefined && source.size >= LEAST_BYTES_TO_READ_AHEAD;
  const feed = new WindowFeed(window, {
    isAhead,
    room: () => (isAhead ? READ_AHEAD_BYTES : WINDOW_BYTES),
    read: room => end.reading(() => source.read(room)),
  });
  let bytes = 0;
  try {
    for (;;) {
      const answer = feed.next();
      const length = typeof answer === 'number' ? answer : await answer;
      if (length === 0) {
        if (options.signal?.aborted === true) end.stop();
        break;
      }
      reader.read(length, emit);
      options.onProgress?.(length);
      const wait = options.afterWindow?.();
      if (wait !== undefined) await wait;
      const turn = Math.floor(bytes / BYTES_PER_TURN);
      bytes += length;
      if (turn !== Math.floor(bytes / BYTES_PER_TURN)) await new Promise(resolve => setImmediate(resolve));
      if (options.signal?.aborted === true) {
        end.stop();
        break;
      }
      // The rest of a known size need not be read to reject it whole.
      if (reader.isUnknown && source.size !== undefined) break;
    }
  } finally {
    await feed.settle();
  }
  const facts = end.tell();
  const hash = end.isStopped ? undefined : await sha256?.().catch(() => undefined);
  const size = reader.isUnknown && facts.isComplete ? source.size : undefined;
  reader.finish(emit, {
    ...facts,
    ...(hash === undefined ? {} : { sha256: hash }),
    ...(size === undefined ? {} : { size }),
  });
}

/** How the reading of an input ended, and what there is to tell of it before its report. */
class InputEnd {
  readonly #name: string;
  readonly #warnings: UnpackedInput['warnings'];
  readonly #emit: (item: ReadItem) => void;
  #bytes = 0;
  #error: Error | undefined;
  #isStopped = false;

  constructor(name: string, warnings: UnpackedInput['warnings'], emit: (item: ReadItem) => void) {
    this.#name = name;
    this.#warnings = warnings;
    this.#emit = emit;
  }

  /** True when the user ended it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** What `read` gives; an error is kept and is the end. */
  reading(read: () => number | Promise<number>): number | Promise<number> {
    try {
      const answer = read();
      return typeof answer === 'number' ? this.#count(answer) : answer.then(this.#count, this.#fail);
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Emits the warnings and the reject; what they are goes into the report. */
  tell(): { readonly isComplete: boolean; readonly rejects: number; readonly warnings: Record<string, number> } {
    const reject = this.#rejectOf(this.#error);
    const told = [...this.#warnings];
    if (reject !== undefined) this.#emit(reject);
    else if (this.#error !== undefined) {
      told.push({ type: 'warning', code: 'read-error', input: this.#name, message: readErrorMessage(this.#error) });
    }
    const warnings: Record<string, number> = {};
    for (const warning of told) {
      this.#emit(warning);
      warnings[warning.code] = (warnings[warning.code] ?? 0) + 1;
    }
    return {
      isComplete: this.#error === undefined && !this.#isStopped,
      rejects: reject === undefined ? 0 : 1,
      warnings,
    };
  }

  readonly #count = (length: number): number => {
    this.#bytes += length;
    return length;
  };

  readonly #fail = (error: unknown): number => {
    this.#error = error as Error;
    return 0;
  };

  /** What is no fault of the medium: a limit that was passed, packing that is not read. */
  #rejectOf(error: Error | undefined): Reject | undefined {
    if (!(error instanceof UnpackError) || error.reason === 'damaged') return undefined;
    return {
      type: 'reject',
      reason: error.reason,
      detail: error.message,
      position: { input: this.#name, offset: this.#bytes, length: 0 },
      isEvent: false,
    };
  }
}
