import type { ByteWindow } from '../../bytes/byte-window.js';

export interface FeedOptions {
  /**
   * Whether the next bytes are read while the window is: where a second core is free, copying them out of the page cache
   * then takes no time of its own.
   */
  readonly isAhead: boolean;
  /** How many bytes are read at once. */
  readonly room: () => number;
  /** Fills the start of a room; 0 at the end. It must not throw or reject. */
  readonly read: (room: Uint8Array) => number | Promise<number>;
}

/** Fills a window, in place. */
export class WindowFeed {
  readonly #window: ByteWindow;
  readonly #options: FeedOptions;
  #coming: number | Promise<number> | undefined;

  constructor(window: ByteWindow, options: FeedOptions) {
    this.#window = window;
    this.#options = options;
  }

  /** Puts the next bytes into the window, and gives how many: 0 at the end. */
  next(): number | Promise<number> {
    const window = this.#window;
    const { isAhead, room, read } = this.#options;
    if (!isAhead) {
      const commit = (length: number) => {
        window.commit(length);
        return length;
      };
      const answer = read(window.reserve(room()));
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
    const { room, read } = this.#options;
    return read(this.#window.reserveAhead(room()));
  }
}
