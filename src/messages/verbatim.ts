import { MESSAGE_FIT_WASM } from '../bytes/generated/message-fit.js';
import { compileOnce, type WasmModule, WebAssembly } from '../bytes/web-assembly.js';
import { allSeams } from './cut.js';
import type { GramTables } from './grams.js';
import { foldTable } from './normalise.js';
import type { CompiledTemplate } from './template.js';

/** What `fit` answers beside the number of readings. */
export const NONE = 0;
export const UNSURE = -1;

/**
 * The fast path of inversion: messages that fit a template as they are. Whatever is not so plain, or where the machine's
 * WebAssembly has no SIMD, is `UNSURE` and left to `invertAt`; a differential test holds the two together. A message
 * takes 0.2 µs here, and 5 to 10 there.
 */
export class PlainTemplates {
  #memory: FitMemory | undefined;
  #isTried = false;
  readonly #fit: PlainFit = { row: 0, tag: 0, readings: 0 };
  #message = '';
  #isReady = false;

  /** Lays a template out; returns its row, to be given to the others. */
  add(template: CompiledTemplate): number {
    return this.#open()?.add(template) ?? 0;
  }

  /** The message that the following calls are about. */
  read(message: string): this {
    this.#message = message;
    const memory = message.length <= PLAIN_LIMIT ? this.#open() : undefined;
    memory?.read(message);
    this.#isReady = memory !== undefined;
    return this;
  }

  /**
   * How many readings the message has by a template, counted up to READINGS_LIMIT; `NONE` where it does not fit as it
   * is, though it may under another view; `UNSURE` where it takes more to tell.
   */
  fit(row: number): number {
    return this.#isReady ? this.#memory!.module.fit(row) : UNSURE;
  }

  /** The values of the leftmost reading, which `fit` has just found. */
  values(row: number): (string | null)[] {
    const message = this.#message;
    const { words } = this.#memory!;
    const head = row >> 2;
    const inserts = words[head]!;
    const insertions: (string | null)[] = new Array(words[head + 1]! >>> COUNT_SHIFT);
    for (let index = 0; index < insertions.length; index++) insertions[index] = null;
    for (let k = 0, out = OUT >> 2; k < inserts; k++, out += 2) {
      insertions[words[head + HEAD_WORDS + inserts + k]! - 1] = message.slice(words[out]!, words[out + 1]!);
    }
    return insertions;
  }

  /** Lays out an event: its rows, and a word for each that `found` gives back. 0 where there is nothing to lay it in. */
  addEvent(rows: readonly number[], tags: readonly number[]): number {
    return this.#open()?.addEvent(rows, tags) ?? 0;
  }

