import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { EvpairError } from '../../model/index.js';

/** Where an input's bytes come from. A file answers at once where the room is small, everything else with a promise. */
export interface ByteSource {
  /** Fills the start of `room`; 0 at the end. Called again only once the answer is there. */
  read(room: Uint8Array): number | Promise<number>;
  close(): void;
  /** The size in bytes, where it is known beforehand. */
  readonly size?: number | undefined;
}

/**
 * A room of so many bytes is filled by another thread, which takes 0.1 ms to be heard of: with 1 MiB little was gained
 * over reading in turn, with 4 MiB a search that takes as long as the copy hides all of it.
 */
export const READ_AHEAD_BYTES = 4 << 20;
/** The copy of less is waited for: a second room for it would be made in vain. */
export const LEAST_BYTES_TO_READ_AHEAD = 4 * READ_AHEAD_BYTES;

/**
 * Opens a file, or standard input when `path` is undefined. Regular files (also `< file`) are read with `readSync`,
 * 2 to 4 times the speed of a stream, or while the caller does something else, where it asks for much. Anything else is
 * read as a stream, so that a slow producer never blocks the event loop and signals are heard.
 * @throws EvpairError `ERR_INPUT` when it cannot be opened.
 */
export async function openSource(
  name: string,
  path: string | undefined,
  signal?: AbortSignal | undefined,
): Promise<ByteSource> {
  let fd = 0;
  try {
    if (path !== undefined) fd = openSync(path, 'r');
    const stat = fstatSync(fd);
    if (stat.isFile()) {
      return {
        read: room =>
          room.length < READ_AHEAD_BYTES ? readSync(fd, room, 0, room.length, null) : readAside(fd, room, null),
        close: () => (path === undefined ? undefined : closeSync(fd)),
        size: stat.size,
      };
    }
  } catch (error) {
    throw cannotOpen(name, error);
  }
  const { Socket } = await import('node:net');
  const { platform } = await import('node:os');
  if (path === undefined && platform() !== 'win32') {
    const socket = pipeOrStream(() => new Socket({ fd, writable: false }), fd);
    // A silent producer must not hold up an abort: the stream is ended under the reader's hands.
    signal?.addEventListener('abort', () => socket.destroy(), { once: true });
    return sourceOfPipe(socket, fd);
  }
  const { createReadStream } = await import('node:fs');
  const stream =
    path === undefined ? pipeOrStream(() => new Socket({ fd, writable: false }), fd) : createReadStream('', { fd });
  signal?.addEventListener('abort', () => stream.destroy(), { once: true });
  const source = sourceOfChunks(stream);
  return {
    ...source,
    read: async room => {
      try {
        return await source.read(room);
      } catch (error) {
        if (signal?.aborted === true) return 0;
        throw error;
      }
    },
  };
}

/** Reads in another thread: from an absolute offset on, or null for where the last reading ended. */
export function readAside(fd: number, room: Uint8Array, offset: number | null): Promise<number> {
  return new Promise((resolve, reject) =>
    read(fd, room, 0, room.length, offset, (error, length) => (error === null ? resolve(length) : reject(error))),
  );
}

/**
 * A pipe or socket as a source. The stream has made the descriptor non-blocking, so what is there already is read without
 * it, in place; only where there is nothing for a while the stream waits. What it has read itself comes first.
 */
