import {
  AMPERSAND,
  APOSTROPHE,
  COLON,
  EQUALS,
  GREATER,
  isNameUnit,
  isSpace,
  LESS,
  QUOTE,
  SLASH,
  SPACE,
  standsAt,
  startsNameUnit,
  type Units,
} from './units.js';

/** Reads one start tag or empty-element tag and holds what it found until the next. */
export class TagReader {
  nameTo = 0;
  /** Where the name begins past its prefix. */
  localFrom = 0;
  isEmpty = false;
  attributes = 0;
  readonly attributeFrom = new Int32Array(MAX_ATTRIBUTES);
  readonly attributeTo = new Int32Array(MAX_ATTRIBUTES);
  readonly valueFrom = new Int32Array(MAX_ATTRIBUTES);
  readonly valueTo = new Int32Array(MAX_ATTRIBUTES);
  /** 1 where the value holds no reference and no white space but spaces. */
  readonly valueIsPlain = new Uint8Array(MAX_ATTRIBUTES);
  /** What was wrong, after `read` gave -1. */
  detail = '';
  faultAt = 0;
  isLimit = false;

  /** The tag that starts at `at` and must end before `to`; gives the index past it, or -1. */
  read(units: Units, at: number, to: number): number {
    let i = at + 1;
    if (!startsNameUnit(units[i]) || i >= to) return this.#fail('expected the name of an element after "<"', at);
    this.localFrom = i;
    while (i < to && isNameUnit(units[i])) {
      if (units[i] === COLON) this.localFrom = i + 1;
      i += 1;
    }
    this.nameTo = i;
    this.attributes = 0;
    this.isEmpty = false;
    for (;;) {
      const before = i;
      while (i < to && isSpace(units[i])) i += 1;
      if (i >= to) return this.#fail('a tag has no end', at);
      const unit = units[i];
      if (unit === GREATER) return i + 1;
      if (unit === SLASH) {
        if (i + 1 >= to || units[i + 1] !== GREATER) return this.#fail('expected ">" after "/" in a tag', i);
        this.isEmpty = true;
        return i + 2;
      }
      if (i === before) return this.#fail('expected white space, ">" or "/>" in a tag', i);
      i = this.#attribute(units, i, to);
      if (i < 0) return -1;
    }
  }

  #attribute(units: Units, at: number, to: number): number {
    const index = this.attributes;
    if (index === MAX_ATTRIBUTES) {
      this.#fail(`a tag has more than ${MAX_ATTRIBUTES} attributes`, at);
      this.isLimit = true;
      return -1;
    }
    let i = at;
    if (!startsNameUnit(units[i])) return this.#fail('expected the name of an attribute', i);
    while (i < to && isNameUnit(units[i])) i += 1;
    this.attributeFrom[index] = at;
    this.attributeTo[index] = i;
    while (i < to && isSpace(units[i])) i += 1;
    if (i >= to || units[i] !== EQUALS) return this.#fail('expected "=" after the name of an attribute', i);
    i += 1;
    while (i < to && isSpace(units[i])) i += 1;
    const quote = units[i];
    if (i >= to || (quote !== APOSTROPHE && quote !== QUOTE)) return this.#fail('expected a quoted attribute value', i);
    i += 1;
    this.valueFrom[index] = i;
    let isPlain = 1;
    for (; ; i++) {
      if (i >= to) return this.#fail('an attribute value has no end', at);
      const unit = units[i]!;
      if (unit === quote) break;
      if (unit === LESS) return this.#fail('"<" stands in an attribute value', i);
      if (unit === AMPERSAND || (unit < SPACE && isSpace(unit))) isPlain = 0;
    }
    this.valueTo[index] = i;
    this.valueIsPlain[index] = isPlain;
    for (let other = 0; other < index; other++) {
      if (this.#isSameName(units, other, index)) return this.#fail('an attribute stands twice in a tag', at);
    }
    this.attributes = index + 1;
    return i + 1;
  }

  #isSameName(units: Units, one: number, other: number): boolean {
    const from = this.attributeFrom[one]!;
    const length = this.attributeTo[one]! - from;
    const otherFrom = this.attributeFrom[other]!;
    if (this.attributeTo[other]! - otherFrom !== length) return false;
    for (let k = 0; k < length; k++) if (units[from + k] !== units[otherFrom + k]) return false;
    return true;
  }

  /** True when the element's name without its prefix is `name`. */
  isNamed(units: Units, name: string): boolean {
    return this.nameTo - this.localFrom === name.length && standsAt(units, this.localFrom, name);
  }

  /** The index of the attribute of this exact name, or -1. */
  find(units: Units, name: string): number {
    for (let index = 0; index < this.attributes; index++) {
      const from = this.attributeFrom[index]!;
      if (this.attributeTo[index]! - from === name.length && standsAt(units, from, name)) return index;
    }
    return -1;
  }

  /** True for `xmlns` and `xmlns:…`. */
  isNamespace(units: Units, index: number): boolean {
    const from = this.attributeFrom[index]!;
    const length = this.attributeTo[index]! - from;
    return standsAt(units, from, 'xmlns') && (length === 5 || units[from + 5] === COLON);
  }

  /** Where an attribute's name begins past its prefix. */
  attributeLocalFrom(units: Units, index: number): number {
    let from = this.attributeFrom[index]!;
    for (let at = from; at < this.attributeTo[index]!; at++) if (units[at] === COLON) from = at + 1;
    return from;
  }

  #fail(detail: string, at: number): -1 {
    this.detail = detail;
    this.faultAt = at;
    this.isLimit = false;
    return -1;
  }
}

const MAX_ATTRIBUTES = 256;
