import { ByteWindow } from '../bytes/byte-window.js';
import { createWindowMemory, giveBackWindowMemory } from '../bytes/window-memory.js';
import { EvpairError, type ReadItem, type Reject } from '../model/index.js';
import type { Stage } from '../stream/stage.js';
import type { FormatReader, ReadOptions } from './format-reader.js';
import { describeUnknown, detectFormat, FORMATS, formatNamed } from './formats.js';
import { HEAD_BYTES, lookAtHead } from './head.js';

export interface ExportReaderOptions extends ReadOptions {
  /** The name of the format, overruling detection. */
  readonly format?: string | undefined;
}

/**
 * Reads one export of any form: looks at its first 64 KiB, chooses the format's reader, and hands it window after
 * window. A stage for streams (`push`, `end`); a driver that fills the window in place calls `read` after it.
 */
export class ExportReader implements Stage<Uint8Array, ReadItem> {
  readonly #options: ExportReaderOptions;
  readonly #window: ByteWindow;
  readonly #ownsMemory: boolean;
  #reader: FormatReader | undefined;
  #unknown: ReturnType<typeof describeUnknown> | undefined;
  #bytes = 0;

  /** @throws EvpairError `ERR_USAGE` when `format` is none that evpair reads. */
  constructor(options: ExportReaderOptions, window?: ByteWindow) {
    this.#options = options;
    this.#window = window ?? new ByteWindow(createWindowMemory());
    this.#ownsMemory = window === undefined;
    const name = options.format ?? (options.columns === undefined ? undefined : 'tool-csv');
    if (name === undefined) return;
    const format = formatNamed(name);
    if (format === undefined) {
      throw new EvpairError('ERR_USAGE', `No format is named ${JSON.stringify(name)}.`, {
        hint: `Use one of ${FORMATS.map(each => each.name).join(', ')}.`,
      });
    }
    this.#reader = format.create(options);
  }

  /** True once it is clear that the input is in no form that evpair reads: the rest of it need not be read. */
  get isUnknown(): boolean {
    return this.#unknown !== undefined;
  }

  push(chunk: Uint8Array, emit: (item: ReadItem) => void): void {
    this.#window.reserve(chunk.length).set(chunk);
    this.#window.commit(chunk.length);
    this.read(chunk.length, emit);
  }

  /** The window has `length` bytes more: reads what is whole. */
  read(length: number, emit: (item: ReadItem) => void): void {
    this.#bytes += length;
    if (this.#unknown !== undefined) {
      this.#window.release(this.#window.end);
      return;
    }
    if (this.#reader === undefined) {
      if (this.#window.end - this.#window.start < HEAD_BYTES) return;
      this.#choose();
    }
    this.#reader?.read(this.#window, false, emit);
  }

  *end(): Iterable<ReadItem> {
    const items: ReadItem[] = [];
    const emit = (item: ReadItem) => items.push(item);
    this.finish(emit, {});
    yield* items;
  }

  /**
   * Reads what is left and emits the input's report. `facts` are what only the driver knows: that reading stopped
   * early, the hash, the true size of an input that was not read to its end, the rejects and warnings it emitted itself.
   */
  finish(
    emit: (item: ReadItem) => void,
    facts: {
      readonly isComplete?: boolean;
      readonly sha256?: string;
      readonly size?: number;
      readonly rejects?: number;
      readonly warnings?: Readonly<Record<string, number>>;
    },
  ): void {
    const isComplete = facts.isComplete ?? true;
    const bytes = facts.size ?? this.#bytes;
    if (this.#reader === undefined && this.#unknown === undefined && this.#bytes > 0) this.#choose();
    if (this.#unknown !== undefined) emit(this.#rejectWhole(this.#unknown, bytes));
    this.#reader?.read(this.#window, true, emit);
    if (this.#ownsMemory) giveBackWindowMemory(this.#window.memory);
    const isEmpty = this.#bytes === 0 && isComplete;
    const report = this.#reader?.report() ?? {
      format: isEmpty ? 'empty' : 'unknown',
      encoding: 'unknown',
      events: 0,
      unparsed: 0,
      malformed: 0,
      rejects: this.#unknown === undefined ? 0 : 1,
      withoutTime: 0,
      warnings: isEmpty ? { 'empty-input': 1 } : {},
    };
    if (isEmpty) {
      emit({
        type: 'warning',
        code: 'empty-input',
        input: this.#options.input,
        message: 'the input is empty; export the log again if it should hold events',
      });
    }
    emit({
      type: 'input',
      path: this.#options.input,
      bytes,
      ...report,
      rejects: report.rejects + (facts.rejects ?? 0),
      warnings: { ...report.warnings, ...facts.warnings },
      ...(facts.sha256 === undefined ? {} : { sha256: facts.sha256 }),
      isComplete,
    });
  }

  #choose(): void {
    const window = this.#window;
    const head = lookAtHead(window.bytes.subarray(window.start, window.end));
    const format = detectFormat(head);
    if (format === undefined) {
      this.#unknown = describeUnknown(head);
      window.release(window.end);
    } else {
      this.#reader = format.create(this.#options);
    }
  }

  #rejectWhole({ known, name, hint }: ReturnType<typeof describeUnknown>, length: number): Reject {
    return {
      type: 'reject',
      reason: known ? 'form-not-read' : 'unknown-format',
      detail: `this is ${name}. ${hint}`,
      position: { input: this.#options.input, offset: 0, length },
      isEvent: false,
    };
  }
}