  /** The row and word of the only template of an event that fits; undefined when none, several, or not told. */
  fitEvent(event: number): PlainFit | undefined {
    if (!this.#isReady) return undefined;
    const { module, words } = this.#memory!;
    const index = module.fitEvent(event);
    if (index < 0) return undefined;
    const at = (event >> 2) + 1 + index * 3;
    return this.#found(words[at]!, words[at + 2]!);
  }

  /** An index over the literals of texts, whose rows it asks for by number when it first finds them. */
  addIndex(tables: GramTables, textCount: number, rowOf: (number: number) => number): PlainIndex | undefined {
    const memory = this.#open();
    return memory === undefined ? undefined : { ...memory.addIndex(tables, textCount), rowOf };
  }

  /**
   * Finds the texts that are filed under a gram of the message, as `lookUpGrams` does: the row and number of the only one
   * that fits; `'none'` when none does, undefined when several, or not told.
   */
  search(index: PlainIndex): PlainFit | 'none' | undefined {
    if (!this.#isReady) return undefined;
    const memory = this.#memory!;
    let number = memory.module.search(this.#message.length, index.at);
    if (number === NOT_LAID) number = this.#layListed(memory, index);
    if (number < 0) return number === NOBODY ? 'none' : undefined;
    return this.#found(memory.words[index.rows + number]!, number);
  }

  #layListed(memory: FitMemory, index: PlainIndex): number {
    const count = memory.words[LISTED >> 2]!;
    for (let k = 0; k < count; k++) {
      const number = memory.words[index.list + k]!;
      if (memory.words[index.rows + number] !== 0) continue;
      const row = index.rowOf(number);
      memory.words[index.rows + number] = row;
    }
    return memory.module.fitListed(index.at, count);
  }

  /** How many texts the last search found; -1 where `lookUpGrams` must find them. */
  get listedCount(): number {
    const count = this.#isReady ? this.#memory!.words[LISTED >> 2]! : -1;
    return count > LIST_LIMIT ? -1 : count;
  }

  /** The numbers of the texts that the last search of the index has found, so many. */
  listed(index: PlainIndex, count: number): number[] {
    return Array.from(this.#memory!.words.subarray(index.list, index.list + count));
  }

  /** One object serves all: it is read at once. */
  #found(row: number, tag: number): PlainFit {
    const fit = this.#fit;
    fit.row = row;
    fit.tag = tag;
    fit.readings = this.#memory!.words[READINGS >> 2]!;
    return fit;
  }

  #open(): FitMemory | undefined {
    if (!this.#isTried) {
      this.#isTried = true;
      const module = messageFitModule();
      if (module !== undefined) this.#memory = new FitMemory(module);
    }
    return this.#memory;
  }
}

/** A template that fits in so many ways; its values are ready. */
export interface PlainFit {
  row: number;
  tag: number;
  readings: number;
}

/** Places in the memory: of the index in bytes, of rows and list in words. */
export interface PlainIndex {
  readonly at: number;
  readonly rows: number;
  readonly list: number;
  readonly rowOf: (number: number) => number;
}

/** Longer messages go the way that is linear whatever they hold. */
const PLAIN_LIMIT = 8192;
/** Templates with more inserts go the other way: there is no room for their values. */
const MOST_INSERTS = 120;
const NOBODY = -1;
const NOT_LAID = -4;
/** As in ../bytes/assembly/fit-layout.ts. */
const READINGS = 1000;
const LISTED = 1004;
const OUT = 1024;
const MESSAGE = 20_544;
const HEAP = 65_536;

/** A row: as in ../bytes/assembly/message-fit.ts. */
const HEAD_WORDS = 6;
const IS_PLAIN = 1;
const HAS_REPEATS = 2;
/** The highest number stands in the same word as the flags. */
const COUNT_SHIFT = 8;

const PAGE_BYTES = 65_536;
/** A row is fetched by reading so far from where it starts, however short it is. */
const READ_PAST = 192;
/** More texts than this under the grams of one message are looked up in the plain way. */
const LIST_LIMIT = 1024;

/** A WebAssembly memory with templates in it. What it holds is never taken out. */
class FitMemory {
  readonly module: MessageFit;
  words = new Int32Array(0);
  #bytes = Buffer.alloc(0);
  readonly #memory = new WebAssembly.Memory({ initial: 2 });
  #used = HEAP;
  #folds = 0;

  constructor(module: WasmModule) {
    // The module's source declares these.
    this.module = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as MessageFit;
    this.#view();
  }

  read(message: string): void {
    this.#bytes.write(message, MESSAGE, 'utf16le');
    this.module.prepare(message.length);
  }

  add(template: CompiledTemplate): number {
    const { inserts, insertCount } = template;
    const lf = template.literals.map(literal => literal.replace(/\r\n?/g, '\n'));
    const crlf = lf.map(literal => literal.replaceAll('\n', '\r\n'));
    const isPlain = !template.hasParameters && inserts.length <= MOST_INSERTS && !/^[ \t\n]/.test(lf[0]!);
    const flags = (isPlain ? IS_PLAIN : 0) | (template.hasRepeats ? HAS_REPEATS : 0) | (insertCount << COUNT_SHIFT);
    const lfText = lf.join('');
    const crlfText = lfText.includes('\n') ? crlf.join('') : undefined;
    const tableWords = HEAD_WORDS + inserts.length * 2 + (lf.length + 1) * 2;
    const row = this.#reserve(tableWords * 4 + (lfText.length + (crlfText?.length ?? 0)) * 2);
    const lfAt = row + tableWords * 4;
    const crlfAt = crlfText === undefined ? lfAt : lfAt + lfText.length * 2;
    this.#bytes.write(lfText, lfAt, 'utf16le');
    if (crlfText !== undefined) this.#bytes.write(crlfText, crlfAt, 'utf16le');
    const firsts = inserts.map(number => inserts.indexOf(number));
    const table = [inserts.length, flags, ...lineEnds(lf, '\n'), ...lineEnds(lf, '\r\n'), ...firsts, ...inserts];
    this.words.set([...table, ...boundsOf(lf, lfAt), ...boundsOf(crlf, crlfAt)], row >> 2);
    return row;
  }

