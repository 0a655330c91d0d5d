import { decodeUtf16le, EventText } from '../../bytes/event-text.js';
import type { Units } from './units.js';

/** Turns ranges of units into strings, those of one event at a time. */
export interface UnitText {
  /** Call it before the parts of the event in `units[from, to)` are decoded. */
  begin(units: Units, from: number, to: number): void;
  decode(units: Units, from: number, to: number): string;
  /** True when the event begun last was no UTF-8 and is read in the fallback code page. */
  readonly isFallback: boolean;
}

/** Text of an 8-bit encoding: UTF-8, else the fallback code page, event by event. */
export class ByteText implements UnitText {
  isFallback = false;
  readonly #text: EventText;
  readonly #cache = ValueCache.shared('narrow');

  constructor(fallback?: string) {
    this.#text = new EventText(fallback);
  }

  begin(units: Units, from: number, to: number): void {
    const before = this.#text.fallbackEvents;
    this.#text.begin(units as Uint8Array, from, to);
    this.isFallback = this.#text.fallbackEvents !== before;
  }

  decode(units: Units, from: number, to: number): string {
    if (this.isFallback) return this.#text.decode(units as Uint8Array, from, to);
    return this.#cache.get(units, from, to) ?? this.#cache.put(this.#text.decode(units as Uint8Array, from, to));
  }
}

/** UTF-16 text; lone surrogates stay as they are. */
export class WideText implements UnitText {
  readonly isFallback = false;
  readonly #cache = ValueCache.shared('wide');

  begin(): void {}

  decode(units: Units, from: number, to: number): string {
    const known = this.#cache.get(units, from, to);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(units.buffer, units.byteOffset);
    return this.#cache.put(decodeUtf16le(bytes, from * 2, to * 2));
  }
}

const SLOTS = 2048;
const LONGEST = 64;

/**
 * Strings by their units, so that values which repeat from event to event are decoded once. Direct-mapped and of fixed
 * size: a new value takes its slot from an older one. A hit is verified unit by unit.
 */
class ValueCache {
  static readonly #shared: { narrow?: ValueCache; wide?: ValueCache } = {};

  /** One for all readers, since a text that is cached depends on its units alone: there may be 100,000 small files. */
  static shared(width: 'narrow' | 'wide'): ValueCache {
    const known = ValueCache.#shared[width] ?? new ValueCache();
    ValueCache.#shared[width] = known;
    return known;
  }

  readonly #units = new Uint16Array(SLOTS * LONGEST);
  readonly #lengths = new Int8Array(SLOTS).fill(-1);
  readonly #strings: string[] = new Array<string>(SLOTS).fill('');
  #slot = -1;

  get(units: Units, from: number, to: number): string | undefined {
    const length = to - from;
    if (length > LONGEST) {
      this.#slot = -1;
      return undefined;
    }
    let hash = length;
    for (let at = from; at < to; at++) hash = Math.imul(hash, 31) + units[at]!;
    const slot = (hash ^ (hash >>> 11)) & (SLOTS - 1);
    this.#slot = slot;
    const base = slot * LONGEST;
    if (this.#lengths[slot] === length) {
      let k = 0;
      while (k < length && this.#units[base + k] === units[from + k]) k += 1;
      if (k === length) return this.#strings[slot];
    }
    this.#lengths[slot] = length;
    for (let k = 0; k < length; k++) this.#units[base + k] = units[from + k]!;
    return undefined;
  }

  /** Keeps the string that the last `get` lacked. */
  put(text: string): string {
    if (this.#slot >= 0) this.#strings[this.#slot] = text;
    return text;
  }
}
