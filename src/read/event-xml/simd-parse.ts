import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import {
  CONTENT_NUMBERS,
  PARSED_EVENT,
  PARSED_VALUES,
  REPEATS,
  TAKERS,
  WasmMemory,
} from '../../bytes/window-memory.js';
import {
  type EventRecord,
  type Instant,
  type Mutable,
  NOT_TAKEN,
  type Repeat,
  type RepeatsOf,
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
  /** Gives the repeats that a scan passed to who takes them. @returns how many there were. */
  takeRepeats(units: Units, origin: number): number;
}

export const TAKEN = 'taken';

/** Undefined when the window does not stand on WebAssembly memory. */
export function createSimdParse(
  window: ByteWindow,
  input: string,
  repeatsOf: RepeatsOf | undefined,
): FastParse | undefined {
  const { memory } = window;
  return memory instanceof WasmMemory ? new SimdParse(memory, input, repeatsOf) : undefined;
}

class SimdParse implements FastParse {
  readonly leniencies: Leniencies = { bareAmpersands: 0 };
  readonly #memory: WasmMemory;
  readonly #scan: WasmMemory['scan'];
  readonly #input: string;
  readonly #repeatsOf: RepeatsOf | undefined;
  readonly #strings: string[];
  /** By the number of its texts: an event that had them, to make the next from. */
  readonly #known = new Array<KnownEvent | undefined>(CONTENT_NUMBERS).fill(undefined);
  readonly #messages = new Array<KeptMessage | undefined>(MESSAGE_SLOTS).fill(undefined);
  readonly #messageHashes = new Int32Array(MESSAGE_SLOTS);
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);
  #numbers = new Float64Array(0);
  #encoding: BufferEncoding = 'latin1';

  constructor(memory: WasmMemory, input: string, repeatsOf: RepeatsOf | undefined) {
    this.#memory = memory;
    this.#scan = memory.scan;
    this.#strings = memory.values;
    this.#input = input;
    this.#repeatsOf = repeatsOf;
    this.#scan.clearCache();
    this.#takers().fill(0);
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
    if (result === KNOWN) return this.#again(offset, length);
    return result === GIVEN_UP ? undefined : this.#record(offset, length);
  }

  /** An event whose texts were those of an earlier one: it shares them, and the arrays that hold them. */
  #again(offset: number, length: number): EventRecord | typeof TAKEN {
    const words = this.#words;
    const known = this.#known[words[CONTENT]!]!; // as `#remember` left it
    const recordId = this.#numbers[RECORD_ID]!;
    const digits = words[DIGITS]!;
    if (this.#repeatsOf !== undefined && digits >= 0) {
      known.repeat ??= (known.bareAmpersands === 0 && this.#repeatsOf(known.event)) || NOT_TAKEN;
      if (known.repeat !== NOT_TAKEN) {
        known.repeat.add(this.#input, this.#numbers[EPOCH_MS]!, words[NANOS]!, digits, recordId, offset, length);
        this.#bytes[TAKERS + words[CONTENT]!] = 1;
        return TAKEN;
      }
    }
    this.leniencies.bareAmpersands = known.bareAmpersands;
    const record: Mutable<EventRecord> = { ...known.event };
    record.position = { input: this.#input, offset, length };
    if (recordId >= 0) record.recordId = `${recordId}`;
    if (digits >= 0) record.time = this.#time();
    return record;
  }

  takeRepeats(units: Units, origin: number): number {
    if (this.#bytes.buffer !== units.buffer) this.#look(units.buffer as ArrayBuffer);
    const count = this.#words[REPEAT_COUNT]!;
    for (let repeat = 0; repeat < count; repeat++) this.#giveRepeat(repeat, origin);
    return count;
  }

  #giveRepeat(repeat: number, origin: number): void {
    const words = this.#words;
    const numbers = this.#numbers;
    const number = FIRST_REPEAT + repeat * (REPEAT_BYTES >> 3);
    const word = number * 2 + 4;
    // A mark at `TAKERS` says that there is one.
    const { repeat: taker } = this.#known[words[word + 2]!]!;
    const offset = origin + (words[word + 3]! >>> 0);
    taker!.add(
      this.#input,
      numbers[number]!,
      words[word]!,
      words[word + 1]!,
      numbers[number + 1]!,
      offset,
      words[word + 4]!,
    );
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
    if ((slot & UNCACHED) === 0) this.#strings[slot & (NEW - 1)] = raw;
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
  readonly event: EventRecord;
  readonly bareAmpersands: number;
  /** Undefined: nobody was asked. */
  repeat: Repeat | undefined;
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
const VALUES = PARSED_VALUES >> 2;

// As `assembly/event-flood.ts` lays it out.
const REPEAT_COUNT = REPEATS >> 2;
const FIRST_REPEAT = (REPEATS + 8) >> 3;
const REPEAT_BYTES = 40;
