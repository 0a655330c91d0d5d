import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import { CACHE, CACHE_SLOT_BYTES, NEW_TEXTS, REPEATS, WasmMemory } from '../../bytes/window-memory.js';
import type { EventRecord, Mutable } from '../../model/index.js';
import { splitStringArray } from './body-forms.js';
import { type Leniencies, textContent } from './character-data.js';
import { LikeEvents, TAKEN, type Takers, timeOf } from './like-events.js';
import {
  BODY,
  BODY_WITH_BINARY,
  CHANNEL,
  COMPUTER,
  CULTURE,
  DIGITS,
  EVENT_ID,
  LEVEL,
  MESSAGE,
  MESSAGE_HASH,
  PROVIDER,
  QUALIFIERS,
  RECORD_ID,
  UNNAMED,
  VALUE_COUNT,
  VALUES,
} from './parsed-event.js';
import type { Units } from './units.js';

/** Parses the events that hold nothing out of the ordinary; the strict parser takes the others. */
export interface FastParse {
  readonly leniencies: Leniencies;
  /**
   * `length` is in bytes. Undefined when the event is for the strict parser, TAKEN when it repeats one and was given to
   * who takes those.
   */
  parse(units: Units, from: number, to: number, offset: number, length: number): EventRecord | typeof TAKEN | undefined;
  /**
   * Gives the repeats and variations that a scan passed to who takes them, and those that nobody takes to `leave`.
   * @returns how many were taken.
   */
  takeRepeats(units: Units, window: ByteWindow, leave: LeaveEvent): number;
}

type LeaveEvent = (units: Units, from: number, to: number, offset: number) => void;

/** Undefined when the window does not stand on WebAssembly memory. */
export function createSimdParse(window: ByteWindow, input: string, takers: Takers): FastParse | undefined {
  const { memory } = window;
  if (!(memory instanceof WasmMemory)) return undefined;
  const last = parsers.get(memory);
  if (last?.stillServes(input, takers) === true) return last;
  const parser = new SimdParse(memory, input, takers);
  parsers.set(memory, parser);
  return parser;
}

/** An input that is read in ranges is one input: what was learnt of it in one range serves in the next. */
const parsers = new WeakMap<WasmMemory, SimdParse>();

