import type { Selection } from '../../model/index.js';
import { plainSearch, type TextSearch } from './text-search.js';

/** More searches than this cost more than parsing. */
const MAX_NEEDLES = 12;
const MIN_NEEDLE_LENGTH = 4;

/**
 * Tells of a range of 8-bit JSON that no wanted event can stand in it. A wanted event holds a wanted provider's name,
 * and with it a run of letters, digits and the like. JSON can write each of these characters in two ways only: as it is,
 * or as `\u00XX` (also inside JSON or XML in a string, where `&` may start a reference instead). So a range that holds
 * neither the run, nor such an escape of one of its characters, nor `&#`, holds no such name.
 */
export class ProviderPrefilter {
  readonly #needles: readonly Buffer[];
  /** Code units whose escape could hide a needle. */
  readonly #hidden = new Uint8Array(256);
  #view: Buffer = Buffer.alloc(0);
  #search: TextSearch;
  readonly #nextNeedle: number[];
  #nextWritten = -1;

  /** @returns undefined where no such test is sound, or too many names would have to be searched for. */
  static of(selection: Selection | undefined): ProviderPrefilter | undefined {
    if (selection === undefined) return undefined;
    const needles = new Set<string>();
    for (const provider of selection.providers) {
      for (const name of provider.names) {
        const needle = longestPlainRun(name);
        if (needle.length < MIN_NEEDLE_LENGTH) return undefined;
        needles.add(needle);
      }
    }
    return needles.size > MAX_NEEDLES ? undefined : new ProviderPrefilter([...needles]);
  }

  private constructor(needles: readonly string[]) {
    this.#needles = needles.map(needle => Buffer.from(needle, 'latin1'));
    this.#search = plainSearch(this.#needles);
    this.#nextNeedle = needles.map(() => -1);
    for (const needle of needles) for (const byte of Buffer.from(needle, 'latin1')) this.#hidden[byte] = 1;
    this.#hidden[0x26] = 1;
    this.#hidden[0x23] = 1;
  }

  /** What is searched for, in the order in which `useSearch` must know it. */
  get texts(): readonly Buffer[] {
    return this.#needles;
  }

  /** Searches in another way than by `Buffer.indexOf`. */
  useSearch(search: TextSearch): void {
    this.#search = search;
  }

  /** Sets the bytes that the ranges of `mayHold` lie in; ranges must then ascend. */
  begin(view: Buffer): void {
    this.#view = view;
    this.#nextNeedle.fill(-1);
    this.#nextWritten = -1;
  }

  /** False when no wanted event can stand in `[from, to)`. */
  mayHold(from: number, to: number): boolean {
    for (let which = 0; which < this.#needles.length; which++) {
      if (this.#nextNeedle[which]! < from) this.#nextNeedle[which] = this.#find(which, from);
      if (this.#nextNeedle[which]! < to) return true;
    }
    if (this.#nextWritten < from) this.#nextWritten = this.#findWritten(from);
    return this.#nextWritten < to;
  }

  /** Where the next wanted event may hold what makes it one; the end of the bytes when it is nowhere. */
  next(from: number): number {
    let next = this.#view.length;
    for (let which = 0; which < this.#needles.length; which++) {
      if (this.#nextNeedle[which]! < from) this.#nextNeedle[which] = this.#find(which, from);
      if (this.#nextNeedle[which]! < next) next = this.#nextNeedle[which]!;
    }
    if (this.#nextWritten < from) this.#nextWritten = this.#findWritten(from);
    return Math.min(next, this.#nextWritten);
  }

  #find(which: number, from: number): number {
    const found = this.#search.find(this.#view, which, from);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  }

  /** The next `u00XX` that stands for a character of a needle, or `&#`; the backslash is left to the parser. */
  #findWritten(from: number): number {
    const view = this.#view;
    for (let at = this.#search.findWritten(view, from); at >= 0; at = this.#search.findWritten(view, at + 1)) {
      if (view[at] === AMPERSAND) return at;
      const unit = (hexDigit(view[at + 3]) << 4) | hexDigit(view[at + 4]);
      if (unit >= 0 && this.#hidden[unit] === 1) return at;
    }
    return Number.POSITIVE_INFINITY;
  }
}

const AMPERSAND = 0x26;

/** The longest run of characters that JSON writers leave as they are and code pages hold as ASCII. */
function longestPlainRun(name: string): string {
  let longest = '';
  for (const run of name.split(/[^A-Za-z0-9 ._-]+/)) if (run.length > longest.length) longest = run;
  return longest;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