function sourceOfPipe(socket: Socket, fd: number): ByteSource {
  let failure: Error | undefined;
  let isEnded = false;
  let wake = () => {};
  socket.on('error', error => {
    failure = error;
    wake();
  });
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      isEnded = true;
      wake();
    });
  }
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let chunk: Uint8Array = new Uint8Array(0);
  const give = (room: Uint8Array): number => {
    const length = Math.min(room.length, chunk.length);
    room.set(chunk.subarray(0, length));
    chunk = chunk.subarray(length);
    return length;
  };
  /** Undefined when there is nothing to read now. */
  const readNow = (room: Uint8Array): number | undefined => {
    if (chunk.length > 0) return give(room);
    if (failure !== undefined) throw failure;
    const waiting = socket.read() as Uint8Array | null;
    if (waiting !== null) {
      chunk = waiting;
      return give(room);
    }
    if (isEnded || socket.destroyed) return 0;
    for (let tries = 1; ; tries++) {
      try {
        return readSync(fd, room, 0, room.length, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      if (tries === MOST_TRIES) return undefined;
      if (tries >= TRIES_AT_ONCE) Atomics.wait(nap, 0, 0, NAP_MS);
    }
  };
  return {
    read(room) {
      const length = readNow(room);
      if (length !== undefined) return length;
      return (async () => {
        for (;;) {
          await new Promise<void>(resolve => {
            wake = resolve;
            socket.once('readable', resolve);
          });
          const length = readNow(room);
          if (length !== undefined) return length;
        }
      })();
    },
    close: () => socket.destroy(),
  };
}

// An empty pipe is being filled as a rule, and then to wait for the event loop takes three times as long as trying again: at
// once, and then after naps (of 0.07 ms, whatever they are asked for) that leave the processor to who fills it.
const TRIES_AT_ONCE = 4;
const MOST_TRIES = 10;
const NAP_MS = 0.01;

/** The bytes of a stream or any other chunks as a source. */
export function sourceOfChunks(chunks: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  let at = 0;
  const give = (room: Uint8Array): number => {
    const length = Math.min(room.length, chunk.length - at);
    room.set(chunk.subarray(at, at + length));
    at += length;
    return length;
  };
  return {
    read(room) {
      if (at < chunk.length) return give(room);
      return (async () => {
        while (at >= chunk.length) {
          const next = await iterator.next();
          if (next.done === true) return 0;
          chunk = next.value;
          at = 0;
        }
        return give(room);
      })();
    },
    close() {
      void iterator.return?.()?.catch(() => undefined);
    },
  };
}

/** A source whose first bytes can be looked at before they are read. */
export class PeekableSource implements ByteSource {
  readonly size: number | undefined;
  readonly #source: ByteSource;
  #head: Uint8Array = new Uint8Array(0);
  #failure: { readonly error: unknown } | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  /** The first `length` bytes not yet read, or fewer at the end. An error waits until what came before it is read. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#head.length >= length) return this.#head.subarray(0, length);
    const head = Buffer.alloc(length);
    head.set(this.#head);
    let filled = this.#head.length;
    while (filled < length && this.#failure === undefined) {
      try {
        const read = await this.#source.read(head.subarray(filled));
        if (read === 0) break;
        filled += read;
      } catch (error) {
        this.#failure = { error };
      }
    }
    this.#head = head.subarray(0, filled);
    return this.#head;
  }

  read(room: Uint8Array): number | Promise<number> {
    if (this.#head.length > 0) {
      const length = Math.min(room.length, this.#head.length);
      room.set(this.#head.subarray(0, length));
      this.#head = this.#head.subarray(length);
      return length;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#source.read(room);
  }

  close(): void {
    this.#source.close();
  }
}

function pipeOrStream<T>(open: () => T, fd: number): T {
  try {
    return open();
  } catch (error) {
    throw cannotOpen(fd === 0 ? 'standard input' : String(fd), error);
  }
}

/** The error that says why an input cannot be opened. */
export function cannotOpen(name: string, cause: unknown): EvpairError {
  const code = (cause as NodeJS.ErrnoException).code;
  // Node's word for a folder, or for what was closed.
  const isNoStream = code === 'ERR_INVALID_FD_TYPE';
  const why =
    code === 'ENOENT'
      ? 'no such file'
      : code === 'EACCES'
        ? 'permission denied'
        : isNoStream
          ? 'is closed, or a folder'
          : String((cause as Error).message);
  return new EvpairError('ERR_INPUT', `${name}: ${why}`, {
    hint: isNoStream ? 'Name the files, or pipe an export in.' : 'Check the path and its permissions.',
    position: { input: name },
    cause,
  });
}
