import { MESSAGE_FIT_WASM } from '../bytes/generated/message-fit.js';
import { compileOnce, PAGE_BYTES, type WasmModule, WebAssembly } from '../bytes/web-assembly.js';
import { anchorOf, isBare, mayHide } from './anchors.js';
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
  readonly #fit: PlainFit = { row: 0, tag: 0, kind: 0, readings: 0 };
  #message = '';
  #fetched = 0;
  /** The message stands in the memory; and it has been taken in. */
  #isReady = false;
  #isPrepared = false;

  /** Lays a template out; returns its row, to be given to the others. */
  add(template: CompiledTemplate): number {
    return this.#open()?.add(template) ?? 0;
  }

  /** The message that the following calls are about. */
  read(message: string): this {
    this.#message = message;
    const memory = message.length <= PLAIN_LIMIT ? this.#open() : undefined;
    memory?.write(message);
    this.#isReady = memory !== undefined;
    this.#isPrepared = false;
    return this;
  }

  /**
   * How many readings the message has by a template, counted up to READINGS_LIMIT; `NONE` where it does not fit as it
   * is, though it may under another view; `UNSURE` where it takes more to tell.
   */
  fit(row: number): number {
    return this.#isReady ? this.#prepared().module.fit(row) : UNSURE;
  }

  /** Whether the message may fit a template under some view; false where it is sure that it does not. */
  mayFit(row: number): boolean {
    return !this.#isReady || this.#prepared().module.mayFit(row) !== 0;
  }

  /** The values of the leftmost reading of the template that `fit` or another has just found to fit. */
  values(): (string | null)[] {
    const message = this.#message;
    const { words } = this.#memory!;
    const shape = words[SHAPE >> 2]!;
    const insertions: (string | null)[] = new Array(shape >> 16);
    for (let index = 0; index < insertions.length; index++) insertions[index] = null;
    for (let k = shape & 0xff, out = OUT >> 2; k > 0; k--, out += 2) {
      const bounds = words[out]!;
      // Of one that stands twice the first counts: they may differ in the form of their line breaks.
      insertions[words[out + 1]! - 1] ??= message.slice(bounds & 0xffff, bounds >>> 16);
    }
    return insertions;
  }

  /** Room for an event of so many templates, whose rows had best be added next; 0 where there is nothing to lay it in. */
  reserveEvent(many: number): number {
    return this.#open()?.reserveEvent(many) ?? 0;
  }

  /** Fills an event in: its rows, and for each a tag and a kind (of 16 bits) that `fitEvent` gives back. */
  fillEvent(event: number, rows: readonly number[], tags: readonly number[], kinds: readonly number[]): void {
    this.#open()?.fillEvent(event, rows, tags, kinds);
  }

  /** Has an event and what was laid behind it fetched, so that they are at hand once the message has been written. */
  expect(event: number): this {
    const memory = this.#memory;
    if (memory === undefined) return this;
    const { words } = memory;
    const at = event >> 2;
    this.#fetched ^= words[at]! ^ words[at + 16]! ^ words[at + 32]! ^ words[at + 48]! ^ words[at + 64]!;
    return this;
  }

  /** The row and word of the only template of an event that fits; undefined when none, several, or not told. */
  fitEvent(event: number): PlainFit | undefined {
    if (!this.#isReady) return undefined;
    const { module, words } = this.#memory!;
    // One call into the module is dear enough to be worth saving.
    const index = this.#isPrepared ? module.fitEvent(event) : module.prepareAndFitEvent(this.#message.length, event);
    this.#isPrepared = true;
    if (index < 0) return undefined;
    const at = (event >> 2) + 1 + index * 3;
    const fit = this.#found(words[at]!, words[at + 2]!);
    fit.kind = words[at + 1]! >>> 16;
    return fit;
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
    const memory = this.#prepared();
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

  #prepared(): FitMemory {
    const memory = this.#memory!;
    if (!this.#isPrepared) memory.module.prepare(this.#message.length);
    this.#isPrepared = true;
    return memory;
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
  kind: number;
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
const SHAPE = 1012;
const OUT = 1024;
const MESSAGE = 20_544;
const HEAP = 145_408;

/** A row: as in ../bytes/assembly/template-row.ts. */
const HEAD_BYTES = 8;
const IS_PLAIN = 1;
const HAS_REPEATS = 2;
const IS_WIDE = 4;
const HAS_BARE = 8;
const MAY_HIDE = 16;
/** More do not fit a row; they are not plain. */
const MOST_UNITS = 0x7fff;

/** A row is fetched by reading so far from where it starts, however short it is. */
const READ_PAST = 544;
/** More texts than this under the grams of one message are looked up in the plain way. */
const LIST_LIMIT = 1024;

/** A WebAssembly memory with templates in it. What it holds is never taken out. */
class FitMemory {
  readonly module: MessageFit;
  words = new Int32Array(0);
  halves = new Uint16Array(0);
  #bytes = Buffer.alloc(0) as WritableBuffer;
  readonly #memory = new WebAssembly.Memory({ initial: 3 });
  #used = HEAP;
  #folds = 0;

  constructor(module: WasmModule) {
    // The module's source declares these.
    this.module = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as MessageFit;
    this.#view();
  }

  write(message: string): void {
    if (IS_DIRECT) this.#bytes.ucs2Write(message, MESSAGE, message.length * 2);
    else this.#bytes.write(message, MESSAGE, 'utf16le');
  }

  add(template: CompiledTemplate): number {
    const { inserts, insertCount, hasRepeats } = template;
    const many = inserts.length;
    let text = '';
    const literals = template.literals.map(literal => {
      const lined = literal.includes('\r') ? literal.replace(/\r\n?/g, '\n') : literal;
      text += lined;
      return lined;
    });
    const isPlain =
      !template.hasParameters &&
      many <= MOST_INSERTS &&
      text.length <= MOST_UNITS &&
      !isSpace(literals[0]!.charCodeAt(0));
    if (!isPlain) return this.#reserve(HEAD_BYTES);
    const isWide = WIDE.test(text);
    const boundsAt = HEAD_BYTES + many * 2;
    const textAt = boundsAt + (many + 2) * 6 - 4;
    const row = this.#reserve(textAt + (isWide ? text.length * 2 : text.length));
    const { words, halves } = this;
    const bytes = this.#bytes;
    let flags = IS_PLAIN | (hasRepeats ? HAS_REPEATS : 0) | (isWide ? IS_WIDE : 0);
    if (literals.some(isBare)) flags |= HAS_BARE | (mayHide(literals) ? MAY_HIDE : 0);
    const anchors = literals.map(anchorOf);
    const key = keyOf(text, literals, anchors);
    words[row >> 2] = many | (flags << 8) | (insertCount << 16) | (key.length << 24);
    words[(row >> 2) + 1] = textAt | (key.offset << 16);
    for (let k = 0; k < many; k++) {
      bytes[row + HEAD_BYTES + k * 2] = hasRepeats ? inserts.indexOf(inserts[k]!) : k;
      bytes[row + HEAD_BYTES + k * 2 + 1] = inserts[k]!;
    }
    let at = (row + boundsAt) >> 1;
    let bound = 0;
    for (let k = 0; k <= many; k++) {
      halves[at++] = bound;
      halves[at++] = anchors[k]!.offset;
      halves[at++] = anchors[k]!.length;
      bound += literals[k]!.length;
    }
    halves[at] = bound;
    bytes.write(text, row + textAt, isWide ? 'utf16le' : 'latin1');
    return row;
  }

  /** Room for an event of so many templates; its rows had best be laid next to it. */
  reserveEvent(many: number): number {
    return this.#reserve(4 + many * 12);
  }

  fillEvent(event: number, rows: readonly number[], tags: readonly number[], kinds: readonly number[]): void {
    const { words } = this;
    let at = event >> 2;
    words[at++] = rows.length;
    for (let index = 0; index < rows.length; index++) {
      words[at++] = rows[index]!;
      words[at++] = this.#startOf(rows[index]!) | (kinds[index]! << 16);
      words[at++] = tags[index]!;
    }
  }

  /** What a message must start with to fit a row, or 0 where it may do without. */
  #startOf(row: number): number {
    const head = this.words[row >> 2]!;
    const many = head & 0xff;
    const isPlain = ((head >> 8) & IS_PLAIN) !== 0;
    if (!isPlain || this.halves[((row + HEAD_BYTES) >> 1) + many + 3] === 0) return 0;
    const text = row + (this.words[(row >> 2) + 1]! & 0xffff);
    return ((head >> 8) & IS_WIDE) !== 0 ? this.#bytes.readUInt16LE(text) : this.#bytes[text]!;
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
    this.halves = new Uint16Array(this.#memory.buffer);
    this.#bytes = Buffer.from(this.#memory.buffer) as WritableBuffer;
  }
}

/** The longest piece of firm ASCII in an anchor, as `isFirm` of ../bytes/assembly/message-text.ts has it, or the start of it. */
function keyOf(
  text: string,
  literals: readonly string[],
  anchors: readonly { readonly offset: number; readonly length: number }[],
): { readonly offset: number; readonly length: number } {
  let key = { offset: 0, length: 0 };
  let bound = 0;
  for (let k = 0; k < literals.length; k++) {
    const from = bound + anchors[k]!.offset;
    const to = from + anchors[k]!.length;
    let start = from;
    for (let at = from; at <= to; at++) {
      if (at < to && isFirmAscii(text.charCodeAt(at))) continue;
      if (at - start > key.length) key = { offset: start, length: at - start };
      start = at + 1;
    }
    bound += literals[k]!.length;
  }
  return { offset: key.offset, length: Math.min(key.length, LONGEST_KEY) };
}

/** Not quotes, hyphens and the like, which exports make of one another. */
function isFirmAscii(code: number): boolean {
  return code > 32 && code < 0x7f && code !== 0x22 && code !== 0x27 && code !== 0x2d && code !== 0x60;
}

const LONGEST_KEY = 255;

/** `Buffer.write` calls this; on its own it takes half the time. Node has it, but does not promise it. */
interface WritableBuffer extends Buffer {
  ucs2Write(text: string, offset: number, length: number): number;
}

const IS_DIRECT = 'ucs2Write' in Buffer.prototype;

/** What has no room in a byte. */
const WIDE = /[^\u0000-\u00ff]/;

/** Line breaks are LF here. */
function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10;
}

/** The exports of ../bytes/assembly/message-fit.ts. */
interface MessageFit {
  prepare(length: number): void;
  fit(row: number): number;
  mayFit(row: number): number;
  fitEvent(event: number): number;
  prepareAndFitEvent(length: number, event: number): number;
  search(length: number, index: number): number;
  fitListed(index: number, count: number): number;
}

/** Undefined where the machine's WebAssembly has no SIMD. */
const messageFitModule = compileOnce(MESSAGE_FIT_WASM);
