import { createHash } from 'node:crypto';
import { ByteWindow } from '../../bytes/byte-window.js';
import { loadCodePage } from '../../bytes/code-pages.js';
import { createWindowMemory } from '../../bytes/window-memory.js';
import type { ReadItem } from '../../model/index.js';
import { WINDOW_BYTES } from '../../stream/file-windows.js';
import { forEachLine } from '../../stream/lines.js';
import { ExportReader, type ExportReaderOptions } from '../export-reader.js';
import { type ByteSource, openSource, PeekableSource } from './byte-source.js';
import type { InputSource } from './expand-inputs.js';

export interface ReadInputOptions extends Omit<ExportReaderOptions, 'input'> {
  /** Compute the SHA-256 of the bytes as stored. Default: false, since hashing costs more than reading. */
  readonly hash?: boolean | undefined;
  /** Stops reading after the window at hand; the report then says `isComplete: false`. */
  readonly signal?: AbortSignal | undefined;
  /** Awaited after a window when it gives something to wait for, so that a slow output holds back the reading. */
  readonly afterWindow?: (() => Promise<void> | undefined) | undefined;
  /** Told after each window how many bytes it had. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Takes the lines of an input that evpair itself wrote; without it such an input is rejected. */
  readonly onLine?: ((line: string, input: InputSource) => void) | undefined;
}

/** Between two turns of the event loop a file is read in a plain loop: a turn a window would cost a tenth of the speed. */
const WINDOWS_PER_TURN = 32;

/**
 * Reads one input from its first byte to its last and emits its items, its report last. A file is read in place, a
 * window at a time, into the reader's own buffer; what comes from a pipe is read as it comes.
 * @throws EvpairError `ERR_INPUT` when the input cannot be opened. An error while reading ends the input early: a
 * warning `read-error` and a report with `isComplete: false`.
 */
export async function readInput(
  input: InputSource,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  if (options.encoding !== undefined) await loadCodePage(options.encoding);
  const source = new PeekableSource(await openSource(input.name, input.path));
  try {
    if (options.onLine !== undefined && isOwnOutput(await source.peek(OWN_MARK_BYTES))) {
      await readLines(source, input, options, options.onLine);
    } else {
      await readExport(source, input, options, emit);
    }
  } finally {
    source.close();
  }
}

/** Enough of the first line to tell what evpair wrote from any other JSON. */
const OWN_MARK_BYTES = 64;

function isOwnOutput(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  return /^\{"type":"(event|failure|unpaired|reject|pair|run|partial)","schema_version":/.test(text);
}

async function readLines(
  source: PeekableSource,
  input: InputSource,
  options: ReadInputOptions,
  onLine: (line: string, input: InputSource) => void,
): Promise<void> {
  await forEachLine(withProgress(source.chunks(WINDOW_BYTES), options), line => onLine(line, input));
}

async function* withProgress(chunks: AsyncIterable<Uint8Array>, options: ReadInputOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    options.onProgress?.(chunk.length);
    await options.afterWindow?.();
    if (options.signal?.aborted === true) return;
  }
}

async function readExport(
  source: ByteSource,
  input: InputSource,
  options: ReadInputOptions,
  emit: (item: ReadItem) => void,
): Promise<void> {
  const reader = new ExportReader({ ...options, input: input.name }, new ByteWindow(createWindowMemory()));
  const hash = options.hash === true ? createHash('sha256') : undefined;
  let isComplete = true;
  let windows = 0;
  for (;;) {
    const room = reader.reserve(WINDOW_BYTES);
    let length: number;
    try {
      const answer = source.read(room);
      length = typeof answer === 'number' ? answer : await answer;
    } catch (error) {
      isComplete = false;
      emit({
        type: 'warning',
        code: 'read-error',
        input: input.name,
        message: `reading stopped: ${(error as Error).message}. What was read before is in the result`,
      });
      break;
    }
    if (length === 0) break;
    hash?.update(room.subarray(0, length));
    reader.commit(length, emit);
    options.onProgress?.(length);
    const wait = options.afterWindow?.();
    if (wait !== undefined) await wait;
    windows += 1;
    if (windows % WINDOWS_PER_TURN === 0) await new Promise(resolve => setImmediate(resolve));
    if (options.signal?.aborted === true) {
      isComplete = false;
      break;
    }
    // The rest of a known size need not be read to reject it whole.
    if (reader.isUnknown && hash === undefined && source.size !== undefined) break;
  }
  const size = reader.isUnknown && isComplete ? source.size : undefined;
  reader.finish(emit, {
    isComplete,
    ...(hash === undefined ? {} : { sha256: hash.digest('hex') }),
    ...(size === undefined ? {} : { size }),
  });
}
