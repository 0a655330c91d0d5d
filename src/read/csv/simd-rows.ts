import type { ByteWindow } from '../../bytes/byte-window.js';
import { writeWanted } from '../../bytes/wanted-table.js';
import { CSV_ROW, SCAN_OUT, WasmMemory } from '../../bytes/window-memory.js';
import type { Wanted } from '../event-xml/wanted.js';
import type { CsvLayout } from './csv-form.js';
import type { RecordFramer } from './record-framer.js';
import type { Delimiter } from './sniff.js';
import type { Units } from './text-units.js';

/** Takes a row that someone may want; the framer then tells where its fields are, as if it had framed the row. */
export type TakeRow = (at: number) => void;

/**
 * The fast path over the rows of 8-bit text in WebAssembly memory: frames rows and drops those that nobody wants without
 * a look from JavaScript. Gives the same answers as framing and asking row after row.
 */
export class SimdRows {
  readonly #scan: WasmMemory['scan'];
  readonly #delimiter: number;
  readonly #maxBytes: number;
  #layout: CsvLayout;
  #out: Uint32Array = new Uint32Array(0);
  #row: Int32Array = new Int32Array(0);

  /** Undefined where the window stands on no such memory, or a row's own bytes cannot tell that nobody wants it. */
  static of(
    window: ByteWindow,
    wanted: Wanted,
    layout: CsvLayout,
    delimiter: Delimiter,
    maxBytes: number,
  ): SimdRows | undefined {
    const { memory } = window;
    if (!(memory instanceof WasmMemory) || !writeWanted(window.bytes, wanted.byProvider)) return undefined;
    return new SimdRows(memory, layout, delimiter, maxBytes).withLayout(layout);
  }

  private constructor(memory: WasmMemory, layout: CsvLayout, delimiter: Delimiter, maxBytes: number) {
    this.#scan = memory.scan;
    this.#layout = layout;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#maxBytes = maxBytes;
  }

  /** The same for the columns of a header that came again; undefined where these cannot tell. */
  withLayout(layout: CsvLayout): SimdRows | undefined {
    const { source, eventId, localDate, fields } = layout;
    if (source < 0 || eventId < 0 || Math.max(source, eventId, localDate) >= fields) return undefined;
    this.#layout = layout;
    return this;
  }

  /**
   * Reads rows from `at`, where one starts, and hands on those that someone may want; `dropped` is told of the others.
   * `lastDate` is how the last row's date began, undefined where no date tells anything any more.
   * @returns where the row starts that is left to others.
   */
  read(
    units: Units,
    at: number,
    end: number,
    framer: RecordFramer,
    lastDate: () => Uint16Array | undefined,
    dropped: (rows: number) => void,
    take: TakeRow,
  ): number {
    this.#give(units, lastDate());
    const out = this.#out;
    const row = this.#row;
    let from = at;
    for (;;) {
      const result = this.#scan.rows8(from, end, this.#maxBytes, this.#delimiter);
      from = out[0]!;
      const passed = out[2]!;
      if (passed > 0) dropped(passed);
      if (result !== CANDIDATE) return from;
      framer.take(row[CONTENT_LENGTH]!, row[LENGTH]!, row[FIELD_COUNT]!, row, FIELD_AT);
      take(out[1]!);
      framer.begin();
      if (row[DATE] !== -1) this.#giveDate(lastDate());
    }
  }

  #give(units: Units, lastDate: Uint16Array | undefined): void {
    if (this.#out.buffer !== units.buffer) {
      this.#out = new Uint32Array(units.buffer, SCAN_OUT, 3);
      this.#row = new Int32Array(units.buffer, CSV_ROW, FIELD_AT + 64);
    }
    const { source, eventId, fields, hasHeader } = this.#layout;
    this.#row.set([source, eventId, -1, fields, hasHeader ? 1 : 0]);
    this.#giveDate(lastDate);
  }

  #giveDate(lastDate: Uint16Array | undefined): void {
    const row = this.#row;
    row[DATE] = lastDate === undefined ? -1 : this.#layout.localDate;
    if (lastDate === undefined) return;
    row[DATE_LENGTH] = lastDate.length;
    new Uint8Array(row.buffer, row.byteOffset + DATE_BYTES, lastDate.length).set(lastDate);
  }
}

const CANDIDATE = 1;

// The fields of `assembly/csv-rows.ts`, as indices of 32-bit words.
const DATE = 2;
const DATE_LENGTH = 5;
const DATE_BYTES = 32;
const CONTENT_LENGTH = 16;
const LENGTH = 17;
const FIELD_COUNT = 18;
const FIELD_AT = 20;