class SimdParse implements FastParse {
  readonly leniencies: Leniencies = { bareAmpersands: 0 };
  readonly #memory: WasmMemory;
  readonly #learnt: number;
  readonly #scan: WasmMemory['scan'];
  readonly #input: string;
  readonly #like: LikeEvents;
  readonly #strings: string[];
  readonly #versions: Uint32Array;
  readonly #messages = new Array<KeptMessage | undefined>(MESSAGE_SLOTS).fill(undefined);
  readonly #messageHashes = new Int32Array(MESSAGE_SLOTS);
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);
  #numbers = new Float64Array(0);
  #encoding: BufferEncoding = 'latin1';

  constructor(memory: WasmMemory, input: string, takers: Takers) {
    memory.forget();
    this.#memory = memory;
    this.#scan = memory.scan;
    this.#strings = memory.values;
    this.#versions = memory.texts.versions;
    this.#input = input;
    this.#learnt = memory.timesForgotten;
    this.#like = new LikeEvents(memory, input, takers);
  }

  /** Whether it is for this input and for whom takes what is like its events, and its memory still holds what it learnt. */
  stillServes(input: string, takers: Takers): boolean {
    return this.#learnt === this.#memory.timesForgotten && this.#like.isOf(input, takers);
  }

  parse(
    units: Units,
    from: number,
    to: number,
    offset: number,
    length: number,
  ): EventRecord | typeof TAKEN | undefined {
    if (this.#bytes.buffer !== units.buffer) this.#look(units.buffer as ArrayBuffer);
    let result: number;
    if (units.BYTES_PER_ELEMENT === 2) {
      this.#encoding = 'utf16le';
      result = this.#scan.parse16(from * 2, to * 2);
    } else {
      result = this.#scan.parse8(from, to);
      this.#encoding = result === PARSED_WIDE ? 'utf8' : 'latin1';
    }
    if (result === KNOWN) {
      const again = this.#like.again(offset, length);
      if (again === TAKEN) return TAKEN;
      if (again !== undefined) {
        this.leniencies.bareAmpersands = again.bareAmpersands;
        return again.record;
      }
      result = this.#reparse(units, from, to);
    }
    return result === GIVEN_UP ? undefined : this.#record(offset, length);
  }

  /** An event whose texts have a number, and none before it was made into an event here. */
  #reparse(units: Units, from: number, to: number): number {
    if (units.BYTES_PER_ELEMENT === 2) return this.#scan.reparse16(from * 2, to * 2);
    const result = this.#scan.reparse8(from, to);
    this.#encoding = result === PARSED_WIDE ? 'utf8' : 'latin1';
    return result;
  }

  takeRepeats(units: Units, window: ByteWindow, leave: LeaveEvent): number {
    if (this.#bytes.buffer !== units.buffer) this.#look(units.buffer as ArrayBuffer);
    const width = units.BYTES_PER_ELEMENT;
    this.#takeNewTexts(width);
    return this.#like.give(window, (start, end) => leave(units, start / width, end / width, window.offsetOf(start)));
  }

  /** Decodes the texts that came with the repeats, from their slots. */
  #takeNewTexts(width: number): void {
    const count = this.#words[NEW_TEXT_COUNT]!;
    const bytes = this.#bytes as SlicedBuffer;
    for (let at = NEW_TEXTS, end = at + count * 2; at < end; at += 2) {
      const number = bytes[at]! | (bytes[at + 1]! << 8);
      const slot = number & (WIDE - 1);
      const from = CACHE + slot * CACHE_SLOT_BYTES + HEAD_BYTES;
      const to = from + bytes[from - HEAD_BYTES]!;
      if (width === 2) this.#strings[slot] = bytes.ucs2Slice(from, to);
      else this.#strings[slot] = number === slot ? bytes.latin1Slice(from, to) : bytes.utf8Slice(from, to);
      this.#versions[slot]! += 1;
    }
  }

  #look(memory: ArrayBuffer): void {
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#like.look(this.#bytes, this.#words, this.#numbers);
  }

  #record(offset: number, length: number): EventRecord {
    const words = this.#words;
    const position = { input: this.#input, offset, length };
    this.leniencies.bareAmpersands = 0;
    const provider = this.#text(PROVIDER);
    const channel = this.#text(CHANNEL);
    const computer = this.#text(COMPUTER);
    const culture = this.#text(CULTURE);
    const message = this.#message();
    const record: Mutable<EventRecord> = { type: 'event', provider, eventId: words[EVENT_ID]!, position };
    if (channel !== '') record.channel = channel;
    if (computer !== '') record.computer = computer;
    const recordId = this.#numbers[RECORD_ID]!;
    if (recordId >= 0) record.recordId = `${recordId}`;
    if (words[LEVEL]! >= 0) record.level = words[LEVEL]!;
    if (words[QUALIFIERS]! >= 0) record.qualifiers = words[QUALIFIERS]!;
    if (words[DIGITS]! >= 0) record.time = timeOf(words, this.#numbers);
    const body = words[BODY]!;
    if (body !== 0) this.#takeValues(record, words[VALUE_COUNT]!, body);
    if (message !== '') record.message = message;
    if (culture !== '') record.culture = culture;
    this.#like.remember(record, this.leniencies.bareAmpersands);
    this.#like.vary(record);
    return record;
  }

  #takeValues(record: Mutable<EventRecord>, count: number, body: number): void {
    const insertions: string[] = [];
    for (let k = 0, at = VALUES; k < count; k++, at += 6) insertions.push(this.#text(at));
    const unnamed = this.#words[UNNAMED]!;
    record.insertions = insertions;
    if (body === BODY_WITH_BINARY && count === 1 && unnamed === 1) {
      record.insertions = splitStringArray(insertions[0]!) ?? insertions;
    }
    if (unnamed === count) return;
    const names: (string | undefined)[] = [];
    for (let k = 0, at = VALUES + 3; k < count; k++, at += 6) names.push(this.#text(at) || undefined);
    record.names = names;
  }

  /**
   * The rendered message. Failures come in floods, and each pair's message is one long text over and over: one that
   * was seen before is compared with its bytes and not decoded again. Where messages never repeat, only a hash is kept.
   */
  #message(): string {
    const words = this.#words;
    const from = words[MESSAGE]!;
    const to = words[MESSAGE + 1]!;
    if (to - from < SHORTEST_KEPT || to - from > LONGEST_KEPT) return this.#text(MESSAGE);
    const hash = words[MESSAGE_HASH]!;
    const slot = hash & (MESSAGE_SLOTS - 1);
    const kept = this.#messages[slot];
    if (kept !== undefined && kept.encoding === this.#encoding) {
      if (this.#bytes.compare(kept.bytes, 0, kept.bytes.length, from, to) === 0) {
        this.leniencies.bareAmpersands += kept.bareAmpersands;
        return kept.text;
      }
    }
    const text = this.#text(MESSAGE);
    if (this.#messageHashes[slot] === hash) {
      const { bareAmpersands } = this.leniencies;
      const bytes = Buffer.from(this.#bytes.subarray(from, to));
      this.#messages[slot] = { bytes, encoding: this.#encoding, text, bareAmpersands };
    }
    this.#messageHashes[slot] = hash;
    return text;
  }

  /** Every reference must be asked for once: that is what puts new values into their slots. */
  #text(at: number): string {
    const words = this.#words;
    const from = words[at]!;
    const to = words[at + 1]!;
    if (from === to) return '';
    const slot = words[at + 2]!;
    if (slot < NEW) return this.#strings[slot]!;
    const raw = this.#slice(from, to);
    if ((slot & UNPLAIN) !== 0) return textContent(raw, this.leniencies);
    if ((slot & UNCACHED) === 0) {
      this.#strings[slot & (NEW - 1)] = raw;
      this.#versions[slot & (NEW - 1)]! += 1;
    }
    return raw;
  }

  /** As `toString`, without the looks at its arguments that cost more than a short text. */
  #slice(from: number, to: number): string {
    const bytes = this.#bytes as SlicedBuffer;
    if (this.#encoding === 'latin1') return bytes.latin1Slice(from, to);
    return this.#encoding === 'utf8' ? bytes.utf8Slice(from, to) : bytes.ucs2Slice(from, to);
  }
}

interface KeptMessage {
  readonly bytes: Buffer;
  readonly encoding: BufferEncoding;
  readonly text: string;
  readonly bareAmpersands: number;
}

/** At most 512 messages of 4 KiB are kept: 2 MiB. */
const MESSAGE_SLOTS = 512;
const SHORTEST_KEPT = 64;
const LONGEST_KEPT = 4096;

const GIVEN_UP = 0;
const PARSED_WIDE = 2;
const KNOWN = 3;

// As `assembly/value-cache.ts` has them.
const NEW_TEXT_COUNT = (REPEATS + 4) >> 2;
const WIDE = 0x8000;
const HEAD_BYTES = 4;

const NEW = 0x10000;
const UNCACHED = 0x20000;
const UNPLAIN = 0x40000;