  addEvent(rows: readonly number[], tags: readonly number[]): number {
    const event = this.#reserve(4 + rows.length * 12);
    const entries = rows.flatMap((row, index) => [row, this.#startOf(row), tags[index]!]);
    this.words.set([rows.length, ...entries], event >> 2);
    return event;
  }

  /** What a message must start with to fit a row, or 0 where it may do without. */
  #startOf(row: number): number {
    const [inserts, flags] = this.words.subarray(row >> 2, (row >> 2) + 2);
    const bounds = (row >> 2) + HEAD_WORDS + inserts! * 2;
    const [from, to] = this.words.subarray(bounds, bounds + 2);
    return from === to || (flags! & IS_PLAIN) === 0 ? 0 : this.#bytes.readUInt16LE(from!);
  }

  addIndex({ bits, slots, postings }: GramTables, textCount: number): Omit<PlainIndex, 'rowOf'> {
    const place = (words: Uint32Array) => {
      const at = this.#reserve(words.byteLength);
      this.words.set(words, at >> 2);
      return at;
    };
    if (this.#folds === 0) this.#folds = this.#placeFolds();
    const rows = this.#reserve(textCount * 4);
    const list = this.#reserve(LIST_LIMIT * 4);
    const tables = [place(bits), bits.length * 32 - 1, place(slots), slots.length / 2 - 1, place(postings)];
    const at = this.#reserve(9 * 4);
    this.words.set([this.#folds, ...tables, rows, list, LIST_LIMIT], at >> 2);
    return { at, rows: rows >> 2, list: list >> 2 };
  }

  #placeFolds(): number {
    const table = foldTable();
    const folds = this.#reserve(table.byteLength);
    new Uint16Array(this.#memory.buffer, folds, table.length).set(table);
    return folds;
  }

  /** Room for so many bytes, and for what is read past them. */
  #reserve(size: number): number {
    const at = this.#used;
    this.#used = (at + size + 15) & ~15;
    const missing = this.#used + READ_PAST - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.max(Math.ceil(missing / PAGE_BYTES), this.#memory.buffer.byteLength / PAGE_BYTES / 2));
      this.#view();
    }
    return at;
  }

  #view(): void {
    this.words = new Int32Array(this.#memory.buffer);
    this.#bytes = Buffer.from(this.#memory.buffer);
  }
}

function boundsOf(literals: readonly string[], start: number): number[] {
  const bounds = [start];
  for (const literal of literals) bounds.push(bounds.at(-1)! + literal.length * 2);
  return bounds;
}

/** The set of what lines end with where an export cut spaces (see `hasCutReading`): 60 bits, and one for each length. */
function lineEnds(literals: readonly string[], lineBreak: string): [low: number, high: number] {
  const set: [number, number] = [0, 0];
  const add = (bit: number) => {
    set[bit >> 5]! |= 1 << (bit & 31);
  };
  for (const { literal, length } of allSeams(literals)) {
    const end = literal.slice(0, length).replaceAll('\n', lineBreak);
    const size = Math.min(4, end.length);
    let hash = 0;
    for (let at = end.length - 1; at >= end.length - size; at--) {
      hash = Math.imul(hash + end.charCodeAt(at), 0x9e3779b1);
    }
    add((hash >>> 16) % 60);
    add(59 + size);
  }
  return set;
}

/** The exports of ../bytes/assembly/message-fit.ts. */
interface MessageFit {
  prepare(length: number): void;
  fit(row: number): number;
  fitEvent(event: number): number;
  search(length: number, index: number): number;
  fitListed(index: number, count: number): number;
}

/** Undefined where the machine's WebAssembly has no SIMD. */
const messageFitModule = compileOnce(MESSAGE_FIT_WASM);
