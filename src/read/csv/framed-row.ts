import type { Row } from './csv-form.js';
import type { RecordFramer } from './record-framer.js';
import type { TextUnits, Units } from './text-units.js';

/** The row that was framed last, over the window's memory. One object serves all rows; it holds only until the next. */
export class FramedRow implements Row {
  count = 0;
  #text!: TextUnits;
  #units!: Units;
  #at = 0;
  #end = 0;
  #framer!: RecordFramer;
  #quote = 0;
  readonly #lastDate = new Uint16Array(DATE_UNITS);
  #lastDateLength = -1;
  /** Whether the last date's second number was seen to its end. */
  #hasSecond = false;

  set(text: TextUnits, units: Units, at: number, framer: RecordFramer): void {
    this.#text = text;
    this.#units = units;
    this.#at = at;
    this.#end = at + framer.contentLength;
    this.#framer = framer;
    this.#quote = text.mark('"');
    this.count = framer.fieldCount;
  }

  /** Index of a field's first unit, its quote included. */
  start(field: number): number {
    return this.#at + this.#framer.fieldAt[field]!;
  }

  /** Index past a field's last unit. */
  end(field: number): number {
    return field + 1 < this.count ? this.#at + this.#framer.fieldAt[field + 1]! - 1 : this.#end;
  }

  /** Decides the row's encoding, before `text` is called. True when it is no valid UTF-8. */
  begin(): boolean {
    const before = this.#text.fallbackEvents;
    this.#text.begin(this.#at, this.#end);
    return this.#text.fallbackEvents !== before;
  }

  text(field: number): string {
    if (field < 0 || field >= this.count) return '';
    const from = this.start(field);
    const to = this.end(field);
    if (from === to || this.#units[from] !== this.#quote) return this.#text.decode(from, to);
    return unescapeQuotes(this.#text.decode(from + 1, to - 1));
  }

  lastText(field: number): string {
    if (field < 0 || field >= this.count) return '';
    const from = this.start(field);
    return this.#units[from] === this.#quote && from < this.#end
      ? this.text(field)
      : this.#text.decode(from, this.#end);
  }

  /** A field's text by its own bytes alone, for rows that are not parsed. */
  asideText(field: number): string {
    const from = this.start(field);
    const to = this.end(field);
    if (from === to || this.#units[from] !== this.#quote) return this.#text.decodeAside(from, to);
    return unescapeQuotes(this.#text.decodeAside(from + 1, to - 1));
  }

  /** The fields that a header may have, each by its own bytes. */
  headerTexts(): string[] {
    return Array.from({ length: Math.min(this.count, HEADER_FIELDS) }, (_, field) => this.asideText(field));
  }

  /** False when the field begins with no digit: then the row may be a header that comes again. */
  beginsWithDigit(field: number): boolean {
    if (field < 0) return true;
    if (field >= this.count) return false;
    let at = this.start(field);
    const end = this.end(field);
    while (at < end) {
      const code = this.#text.code(this.#units[at]!);
      if (code !== 0x22 && code !== 0x20) return code >= 0x30 && code <= 0x39;
      at += 1;
    }
    return false;
  }

  /**
   * False when the first two numbers of the date are written as in the row that was asked about before: rows come by
   * the thousand from one day, and need not be read to know that.
   */
  dateDiffers(field: number): boolean {
    const from = this.start(field);
    const to = Math.min(this.end(field), from + DATE_UNITS);
    let length = 0;
    let separators = 0;
    let differs = false;
    for (let at = from; at < to && separators < 2; at++, length++) {
      const unit = this.#units[at]!;
      if (this.#lastDate[length] !== unit) differs = true;
      this.#lastDate[length] = unit;
      const code = this.#text.code(unit);
      if (code >= 0x2d && code <= 0x2f) separators += 1;
    }
    this.#hasSecond = separators === 2;
    if (length !== this.#lastDateLength) differs = true;
    this.#lastDateLength = length;
    return differs;
  }

  /** How the last row's date began, up to the second number; empty when the next date differs, whatever it is. */
  get lastDate(): Uint16Array {
    const length = this.#hasSecond ? Math.max(0, this.#lastDateLength) : 0;
    return this.#lastDate.subarray(0, length);
  }

  /** The next date differs, whatever it is. */
  forgetDate(): void {
    this.#lastDateLength = -1;
  }
}

const DATE_UNITS = 32;
const HEADER_FIELDS = 64;

function unescapeQuotes(text: string): string {
  return text.includes('"') ? text.replaceAll('""', '"') : text;
}
