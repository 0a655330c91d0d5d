import type { FindUnit } from './find-unit.js';
import type { TextUnits, Units } from './text-units.js';

/** What framing found at a record's start. */
export type Framed =
  /** The record is whole: `length`, `contentLength`, `fieldCount` and `fieldAt` hold. */
  | 'whole'
  /** The units end inside the record; frame on when there are more. */
  | 'more'
  /** Behind a closing quote stands neither delimiter nor line end, or the record has over 1,024 quoted fields. */
  | 'broken'
  /** The record is longer than it may be. */
  | 'too-long'
  /** The input ends inside quotes. */
  | 'open-at-end';

/**
 * Finds where a CSV record ends, by quoting alone: a quote opens only at a field's start, `""` inside quotes is a quote,
 * and line ends inside quotes belong to the field. CR, LF and CRLF end a record; the input's end does too.
 *
 * It goes on where it stopped when more units come, and reads each unit once a record. A record that fails is read
 * again from its inner lines (`CsvReader` does); so that this stays linear for hostile input, the opening quotes of
 * failed records are remembered: a record that comes to one of them fails alike without a further look.
 */
export class RecordFramer {
  /** Units of the record, its line end included. */
  length = 0;
  /** Units of the record without its line end. */
  contentLength = 0;
  fieldCount = 0;
  /** Where each field starts, from the record's start. Fields past `MAX_FIELDS` belong to the last one. */
  readonly fieldAt = new Int32Array(MAX_FIELDS);
  /** Units looked at so far, for tests of linear time. */
  steps = 0;
  readonly #quote: number;
  readonly #delimiter: number;
  readonly #cr: number;
  readonly #lf: number;
  readonly #maxUnits: number;
  readonly #find: FindUnit;
  #mode = FIELD_START;
  #at = 0;
  #quotedCount = 0;
  readonly #quotedAt = new Int32Array(MAX_FIELDS);
  readonly #failedAt = new Map<number, Framed>();
  #failedUntil = -1;

  constructor(text: TextUnits, delimiter: string, maxBytes: number, find: FindUnit) {
    this.#quote = text.mark('"');
    this.#delimiter = text.mark(delimiter);
    this.#cr = text.mark('\r');
    this.#lf = text.mark('\n');
    this.#maxUnits = Math.floor(maxBytes / text.width);
    this.#find = find;
  }

  /** Forgets the current record; the next `frame` starts one. */
  begin(): void {
    this.#mode = FIELD_START;
    this.#at = 0;
    this.fieldCount = 0;
    this.#quotedCount = 0;
  }

  /** True when no record is begun, and no quote from the absolute index `offset` on is one of a record that failed. */
  isClear(offset: number): boolean {
    return this.#at === 0 && this.#mode === FIELD_START && offset > this.#failedUntil;
  }

  /** Takes a whole record that was framed elsewhere; its fields start at `fieldAt[from]` and what follows. */
  take(contentLength: number, length: number, fieldCount: number, fieldAt: Int32Array, from: number): void {
    this.contentLength = contentLength;
    this.length = length;
    this.fieldCount = fieldCount;
    for (let field = 0; field < fieldCount; field++) this.fieldAt[field] = fieldAt[from + field]!;
  }

