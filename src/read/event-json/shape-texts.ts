import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import { KeptTexts } from '../../bytes/kept-texts.js';
import { CACHE_SLOTS, LONGEST_CACHED, PARSED_VALUES, type WasmMemory } from '../../bytes/window-memory.js';
import type { NumberedTexts } from '../../model/index.js';
import { FIRST_CONSTANT, NONE, type Shape } from './shape-layout.js';

/** The texts of events that have a shape: those that come again are the same strings again. */
export class ShapeTexts {
  /** The window's memory, as bytes and as words. */
  bytes: Buffer = Buffer.alloc(0);
  words: Int32Array = new Int32Array(0);
  readonly #scan: WasmMemory['scan'];
  readonly #long: KeptTexts | undefined;
  /** The texts of the value cache. */
  readonly #strings: string[];
  readonly numbered: NumberedTexts;
  /** Kept texts with escapes, by their number: how they are written, and what that says. */
  readonly #written: string[] = [];
  readonly #plain: string[] = [];
  /** By place, the texts of the event at hand that were made already. */
  readonly #made: string[] = [];

  constructor(memory: WasmMemory) {
    this.#scan = memory.scan;
    this.#strings = memory.values;
    this.numbered = memory.texts;
    this.#long = KeptTexts.of(memory);
  }

  /** The window's memory for the calls to come. */
  begin(window: ByteWindow): void {
    if (this.bytes.buffer === window.bytes.buffer) return;
    this.bytes = Buffer.from(window.bytes.buffer);
    this.words = new Int32Array(window.bytes.buffer);
  }

  /** The same for events of a shape whose lasting texts are the same; -1 when one of them is new or too long to be kept. */
  hashOf(shape: Shape): number {
    const { lasting } = shape;
    const { words } = this;
    let hash = lasting.length;
    for (let k = 0; k < lasting.length; k++) {
      const at = VALUES + lasting[k]! * 3;
      const from = words[at]!;
      const to = words[at + 1]!;
      let slot = from === to ? NEW : words[at + 2]!;
      if (slot > NEW) {
        // A long text, or one with escapes, has no slot of its own. Half of its hash, for a slot is not negative.
        if ((slot & (UNCACHED | HAS_ESCAPE)) === 0) return -1;
        slot = to - from <= LONGEST_CACHED ? this.#scan.hash8(from, to) >>> 1 : this.#make(lasting[k]!, from, to, slot);
        if (slot < 0) return -1;
      }
      hash = (Math.imul(hash, 31) + slot) | 0;
    }
    return (hash ^ (hash >>> 15)) >>> 1;
  }

  /** The text of a string or number, whether it has escapes or not. */
  textIn(from: number, to: number): string {
    const text = this.#decode(from, to);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** The digits of a number; `ODD_NUMBER` of another text. */
  numberIn(from: number, to: number): number {
    const { bytes } = this;
    let number = 0;
    for (let k = from; k < to; k++) {
      const digit = bytes[k]! - 0x30;
      if (digit < 0 || digit > 9) return ODD_NUMBER;
      number = number * 10 + digit;
    }
    return number;
  }

  /** The text at a place of the event that was compared last. New ones must be asked for once: that puts them into their slots. */
  text(shape: Shape, place: number): string {
    if (place < 0) return place === NONE ? '' : shape.constants[FIRST_CONSTANT - place]!;
    const { words } = this;
    const at = VALUES + place * 3;
    const from = words[at]!;
    const to = words[at + 1]!;
    if (from === to) return '';
    const slot = words[at + 2]!;
    if (slot < NEW) return this.#strings[slot]!;
    if (slot === MADE) return this.#made[place]!;
    if ((slot & HAS_ESCAPE) !== 0) return this.#unescaped(from - 1, to + 1);
    if ((slot & UNCACHED) === 0) return this.#keep(slot & (NEW - 1), from, to);
    return this.#decode(from, to);
  }

  /** The number of the text at a place of the event that was compared last; -1 where it has none. */
  numberOf(place: number): number {
    if (place < 0) return place === NONE ? CACHE_SLOTS : -1;
    const { words } = this;
    const at = VALUES + place * 3;
    const from = words[at]!;
    const to = words[at + 1]!;
    if (from === to) return CACHE_SLOTS;
    if (words[at + 2]! >= NEW) return -1;
    const slot = this.#scan.slot8(from, to - from);
    if ((slot & UNCACHED) !== 0) return -1;
    if (slot >= NEW) this.#keep(slot & (NEW - 1), from, to);
    return slot & (NEW - 1);
  }

  /** Puts a new text into its slot. */
  #keep(slot: number, from: number, to: number): string {
    const text = this.#decode(from, to);
    this.#strings[slot] = text;
    this.numbered.versions[slot]! += 1;
    return text;
  }

  /** Makes a long text that is kept, for `text` to give; its number, or -1. */
  #make(place: number, from: number, to: number, flags: number): number {
    const isPlain = (flags & HAS_ESCAPE) === 0;
    const number = this.#long?.slot(this.bytes, isPlain ? from : from - 1, isPlain ? to : to + 1) ?? -1;
    if (number < 0) return -1;
    this.#made[place] = isPlain ? this.#long!.at(number) : this.#plainOf(number);
    this.words[VALUES + place * 3 + 2] = MADE;
    return number;
  }

  #unescaped(from: number, to: number): string {
    const number = this.#long === undefined || to - from <= LONGEST_CACHED ? -1 : this.#long.slot(this.bytes, from, to);
    if (number < 0) return JSON.parse((this.bytes as SlicedBuffer).utf8Slice(from, to)) as string;
    return this.#plainOf(number);
  }

  /** A long text that comes again is the same string again, as `KeptTexts` gives it: its hash is not computed anew. */
  #plainOf(number: number): string {
    const written = this.#long!.at(number);
    if (this.#written[number] !== written) {
      this.#written[number] = written;
      this.#plain[number] = JSON.parse(written) as string;
    }
    return this.#plain[number]!;
  }

  #decode(from: number, to: number): string {
    if (this.#long !== undefined && to - from > LONGEST_CACHED) return this.#long.text(this.bytes, from, to);
    return (this.bytes as SlicedBuffer).utf8Slice(from, to);
  }
}

/** The word that holds the first reference to a value: from, to and slot of each. */
export const VALUES = PARSED_VALUES >> 2;
export const ODD_NUMBER = -2;

// As in `assembly/value-cache.ts`.
const NEW = 0x10000;
const UNCACHED = 0x20000;
const HAS_ESCAPE = 0x40000;
/** The text stands in `#made`. */
const MADE = 0x80000;
