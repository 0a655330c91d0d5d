import type { ByteWindow } from '../../bytes/byte-window.js';
import { WINDOW_BYTES } from '../../stream/file-windows.js';
import { type ByteSource, READ_AHEAD_BYTES } from './byte-source.js';

/**
 * Fills a window from a source, in place. Of a large input the next bytes are read while the window is: where a second
 * core is free, copying them out of the page cache then takes no time of its own.
 */
export class WindowFeed {
  readonly #window: ByteWindow;
  readonly #read: (room: Uint8Array) => number | Promise<number>;
  readonly #isAhead: boolean;
  #coming: number | Promise<number> | undefined;

  /** `read` fills a room as `source.read` does. It must not throw or reject. */
  constructor(window: ByteWindow, source: ByteSource, read: (room: Uint8Array) => number | Promise<number>) {
    this.#window = window;
    this.#read = read;
    this.#isAhead = source.size !== undefined && source.size >= LEAST_BYTES_TO_READ_AHEAD;
  }

  /** Puts the next bytes into the window, and gives how many: 0 at the end. */
  next(): number | Promise<number> {
    const window = this.#window;
    if (!this.#isAhead) {
      const commit = (length: number) => {
        window.commit(length);
        return length;
      };
      const answer = this.#read(window.reserve(WINDOW_BYTES));
      return typeof answer === 'number' ? commit(answer) : answer.then(commit);
    }
    const commit = (length: number) => {
      window.commitAhead(length);
      this.#coming = length === 0 ? 0 : this.#readAhead();
      return length;
    };
    const coming = this.#coming ?? this.#readAhead();
    return typeof coming === 'number' ? commit(coming) : coming.then(commit);
  }

  /** Waits for bytes that are on their way. To be called before the source is used or closed by somebody else. */
  async settle(): Promise<void> {
    await this.#coming;
  }

  #readAhead(): number | Promise<number> {
    return this.#read(this.#window.reserveAhead(READ_AHEAD_BYTES));
  }
}

const LEAST_BYTES_TO_READ_AHEAD = 4 * READ_AHEAD_BYTES;
