import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import {
  CONTENT_NUMBERS,
  NUMBERS,
  PARSED_EVENT,
  PARSED_VALUES,
  REPEATS,
  SHAPE_COUNT,
  TAKERS,
  VARIED,
  WasmMemory,
} from '../../bytes/window-memory.js';
import {
  type EventRecord,
  type Instant,
  type Mutable,
  NOT_TAKEN,
  type Repeat,
  type RepeatsOf,
  type Variation,
  type VariationsOf,
} from '../../model/index.js';
import { splitStringArray } from './body-forms.js';
import { type Leniencies, textContent } from './character-data.js';
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
  takeRepeats(units: Units, origin: number, leave: LeaveEvent): number;
}

type LeaveEvent = (units: Units, from: number, to: number, offset: number) => void;

/** Who takes what is like an event that was emitted. */
export interface Takers {
  readonly repeatsOf?: RepeatsOf | undefined;
  readonly variationsOf?: VariationsOf | undefined;
}

export const TAKEN = 'taken';

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
  readonly #repeatsOf: RepeatsOf | undefined;
  readonly #variationsOf: VariationsOf | undefined;
  readonly #strings: string[];
  readonly #versions: Uint32Array;
  /** By the number of its texts: an event that had them, to make the next from. */
  readonly #known = new Array<KnownEvent | undefined>(CONTENT_NUMBERS).fill(undefined);
  /** By the place of its shape: what became of events that have it. */
  readonly #shapes = new Array<KnownShape | undefined>(SHAPE_COUNT).fill(undefined);
  /** The event at hand was a variation that nobody took. */
  #isLeft = false;
  readonly #messages = new Array<KeptMessage | undefined>(MESSAGE_SLOTS).fill(undefined);
  readonly #messageHashes = new Int32Array(MESSAGE_SLOTS);
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);
  #numbers = new Float64Array(0);
  #textNumbers = new Uint16Array(0);
  #encoding: BufferEncoding = 'latin1';

  constructor(memory: WasmMemory, input: string, { repeatsOf, variationsOf }: Takers) {
    this.#memory = memory;
    this.#scan = memory.scan;
    this.#strings = memory.values;
    this.#versions = memory.texts.versions;
    this.#input = input;
    this.#repeatsOf = repeatsOf;
    this.#variationsOf = variationsOf;
    memory.forget();
    this.#learnt = memory.timesForgotten;
    this.#takers().fill(0);
  }

  /** Whether it is for this input and for whom takes what is like its events, and its memory still holds what it learnt. */
  stillServes(input: string, { repeatsOf, variationsOf }: Takers): boolean {
    return (
      this.#learnt === this.#memory.timesForgotten &&
      this.#input === input &&
      this.#repeatsOf === repeatsOf &&
      this.#variationsOf === variationsOf
    );
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
      const known = this.#known[this.#words[CONTENT]!];
      if (known !== undefined) {
        const again = this.#again(known, offset, length);
        if (again !== undefined) return again;
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

  /** An event whose texts were those of an earlier one: it shares them, and the arrays that hold them. */
  #again(known: KnownEvent, offset: number, length: number): EventRecord | typeof TAKEN | undefined {
    const words = this.#words;
    const recordId = this.#numbers[RECORD_ID]!;
    const digits = words[DIGITS]!;
    if (this.#repeatsOf !== undefined && digits >= 0) {
      known.repeat ??= (known.event && known.bareAmpersands === 0 && this.#repeatsOf(known.event)) || NOT_TAKEN;
      if (known.repeat !== NOT_TAKEN) {
        known.repeat.add(this.#input, this.#numbers[EPOCH_MS]!, words[NANOS]!, digits, recordId, offset, length);
        this.#bytes[TAKERS + words[CONTENT]!] = 1;
        return TAKEN;
      }
    }
    if (known.event === undefined) return undefined;
    this.leniencies.bareAmpersands = known.bareAmpersands;
    const record: Mutable<EventRecord> = { ...known.event };
    record.position = { input: this.#input, offset, length };
    if (recordId >= 0) record.recordId = `${recordId}`;
    if (digits >= 0) record.time = this.#time();
    return record;
  }

  takeRepeats(units: Units, origin: number, leave: LeaveEvent): number {
    if (this.#bytes.buffer !== units.buffer) this.#look(units.buffer as ArrayBuffer);
    const words = this.#words;
    const count = words[REPEAT_COUNT]!;
    let left: number[] | undefined;
    for (let repeat = 0; repeat < count; repeat++) {
      const number = FIRST_REPEAT + repeat * (REPEAT_BYTES >> 3);
      if (words[number * 2 + REPEAT_SHAPE]! < 0) this.#giveRepeat(number, origin);
      else if (!this.#giveVariation(number, repeat, origin)) {
        const start = words[number * 2 + REPEAT_START]!;
        left ??= [];
        left.push(start, start + words[number * 2 + REPEAT_LENGTH]!);
      }
    }
    if (left === undefined) return count;
    // Only now: parsing puts other texts in the place of those that the numbers stand for.
    const width = units.BYTES_PER_ELEMENT;
    for (let at = 0; at < left.length; at += 2) {
      this.#isLeft = true;
      leave(units, left[at]! / width, left[at + 1]! / width, origin + left[at]!);
      this.#isLeft = false;
    }
    return count - left.length / 2;
  }

  #giveRepeat(number: number, origin: number): void {
    const words = this.#words;
    const numbers = this.#numbers;
    const word = number * 2;
    // A mark at `TAKERS` says that there is one.
    const { repeat: taker } = this.#known[words[word + REPEAT_CONTENT]!]!;
    taker!.add(
      this.#input,
      numbers[number]!,
      words[word + REPEAT_NANOS]!,
      words[word + REPEAT_DIGITS]!,
      numbers[number + 1]!,
      origin + (words[word + REPEAT_START]! >>> 0),
      words[word + REPEAT_LENGTH]!,
    );
  }

  #giveVariation(number: number, repeat: number, origin: number): boolean {
    const words = this.#words;
    const numbers = this.#numbers;
    const word = number * 2;
    const content = words[word + REPEAT_CONTENT]!;
    const shape = this.#shapes[words[word + REPEAT_SHAPE]!]!; // a word at `VARIED` says that there is one
    for (const variation of shape.variations) {
      const isTaken = variation.add(
        this.#input,
        numbers[number]!,
        words[word + REPEAT_NANOS]!,
        words[word + REPEAT_DIGITS]!,
        numbers[number + 1]!,
        origin + (words[word + REPEAT_START]! >>> 0),
        words[word + REPEAT_LENGTH]!,
        this.#textNumbers,
        FIRST_NUMBER + repeat * NUMBERS_A_REPEAT,
      );
      if (!isTaken) continue;
      shape.taken += 1;
      // From now on the texts are known together.
      if (content >= 0) {
        this.#known[content] = { event: undefined, bareAmpersands: 0, repeat: variation.repeat() };
        this.#bytes[TAKERS + content] = 1;
      }
      return true;
    }
    shape.left += 1;
    if (shape.left > MOST_LEFT && shape.left > shape.taken) this.#giveUp(words[word + REPEAT_SHAPE]!, shape);
    if (content >= 0) this.#known[content] = undefined;
    return false;
  }

  /** Asks who takes what is like the event that was just made, unless it is known. */
  #vary(event: EventRecord): void {
    const words = this.#words;
    const place = words[SHAPE]!;
    if (this.#variationsOf === undefined || place < 0) return;
    let shape = this.#shapes[place];
    if (shape === undefined || shape.learnt !== words[LEARNT]) {
      shape = { learnt: words[LEARNT]!, variations: [], taken: 0, left: 0, asked: 0, isGivenUp: false };
      this.#shapes[place] = shape;
    }
    if (shape.isGivenUp || (shape.variations.length > 0 && !this.#isLeft)) return;
    shape.asked += 1;
    // One value with a Binary may be a list of strings.
    const isSplit = words[BODY] === BODY_WITH_BINARY && words[VALUE_COUNT] === 1;
    const variation = isSplit ? undefined : this.#variationsOf(event, this.#memory.texts);
    const wanted = variation?.places.reduce((bits, at) => (at < 32 ? bits | (1 << at) : 0), 0) ?? 0;
    if (variation !== undefined && wanted !== 0) {
      // What is asked of events of one shape may differ with the rule that reads them.
      if (shape.variations.length === 0) words[(VARIED >> 2) + place] = wanted;
      if (words[(VARIED >> 2) + place] === wanted) shape.variations.push(variation);
    }
    if (shape.asked === MOST_ASKED && shape.variations.length === 0) this.#giveUp(place, shape);
    if (shape.asked > MOST_ASKED * 2) shape.isGivenUp = true;
  }

  #giveUp(place: number, shape: KnownShape): void {
    shape.isGivenUp = true;
    this.#words[(VARIED >> 2) + place] = 0;
  }

  #takers(): Uint8Array {
    return new Uint8Array(this.#memory.bytes().buffer, TAKERS, CONTENT_NUMBERS);
  }

  #remember(event: EventRecord): void {
    const number = this.#words[CONTENT]!;
    if (number < 0) return;
    this.#bytes[TAKERS + number] = 0;
    this.#known[number] = { event, bareAmpersands: this.leniencies.bareAmpersands, repeat: undefined };
  }

  #time(): Instant {
    const words = this.#words;
    return { epochMs: this.#numbers[EPOCH_MS]!, nanos: words[NANOS]!, digits: words[DIGITS]!, basis: 'export' };
  }

  #look(memory: ArrayBuffer): void {
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#textNumbers = new Uint16Array(memory);
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
    if (words[DIGITS]! >= 0) record.time = this.#time();
    const body = words[BODY]!;
    if (body !== 0) this.#takeValues(record, words[VALUE_COUNT]!, body);
    if (message !== '') record.message = message;
    if (culture !== '') record.culture = culture;
    this.#remember(record);
    this.#vary(record);
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

interface KnownEvent {
  /** Undefined where none was made of its texts: then there is who takes the repeats. */
  readonly event: EventRecord | undefined;
  readonly bareAmpersands: number;
  /** Undefined: nobody was asked. */
  repeat: Repeat | undefined;
}

interface KnownShape {
  /** The number of the shape among all that were learnt: another may come into its place. */
  readonly learnt: number;
  readonly variations: Variation[];
  taken: number;
  left: number;
  asked: number;
  isGivenUp: boolean;
}

/** A shape of which so many events made nothing that varies is left alone, as is one most of whose events are left. */
const MOST_ASKED = 8;
const MOST_LEFT = 64;

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

const NEW = 0x10000;
const UNCACHED = 0x20000;
const UNPLAIN = 0x40000;

// The fields of `assembly/event-parse.ts`, as indices of 32-bit words and of 64-bit numbers.
const EVENT = PARSED_EVENT >> 2;
const EVENT_ID = EVENT;
const QUALIFIERS = EVENT + 1;
const LEVEL = EVENT + 2;
const DIGITS = EVENT + 3;
const EPOCH_MS = (PARSED_EVENT + 16) >> 3;
const RECORD_ID = (PARSED_EVENT + 24) >> 3;
const NANOS = EVENT + 8;
const VALUE_COUNT = EVENT + 9;
const BODY = EVENT + 10;
const BODY_WITH_BINARY = 3;
const UNNAMED = EVENT + 11;
const PROVIDER = EVENT + 12;
const CHANNEL = EVENT + 15;
const COMPUTER = EVENT + 18;
const MESSAGE = EVENT + 21;
const CULTURE = EVENT + 24;
const MESSAGE_HASH = EVENT + 27;
const CONTENT = EVENT + 28;
const SHAPE = EVENT + 29;
const LEARNT = EVENT + 30;
const VALUES = PARSED_VALUES >> 2;

// As `assembly/event-flood.ts` lays it out.
const REPEAT_COUNT = REPEATS >> 2;
const FIRST_REPEAT = (REPEATS + 8) >> 3;
const REPEAT_BYTES = 40;
const REPEAT_NANOS = 4;
const REPEAT_DIGITS = 5;
const REPEAT_CONTENT = 6;
const REPEAT_START = 7;
const REPEAT_LENGTH = 8;
const REPEAT_SHAPE = 9;
const FIRST_NUMBER = NUMBERS >> 1;
const NUMBERS_A_REPEAT = 32;
