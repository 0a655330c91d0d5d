import type { ByteWindow } from '../../bytes/byte-window.js';
import { SCAN_OUT, SCAN_WANTED, WasmMemory } from '../../bytes/window-memory.js';
import type { Selection } from '../../model/index.js';

/** More searches than this cost more than parsing. */
const MAX_NEEDLES = 12;
const MIN_NEEDLE_LENGTH = 4;
/** A part of a long name is needle enough. */
const MAX_NEEDLE_LENGTH = 32;

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
  /** The memory that is searched by SIMD, where it is. */
  #simd: WasmMemory | undefined;
  #view: Buffer = Buffer.alloc(0);
  readonly #nextNeedle: number[];
  #nextEscape = -1;
  #nextReference = -1;

  /** @returns undefined where no such test is sound, or too many names would have to be searched for. */
  static of(selection: Selection | undefined): ProviderPrefilter | undefined {
    if (selection === undefined) return undefined;
    const needles = new Set<string>();
    for (const provider of selection.providers) {
      for (const name of provider.names) {
        const needle = longestPlainRun(name).slice(0, MAX_NEEDLE_LENGTH);
        if (needle.length < MIN_NEEDLE_LENGTH) return undefined;
        needles.add(needle);
      }
    }
    return needles.size > MAX_NEEDLES ? undefined : new ProviderPrefilter([...needles]);
  }

  private constructor(needles: readonly string[]) {
    this.#needles = needles.map(needle => Buffer.from(needle, 'latin1'));
    this.#nextNeedle = needles.map(() => -1);
    for (const needle of needles) for (const byte of Buffer.from(needle, 'latin1')) this.#hidden[byte] = 1;
    this.#hidden[0x26] = 1;
    this.#hidden[0x23] = 1;
  }

  /** Searches by SIMD from now on, where the window stands on a memory that can; both ways give the same answers. */
  useSimd({ memory, bytes }: ByteWindow): void {
    if (!(memory instanceof WasmMemory)) return;
    // As assembly/json-lines.ts lays them out.
    new DataView(bytes.buffer).setUint32(SCAN_WANTED, this.#needles.length, true);
    bytes.set(this.#hidden, SCAN_WANTED + 4);
    let at = SCAN_WANTED + 4 + this.#hidden.length;
    for (const needle of this.#needles) {
      bytes.set([needle.length, rarestPair(needle), ...needle], at);
      at += 2 + needle.length;
    }
    this.#simd = memory;
  }

  /** Sets the bytes that the ranges of `mayHold` lie in; ranges must then ascend. */
  begin(view: Buffer): void {
    this.#view = view;
    this.#nextNeedle.fill(-1);
    this.#nextEscape = -1;
    this.#nextReference = -1;
  }

  /** False when no wanted event can stand in `[from, to)`. */
  mayHold(from: number, to: number): boolean {
    if (this.#simd !== undefined) return this.#simd.scan.mayHold8(from, to) !== 0;
    for (let which = 0; which < this.#needles.length; which++) {
      const needle = this.#needles[which]!;
      if (this.#nextNeedle[which]! < from) this.#nextNeedle[which] = this.#find(needle, from);
      if (this.#nextNeedle[which]! + needle.length <= to) return true;
    }
    if (this.#nextReference < from) this.#nextReference = this.#find(REFERENCE, from);
    if (this.#nextReference + REFERENCE.length <= to) return true;
    if (this.#nextEscape < from) this.#nextEscape = this.#findEscape(from);
    return this.#nextEscape + ESCAPE_LENGTH <= to;
  }

  /**
   * Skips lines from `from` on, where one starts, that end before `end`, as long as each begins with `{"`, has at most
   * `maxBytes` and can hold no wanted event; none where no SIMD is used.
   * @returns where the next line starts, and how many were skipped.
   */
  skipLines(from: number, end: number, maxBytes: number): { readonly next: number; readonly lines: number } {
    if (this.#simd === undefined) return { next: from, lines: 0 };
    const next = this.#simd.scan.quietLines8(from, end, maxBytes);
    return { next, lines: new DataView(this.#view.buffer).getUint32(SCAN_OUT, true) };
  }

  /** The next `u00XX` that stands for a character of a needle; the backslash is left to the parser. */
  #findEscape(from: number): number {
    const view = this.#view;
    for (let at = view.indexOf(ESCAPE, from); at >= 0; at = view.indexOf(ESCAPE, at + 1)) {
      const unit = (hexDigit(view[at + 3]) << 4) | hexDigit(view[at + 4]);
      if (unit >= 0 && this.#hidden[unit] === 1) return at;
    }
    return Number.POSITIVE_INFINITY;
  }

  #find(text: Buffer, from: number): number {
    const found = this.#view.indexOf(text, from);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  }
}

const ESCAPE = Buffer.from('u00');
const ESCAPE_LENGTH = 'u00XX'.length;
const REFERENCE = Buffer.from('&#');

/** The longest run of characters that JSON writers leave as they are and code pages hold as ASCII. */
function longestPlainRun(name: string): string {
  let longest = '';
  for (const run of name.split(/[^A-Za-z0-9 ._-]+/)) if (run.length > longest.length) longest = run;
  return longest;
}

/** Where the two bytes stand that a log holds least often: capitals and signs before small letters, no blank or `e`. */
function rarestPair(text: Buffer): number {
  let rarest = 0;
  for (let at = 1; at + 1 < text.length; at++)
    if (commonnessOfPair(text, at) < commonnessOfPair(text, rarest)) rarest = at;
  return rarest;
}

function commonnessOfPair(text: Buffer, at: number): number {
  return commonness(text[at]!) * commonness(text[at + 1]!);
}

function commonness(byte: number): number {
  const rank = COMMON.indexOf(String.fromCharCode(byte));
  return rank < 0 ? 1 : 1 + COMMON.length - rank;
}

/** From what JSON of events is full of to what it has little of. */
const COMMON = ' "etaionrsclmdpu:,0.-/SEDTNICPA12345hgbfvykwx6789MOLRUW';

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
