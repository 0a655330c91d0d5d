import type { ByteSource } from './byte-source.js';
import { UnpackError } from './unpack-source.js';

/** Limits against hostile input. They hold for an input with all that is nested in it. */
export interface UnpackLimits {
  /** Layers of packing around a member. Default: 4 (such as a .gz in a .zip in a .tar.gz). */
  readonly maxDepth?: number | undefined;
  /** Entries of all archives together, folders and links included. Default: 100,000. */
  readonly maxEntries?: number | undefined;
  /** Unpacked bytes for each packed byte, looked at once 64 MiB came out. Default: 400. */
  readonly maxRatio?: number | undefined;
  /** Unpacked bytes of all layers together. Default: 1 TiB. */
  readonly maxUnpackedBytes?: number | undefined;
}

/** Small inputs may pack as well as they like: below this many bytes a bomb does no harm. */
const RATIO_FROM_BYTES = 64 * 1024 * 1024;

/** What one input may still cost. Shared by all its layers; once a limit is passed, every further read throws. */
export class UnpackBudget {
  readonly #maxDepth: number;
  readonly #maxEntries: number;
  readonly #maxRatio: number;
  readonly #maxUnpackedBytes: number;
  #packedBytes = 0;
  #unpackedBytes = 0;
  #entries = 0;
  #passed: UnpackError | undefined;

  constructor(limits: UnpackLimits = {}) {
    this.#maxDepth = limits.maxDepth ?? 4;
    this.#maxEntries = limits.maxEntries ?? 100_000;
    this.#maxRatio = limits.maxRatio ?? 400;
    this.#maxUnpackedBytes = limits.maxUnpackedBytes ?? 2 ** 40;
  }

  /** True once a limit was passed for which nothing more of the nest is read. */
  get isSpent(): boolean {
    return this.#passed !== undefined;
  }

  /** @throws UnpackError `limit` when a layer at `depth` (1: the input itself) lies too deep. */
  checkDepth(depth: number): void {
    if (depth <= this.#maxDepth) return;
    throw new UnpackError(
      'limit',
      `archives are nested more than ${this.#maxDepth} deep; unpack the inner ones by hand and give their files`,
    );
  }

  /** @throws UnpackError `limit` when an archive has another entry and there were too many. */
  countEntry(): void {
    this.#check();
    this.#entries += 1;
    if (this.#entries > this.#maxEntries) {
      this.#pass(
        `the archive has more than ${this.#maxEntries} entries; unpack it by hand and give the files you want`,
      );
    }
  }

  /** The outermost input, whose bytes are what everything that comes out is measured by. */
  counting(source: ByteSource): ByteSource {
    return {
      size: source.size,
      read: room => {
        const count = (length: number) => {
          this.#packedBytes += length;
          return length;
        };
        const answer = source.read(room);
        return typeof answer === 'number' ? count(answer) : answer.then(count);
      },
      close: () => source.close(),
    };
  }

  /** What a decompressor gives. Its reads throw UnpackError `limit` once too much came out. */
  limited(source: ByteSource): ByteSource {
    return {
      size: source.size,
      read: async room => {
        this.#check();
        const length = await source.read(room);
        this.#unpackedBytes += length;
        if (this.#unpackedBytes > this.#maxUnpackedBytes) {
          this.#pass(
            `more than ${this.#maxUnpackedBytes} bytes came out; unpack the input by hand if it should be that large`,
          );
        }
        if (this.#unpackedBytes > RATIO_FROM_BYTES && this.#unpackedBytes > this.#maxRatio * this.#packedBytes) {
          this.#pass(
            `${this.#unpackedBytes} bytes came out of ${this.#packedBytes}, more than ${this.#maxRatio} for one, as from a ` +
              'decompression bomb; unpack the input by hand if you trust it',
          );
        }
        return length;
      },
      close: () => source.close(),
    };
  }

  #check(): void {
    if (this.#passed !== undefined) throw this.#passed;
  }

  #pass(message: string): never {
    this.#passed = new UnpackError('limit', message);
    throw this.#passed;
  }
}
