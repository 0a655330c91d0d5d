import {
  endOfNumber,
  endOfString,
  endOfWord,
  HAS_ESCAPE,
  HAS_NON_ASCII,
  isBlank,
  type JsonUnits,
  PLAIN,
  quoteAfter,
  seenFlags,
} from './json-tokens.js';
import { KeyTable, KNOWN_KEY_COUNT } from './key-table.js';

/** Deeper JSON is rejected: no event log is, and every further stage may then recurse. */
export const MAX_DEPTH = 512;

/** Why a text is no JSON, and at which index. */
export interface JsonFault {
  readonly reason: 'malformed' | 'limit';
  readonly at: number;
  readonly expected: string;
}

/** Text of units without escapes; the document knows nothing of encodings. */
export type DecodeUnits = (units: JsonUnits, from: number, to: number, isAscii: boolean) => string;

const OBJECT = 1;
const ARRAY = 2;
const STRING = 3;
const NUMBER = 4;
const TRUE = 5;
const FALSE = 6;
const NULL = 7;
const KEY = 8;
const KIND = 0xf;
/** A string whose end was found by its quote alone. */
const IS_UNCHECKED = 64;
/** The same, after its text was made once. */
const IS_CHECKED = 128;

/** A string that does not end within so many plain characters is left for the native search and parser. */
const NEAR = 40;

/** Ints of a node: kind and flags, start, end, and the index past it (of a key: its number). */
const NODE = 4;

/**
 * A strict JSON parser that builds a flat tape and decodes nothing: values are turned into text when they are asked for,
 * keys are numbered. It sees what `JSON.parse` loses: repeated keys, the order of keys that look like integers, and
 * integers past 2^53. It accepts what `JSON.parse` accepts, down to a depth of 512.
 */
export class JsonDocument {
  keys: KeyTable;
  readonly #decode: DecodeUnits;
  #units: JsonUnits = new Uint8Array(0);
  /** Nodes of strings with escapes, and of long ones, that nobody has looked into yet. */
  #unchecked: number[] = [];
  #stringFault: JsonFault | undefined;
  #tape = new Int32Array(4096);
  #fieldNodes = new Int32Array(KNOWN_KEY_COUNT);
  readonly #parents = new Int32Array(MAX_DEPTH + 1);

  constructor(decode: DecodeUnits, keys: KeyTable = new KeyTable()) {
    this.#decode = decode;
    this.keys = keys;
  }