  /**
   * Frames the record that starts at `units[start]`, of which units up to `end` are there.
   * @param origin the absolute index of `units[0]`, so that what failed is known again after the window moved.
   */
  frame(units: Units, start: number, end: number, isLast: boolean, origin: number): Framed {
    // Two units more than a record may have: its line end.
    const limit = Math.min(end, start + this.#maxUnits + 2);
    const from = start + this.#at;
    let framed = this.#scan(units, start, limit, origin);
    this.steps += start + this.#at - from;
    if (framed === 'more') {
      if (this.#at > this.#maxUnits + 1) return this.#fail('too-long', start, origin);
      if (!isLast) return 'more';
      if (this.#mode === QUOTED) return this.#fail('open-at-end', start, origin);
      framed = this.#endOfInput();
    }
    if (framed === 'whole') return this.contentLength > this.#maxUnits ? this.#fail('too-long', start, origin) : framed;
    return this.#fail(framed, start, origin);
  }

  #scan(units: Units, start: number, limit: number, origin: number): Framed {
    const quote = this.#quote;
    const delimiter = this.#delimiter;
    const cr = this.#cr;
    const lf = this.#lf;
    let at = start + this.#at;
    let mode = this.#mode;
    for (;;) {
      if (mode === FIELD_START) {
        if (this.fieldCount < MAX_FIELDS) this.fieldAt[this.fieldCount] = at - start;
        if (at >= limit) break;
        if (units[at] === quote) {
          if (this.#failedUntil >= 0) {
            const known = this.#knownFailure(origin + at);
            if (known !== undefined) return known;
          }
          if (this.#quotedCount === MAX_FIELDS) {
            this.#at = at - start;
            return 'broken';
          }
          this.#quotedAt[this.#quotedCount++] = at - start;
          at += 1;
          mode = QUOTED;
        } else {
          mode = UNQUOTED;
        }
        if (this.fieldCount < MAX_FIELDS) this.fieldCount += 1;
      }
      if (mode === QUOTED) {
        const found = this.#find(units, quote, at, limit);
        if (found < 0) {
          at = limit;
          break;
        }
        at = found + 1;
        mode = QUOTE_SEEN;
      }
      if (mode === QUOTE_SEEN) {
        if (at >= limit) break;
        if (units[at] === quote) {
          at += 1;
          mode = QUOTED;
          continue;
        }
        mode = UNQUOTED;
        const unit = units[at]!;
        if (unit !== delimiter && unit !== cr && unit !== lf) {
          this.#at = at - start;
          return 'broken';
        }
      }
      if (mode === UNQUOTED) {
        let unit = -1;
        while (at < limit) {
          unit = units[at]!;
          if (unit === delimiter || unit === lf || unit === cr) break;
          at += 1;
        }
        if (at >= limit) break;
        at += 1;
        if (unit === lf) return this.#end(at - start - 1, at - start);
        mode = unit === delimiter ? FIELD_START : CR_SEEN;
        if (mode === FIELD_START) continue;
      }
      // CR_SEEN: a line feed right behind belongs to the line end.
      if (at >= limit) break;
      if (units[at] === lf) at += 1;
      return this.#end(at - start - (units[at - 1] === lf ? 2 : 1), at - start);
    }
    this.#at = at - start;
    this.#mode = mode;
    return 'more';
  }

  #end(contentLength: number, length: number): Framed {
    this.contentLength = contentLength;
    this.length = length;
    this.#at = length;
    return 'whole';
  }

  #endOfInput(): Framed {
    // Right behind a delimiter stands one more field, an empty one.
    if (this.#mode === FIELD_START && this.fieldCount < MAX_FIELDS) this.fieldAt[this.fieldCount++] = this.#at;
    return this.#end(this.#mode === CR_SEEN ? this.#at - 1 : this.#at, this.#at);
  }

  #fail(framed: Framed, start: number, origin: number): Framed {
    if (this.#failedAt.size > 4 * MAX_FIELDS) this.#forgetBefore(origin + start);
    for (let n = 0; n < this.#quotedCount; n++) this.#failedAt.set(origin + start + this.#quotedAt[n]!, framed);
    this.#failedUntil = Math.max(this.#failedUntil, origin + start + this.#at);
    return framed;
  }

  #knownFailure(offset: number): Framed | undefined {
    if (offset <= this.#failedUntil) return this.#failedAt.get(offset);
    this.#failedAt.clear();
    this.#failedUntil = -1;
    return undefined;
  }

  #forgetBefore(offset: number): void {
    for (const each of this.#failedAt.keys()) if (each < offset) this.#failedAt.delete(each);
  }
}

/** More fields than any export has columns. */
const MAX_FIELDS = 1024;

const FIELD_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
/** A quote was seen inside quotes: the next unit tells whether it closes. */
const QUOTE_SEEN = 3;
const CR_SEEN = 4;
