import type { ByteWindow } from '../../bytes/byte-window.js';
import { writeWanted } from '../../bytes/wanted-table.js';
import { CSV_ROW, SCAN_OUT, WasmMemory } from '../../bytes/window-memory.js';
import type { Wanted } from '../event-xml/wanted.js';
import type { CsvLayout } from './csv-form.js';
import type { RecordFramer } from './record-framer.js';
import type { RowRepeats } from './row-repeats.js';
import type { Delimiter } from './sniff.js';
import type { Units } from './text-units.js';

/** Who reads the rows that the fast path hands on. */
export interface RowTaker {
  /** How the last row's date began; undefined where no date tells anything any more. */
  lastDate(): Uint16Array | undefined;
  /** So many rows were dropped that nobody wants, and so many line feeds passed up to the index `to`. */
  pass(rows: number, lineFeeds: number, to: number): void;
  /** Someone may want this row. The framer tells where its fields are, as if it had framed the row. */
  take(at: number): void;
  /** A row that repeats an earlier one stands at this index of the repeats. */
  takeRepeat(index: number): void;
}

/**
 * The fast path over the rows of 8-bit text in WebAssembly memory: frames rows and drops those that nobody wants without
 * a look from JavaScript. Gives the same answers as framing and asking row after row.
 */
export class SimdRows {
  readonly #scan: WasmMemory['scan'];
  readonly #delimiter: number;
  readonly #maxBytes: number;
  readonly #repeats: RowRepeats | undefined;
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
    repeats: RowRepeats | undefined,
  ): SimdRows | undefined {
    const { memory } = window;
    if (!(memory instanceof WasmMemory) || !writeWanted(window.bytes, wanted.byProvider)) return undefined;
    return new SimdRows(memory, layout, delimiter, maxBytes, repeats).withLayout(layout);
  }

  private constructor(
    memory: WasmMemory,
    layout: CsvLayout,
    delimiter: Delimiter,
    maxBytes: number,
    repeats: RowRepeats | undefined,
  ) {
    this.#scan = memory.scan;
    this.#layout = layout;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#maxBytes = maxBytes;
    this.#repeats = repeats;
  }

  /** The same for the columns of a header that came again; undefined where these cannot tell. */
  withLayout(layout: CsvLayout): SimdRows | undefined {
    const { source, eventId, localDate, fields } = layout;
    if (source < 0 || eventId < 0 || Math.max(source, eventId, localDate) >= fields) return undefined;
    if (layout !== this.#layout) this.#repeats?.forget();
    this.#layout = layout;
    return this;
  }

  /**
   * Reads rows from `at`, where one starts, and hands on those that someone may want.
   * @returns where the row starts that is left to others.
   */
  read(units: Units, at: number, end: number, framer: RecordFramer, taker: RowTaker): number {
    this.#give(units, taker.lastDate());
    const out = this.#out;
    const row = this.#row;
    const repeats = this.#repeats;
    let from = at;
    for (;;) {
      const result = this.#scan.rows8(from, end, this.#maxBytes, this.#delimiter);
      from = out[0]!;
      taker.pass(out[2]!, out[3]!, from);
      if (repeats !== undefined) for (let index = 0; index < repeats.count; index++) taker.takeRepeat(index);
      if (result === PAUSE) continue;
      if (result !== CANDIDATE) return from;
      framer.take(row[CONTENT_LENGTH]!, row[LENGTH]!, row[FIELD_COUNT]!, row, FIELD_AT);
      taker.take(out[1]!);
      framer.begin();
      if (row[DATE] !== -1) this.#giveDate(taker.lastDate());
    }
  }

  #give(units: Units, lastDate: Uint16Array | undefined): void {
    if (this.#out.buffer !== units.buffer) {
      this.#out = new Uint32Array(units.buffer, SCAN_OUT, 4);
      this.#row = new Int32Array(units.buffer, CSV_ROW, FIELD_AT + 64);
    }
    const { source, eventId, fields, hasHeader, soleTime } = this.#layout;
    this.#row.set([source, eventId, -1, fields, hasHeader ? 1 : 0]);
    this.#row[TIME] = this.#repeats === undefined ? -1 : soleTime;
    this.#repeats?.look(units.buffer as ArrayBuffer);
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
const PAUSE = 3;

// The fields of `assembly/csv-rows.ts`, as indices of 32-bit words.
const DATE = 2;
const DATE_LENGTH = 5;
const TIME = 6;
const DATE_BYTES = 32;
const CONTENT_LENGTH = 16;
const LENGTH = 17;
const FIELD_COUNT = 18;
const FIELD_AT = 20;
