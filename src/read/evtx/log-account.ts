import { type EventRecord, isSelected, type Reject, type RejectReason, type Warning } from '../../model/index.js';
import { DEFAULT_MAX_EVENT_BYTES, type FormatReport, type ReadOptions } from '../format-reader.js';
import type { FastRun } from './fast-records.js';

export type Emit = (item: EventRecord | Reject | Warning) => void;

/** What is made known of a log: its events, rejects and warnings as they come, each counted. */
export class LogAccount {
  /** Where items go: set for each window. */
  emit: Emit = () => undefined;
  readonly #options: ReadOptions;
  readonly #hasPrefilter: boolean;
  readonly #warnings: Record<string, number> = {};
  #framed = 0;
  #unparsed = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;

  /** @param hasPrefilter whether records that nobody wants are dropped before they are events. */
  constructor(options: ReadOptions, hasPrefilter: boolean) {
    this.#options = options;
    this.#hasPrefilter = hasPrefilter;
  }

  report(): FormatReport {
    return {
      format: 'evtx',
      encoding: 'utf-16le',
      events: this.#framed,
      unparsed: this.#unparsed,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      warnings: this.#warnings,
    };
  }

  /** A record that was read; undefined when the prefilter dropped it. */
  take(event: EventRecord | undefined): void {
    this.#framed += 1;
    if (event === undefined) {
      this.#unparsed += 1;
      return;
    }
    if (!this.#hasPrefilter && !isSelected(this.#options.selection, event.provider, event.eventId)) return;
    if (event.time === undefined) this.#withoutTime += 1;
    this.emit(event);
  }

  /** Records that were read fast: their lines, or so many that nobody wants. */
  takeRun({ count, lines }: FastRun): void {
    this.#framed += count;
    if (this.#hasPrefilter) this.#unparsed += count;
    else this.#options.onEventLines?.(lines, count);
  }

  /** A record that cannot be read; `size` is its length where its bytes are not given. */
  rejectEvent(reason: RejectReason, detail: string, offset: number, bytes: Buffer | undefined, size = 0): void {
    this.#framed += 1;
    this.#malformed += 1;
    this.#reject(reason, true, detail, offset, bytes, size);
  }

  /** Bytes that are no record. */
  rejectRegion(reason: RejectReason, detail: string, offset: number, bytes: Buffer): void {
    this.#reject(reason, false, detail, offset, bytes, 0);
  }

  /** Counts a warning; the first of a kind is emitted. */
  warn(code: string, message: string): void {
    const count = (this.#warnings[code] ?? 0) + 1;
    this.#warnings[code] = count;
    if (count === 1) this.emit({ type: 'warning', code, input: this.#options.input, message });
  }

  #reject(
    reason: RejectReason,
    isEvent: boolean,
    detail: string,
    offset: number,
    bytes: Buffer | undefined,
    size: number,
  ): void {
    const { input, keepRejectBytes, maxEventBytes = DEFAULT_MAX_EVENT_BYTES } = this.#options;
    this.#rejects += 1;
    this.emit({
      type: 'reject',
      reason,
      detail,
      position: { input, offset, length: bytes?.length ?? size },
      isEvent,
      ...(keepRejectBytes === true && bytes !== undefined
        ? { bytes: Uint8Array.from(bytes.subarray(0, maxEventBytes)) }
        : {}),
    });
  }
}
