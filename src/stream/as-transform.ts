import { Transform, type TransformCallback } from 'node:stream';
import type { Stage } from './stage.js';

/** How a stage's ends stand in a stream. */
export interface AsTransformOptions {
  /** The stage takes bytes (`Uint8Array`) and not objects. Default: false. */
  readonly takesBytes?: boolean;
  /** The stage gives bytes or text and not objects. Default: false. */
  readonly givesBytes?: boolean;
  /** Items that may wait on each object side. Default: Node's own, 16. */
  readonly highWaterMark?: number;
}

/**
 * Makes a standard Node `Transform` of any stage, to stand in a `pipeline()`.
 *
 * It guarantees: a slow reader holds back the writer; what `end` gives is pulled one item at a time as the reader asks,
 * so a long end needs no memory; an error thrown in `push` or `end` destroys the stream with that error; a stream that
 * is destroyed while `end` is being pulled closes its iterator.
 */
export function asTransform<In, Out>(stage: Stage<In, Out>, options: AsTransformOptions = {}): Transform {
  return new StageTransform(stage, options);
}

class StageTransform<In, Out> extends Transform {
  readonly #stage: Stage<In, Out>;
  readonly #emit = (item: Out): void => {
    this.push(item);
  };
  #ending: Iterator<Out> | undefined;
  #flushed: TransformCallback | undefined;
  #isDraining = false;

  constructor(stage: Stage<In, Out>, options: AsTransformOptions) {
    super({
      writableObjectMode: options.takesBytes !== true,
      readableObjectMode: options.givesBytes !== true,
      ...(options.highWaterMark === undefined
        ? {}
        : { writableHighWaterMark: options.highWaterMark, readableHighWaterMark: options.highWaterMark }),
    });
    this.#stage = stage;
  }

  override _transform(item: In, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#stage.push(item, this.#emit);
    } catch (error) {
      done(asError(error));
      return;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#ending = this.#stage.end?.()[Symbol.iterator]();
    } catch (error) {
      done(asError(error));
      return;
    }
    if (this.#ending === undefined) {
      done();
      return;
    }
    this.#flushed = done;
    this.#drain(this.#ending);
  }

  override _read(size: number): void {
    if (this.#ending === undefined) super._read(size);
    else this.#drain(this.#ending);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const ending = this.#ending;
    this.#ending = undefined;
    let failure = error;
    try {
      ending?.return?.();
    } catch (thrown) {
      failure ??= asError(thrown);
    }
    done(failure);
  }

  /** Gives items until the reader has enough; `_read` goes on. A push may call back into `_read`, hence the guard. */
  #drain(ending: Iterator<Out>): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      while (this.#ending === ending) {
        const next = ending.next();
        if (next.done === true) {
          this.#finish(null);
          break;
        }
        if (!this.push(next.value)) break;
      }
    } catch (error) {
      this.#finish(asError(error));
    } finally {
      this.#isDraining = false;
    }
  }

  #finish(error: Error | null): void {
    const done = this.#flushed;
    this.#ending = undefined;
    this.#flushed = undefined;
    done?.(error);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