  /**
   * Parses `units[from, to)`; the root is node 0. The units must stay as they are while the document is in use.
   *
   * With `view` (the same bytes, up to the window's end) a string that is long or has escapes is only skipped: its end is
   * a quote after an even number of backslashes, found by a native search. What stands inside is checked when its text
   * is made, natively too, and `checkStrings` checks the rest: a dense log is half message text, and a loop of ours over
   * it would cost more than all else.
   */
  parse(units: JsonUnits, from: number, to: number, view?: Buffer): JsonFault | undefined {
    this.#units = units;
    this.#unchecked.length = 0;
    this.#stringFault = undefined;
    const parents = this.#parents;
    let tape = this.#tape;
    let length = 0;
    let depth = 0;
    let needsKey = false;
    let previousKey = 0;
    let at = from;
    for (;;) {
      if (length + 2 * NODE > tape.length) {
        this.#tape = new Int32Array(tape.length * 2);
        this.#tape.set(tape);
        tape = this.#tape;
      }
      while (at < to && isBlank(units[at]!)) at += 1;
      if (needsKey) {
        if (at >= to || units[at] !== 0x22) return fault(at, 'a key');
        const start = at + 1;
        at = start;
        let flags = KEY;
        let number = this.keys.again(units, start, to, previousKey);
        if (number >= 0) {
          at = start + this.keys.lengthOf(number);
        } else {
          let hash = 0;
          let unit = at < to ? units[at]! : 0;
          while (PLAIN[unit] === 1) {
            hash = (Math.imul(hash, 31) + unit) | 0;
            at += 1;
            unit = at < to ? units[at]! : 0;
          }
          if (unit === 0x22) {
            number = this.keys.find(units, start, at, hash);
            this.keys.follow(previousKey, number);
          } else {
            const end = endOfString(units, at, to);
            if (end < 0) return fault(~end, 'the rest of a string');
            flags |= seenFlags;
            at = end;
            number = this.keys.numberOf(this.#stringOf(start, end, flags));
          }
        }
        previousKey = number;
        tape[length] = flags;
        tape[length + 1] = start;
        tape[length + 2] = at;
        tape[length + 3] = number;
        length += NODE;
        at += 1;
        while (at < to && isBlank(units[at]!)) at += 1;
        if (at >= to || units[at] !== 0x3a) return fault(at, 'a colon');
        at += 1;
        while (at < to && isBlank(units[at]!)) at += 1;
        needsKey = false;
      }
      if (at >= to) return fault(at, 'a value');
      const unit = units[at]!;
      if (unit === 0x22) {
        const start = at + 1;
        at = start;
        const near = view === undefined ? to : Math.min(to, start + NEAR);
        while (at < near && PLAIN[units[at]!] === 1) at += 1;
        let flags = STRING;
        if (at >= to || units[at] !== 0x22) {
          if (view === undefined) {
            at = endOfString(units, at, to);
            flags |= seenFlags;
          } else {
            at = quoteAfter(view, at, to);
            flags |= IS_UNCHECKED;
            this.#unchecked.push(length);
          }
          if (at < 0) return fault(~at, 'the rest of a string');
        }
        tape[length] = flags;
        tape[length + 1] = start;
        tape[length + 2] = at;
        length += NODE;
        tape[length - 1] = length;
        at += 1;
      } else if (unit === 0x7b || unit === 0x5b) {
        if (depth === MAX_DEPTH) return { reason: 'limit', at, expected: `at most ${MAX_DEPTH} levels` };
        depth += 1;
        parents[depth] = length;
        tape[length] = unit === 0x7b ? OBJECT : ARRAY;
        tape[length + 1] = at;
        length += NODE;
        at += 1;
        while (at < to && isBlank(units[at]!)) at += 1;
        if (at < to && units[at] === unit + 2) {
          const parent = parents[depth]!;
          at += 1;
          tape[parent + 2] = at;
          tape[parent + 3] = length;
          depth -= 1;
        } else {
          needsKey = unit === 0x7b;
          continue;
        }
      } else {
        const start = at;
        let kind = NUMBER;
        if (unit === 0x74) kind = TRUE;
        else if (unit === 0x66) kind = FALSE;
        else if (unit === 0x6e) kind = NULL;
        at = kind === NUMBER ? endOfNumber(units, at, to) : endOfWord(units, at, to, WORDS[kind]!);
        if (at < 0) return fault(start, 'a value');
        tape[length] = kind;
        tape[length + 1] = start;
        tape[length + 2] = at;
        length += NODE;
        tape[length - 1] = length;
      }
      for (;;) {
        while (at < to && isBlank(units[at]!)) at += 1;
        if (depth === 0) return at === to ? undefined : fault(at, 'the end');
        const parent = parents[depth]!;
        const isObject = tape[parent] === OBJECT;
        const next = at < to ? units[at]! : 0;
        at += 1;
        if (next === 0x2c) {
          needsKey = isObject;
          break;
        }
        if (next !== (isObject ? 0x7d : 0x5d)) return fault(at - 1, isObject ? 'a comma or }' : 'a comma or ]');
        tape[parent + 2] = at;
        tape[parent + 3] = length;
        depth -= 1;
      }
    }
  }

  /** After the texts that are wanted were made: why a string of the document is none, if one is. */
  checkStrings(): JsonFault | undefined {
    if (this.#stringFault !== undefined) return this.#stringFault;
    for (const node of this.#unchecked) {
      if ((this.#tape[node]! & IS_UNCHECKED) === 0) continue;
      const end = this.#tape[node + 2]!;
      const found = endOfString(this.#units, this.#tape[node + 1]!, end + 1);
      if (found !== end) return fault(found < 0 ? ~found : found, 'the rest of a string');
    }
    return undefined;
  }

  isObject(node: number): boolean {
    return node >= 0 && this.#tape[node] === OBJECT;
  }

  isArray(node: number): boolean {
    return node >= 0 && this.#tape[node] === ARRAY;
  }

  isString(node: number): boolean {
    return node >= 0 && (this.#tape[node]! & KIND) === STRING;
  }

  isNumber(node: number): boolean {
    return node >= 0 && this.#tape[node] === NUMBER;
  }

  isNull(node: number): boolean {
    return node >= 0 && this.#tape[node] === NULL;
  }

  /** The first key of an object or the first item of an array; -1 when it has none. */
  first(container: number): number {
    const node = container + NODE;
    return node < this.#tape[container + 3]! ? node : -1;
  }

  /** The item after `item` in `array`; -1 after the last. */
  nextItem(array: number, item: number): number {
    const node = this.#tape[item + 3]!;
    return node < this.#tape[array + 3]! ? node : -1;
  }

  /** The key after `key` in `object`; -1 after the last. */
  nextKey(object: number, key: number): number {
    return this.nextItem(object, key + NODE);
  }

  /** The value that belongs to a key. */
  valueOf(key: number): number {
    return key + NODE;
  }

  /** The strings and numbers of the document that are no keys, in its order: `[node, start, end]` each. */
  *leaves(): Generator<readonly [node: number, start: number, end: number]> {
    const tape = this.#tape;
    const end = this.isObject(0) || this.isArray(0) ? tape[3]! : NODE;
    for (let node = 0; node < end; node += NODE) {
      const kind = tape[node]! & KIND;
      if (kind === STRING || kind === NUMBER) yield [node, tape[node + 1]!, tape[node + 2]!];
    }
  }

  /** The number of a key; -1 when it has none. */
  keyNumber(key: number): number {
    return this.#tape[key + 3]!;
  }

  /** A key as text. */
  keyText(key: number): string {
    const number = this.#tape[key + 3]!;
    if (number >= 0) return this.keys.name(number);
    return this.#stringOf(this.#tape[key + 1]!, this.#tape[key + 2]!, this.#tape[key]!);
  }

  /** The value of a known key in an object, the last of repeated ones; -1 when absent or null, or `object` is none. */
  get(object: number, key: number): number {
    if (!this.isObject(object)) return -1;
    let found = -1;
    for (let node = this.first(object); node >= 0; node = this.nextKey(object, node)) {
      if (this.#tape[node + 3] === key) found = node + NODE;
    }
    return found >= 0 && this.#tape[found] === NULL ? -1 : found;
  }

  /** Makes `object` the one that `field` looks into. */
  openFields(object: number): void {
    const fields = this.#fieldNodes;
    fields.fill(-1);
    const tape = this.#tape;
    const end = tape[object + 3]!;
    for (let node = object + NODE; node < end; node = tape[node + NODE + 3]!) {
      const number = tape[node + 3]!;
      if (number >= 0 && number < KNOWN_KEY_COUNT) fields[number] = tape[node + NODE] === NULL ? -1 : node + NODE;
    }
  }

  /** The value of a known key in the opened object, as `get`. */
  field(key: number): number {
    return this.#fieldNodes[key]!;
  }

  /** A value as text: a string's content, a number as written, `true`, `false`; null is empty; a container as its JSON. */
  text(node: number): string {
    const kind = this.#tape[node]!;
    const start = this.#tape[node + 1]!;
    const end = this.#tape[node + 2]!;
    if ((kind & KIND) === STRING)
      return kind >= IS_UNCHECKED ? this.#checkedString(node) : this.#stringOf(start, end, kind);
    if (kind === NULL) return '';
    return this.#decode(this.#units, start, end, kind > ARRAY);
  }

  /** As `text`, undefined for an absent node. */
  textIfAny(node: number): string | undefined {
    return node < 0 ? undefined : this.text(node);
  }

  /** True when a string's content starts with `prefix`, plain ASCII, after blanks; only unescaped letters are seen. */
  startsWith(node: number, prefix: string): boolean {
    if (!this.isString(node)) return false;
    return this.text(node).trimStart().startsWith(prefix);
  }

  /** The text of a string that was only skipped; `JSON.parse` checks it and resolves its escapes. */
  #checkedString(node: number): string {
    const start = this.#tape[node + 1]!;
    const end = this.#tape[node + 2]!;
    const quoted = this.#decode(this.#units, start - 1, end + 1, false);
    try {
      const text = JSON.parse(quoted) as string;
      this.#tape[node] = STRING | IS_CHECKED;
      return text;
    } catch {
      const found = endOfString(this.#units, start, end + 1);
      this.#stringFault ??= fault(found < 0 ? ~found : start, 'the rest of a string');
      return '';
    }
  }

  #stringOf(start: number, end: number, flags: number): string {
    const raw = this.#decode(this.#units, start, end, (flags & HAS_NON_ASCII) === 0);
    return (flags & HAS_ESCAPE) === 0 ? raw : unescapeJson(raw);
  }
}

/**
 * Parses JSON that stands inside a string and gives the document to `use`; it must not be kept. Its room is used again:
 * some forms hold such a string in every event, and making a document costs as much as parsing it.
 * @returns undefined when the text is no JSON.
 */
export function withJsonText<T>(text: string, keys: KeyTable, use: (document: JsonDocument) => T): T | undefined {
  const { document, room } = SPARE.pop() ?? { document: new JsonDocument(decodeUnits16), room: new Uint16Array(4096) };
  document.keys = keys;
  const units = text.length <= room.length ? room : new Uint16Array(text.length);
  Buffer.from(units.buffer).write(text, 'utf16le');
  try {
    return document.parse(units, 0, text.length) === undefined ? use(document) : undefined;
  } finally {
    SPARE.push({ document, room });
  }
}

/** As many as were in use at the same time: JSON in a string of JSON in a string. */
const SPARE: { readonly document: JsonDocument; readonly room: Uint16Array }[] = [];

/** Decodes UTF-16 code units as they are; lone surrogates stay. */
export function decodeUnits16(units: JsonUnits, from: number, to: number): string {
  return Buffer.from(units.buffer, units.byteOffset + from * 2, (to - from) * 2).toString('utf16le');
}

/** Resolves the escapes of a string that the parser has accepted; no loop of ours does it as fast. */
function unescapeJson(raw: string): string {
  return JSON.parse(`"${raw}"`) as string;
}

const WORDS: Readonly<Record<number, string>> = { [TRUE]: 'true', [FALSE]: 'false', [NULL]: 'null' };

function fault(at: number, expected: string): JsonFault {
  return { reason: 'malformed', at, expected };
}
