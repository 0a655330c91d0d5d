import type { ByteWindow } from '../../bytes/byte-window.js';
import {
  CONTENT_NUMBERS,
  MOST_REPEATS,
  NUMBERS,
  REPEATS,
  SHAPE_COUNT,
  TAKERS,
  VARIED,
  type WasmMemory,
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
import { KnownVariations, MOST_VARIATIONS } from '../known-variations.js';
import {
  BODY,
  BODY_WITH_BINARY,
  CONTENT,
  DIGITS,
  EPOCH_MS,
  LEARNT,
  NANOS,
  RECORD_ID,
  SHAPE,
  VALUE_COUNT,
} from './parsed-event.js';

/** Who takes what is like an event that was emitted. */
export interface Takers {
  readonly repeatsOf?: RepeatsOf | undefined;
  readonly variationsOf?: VariationsOf | undefined;
}

/**
 * Events that are like earlier ones, which no object need be made of: those whose texts came together before, and those
 * with other texts. Whoever asked for them takes them by their numbers.
 */
export class LikeEvents {
  readonly #memory: WasmMemory;
  readonly #input: string;
  readonly #takers: Takers;
  /** By the number of its texts: an event that had them, to make the next from. */
  readonly #known = new Array<KnownEvent | undefined>(CONTENT_NUMBERS).fill(undefined);
  /** By the place of its shape: what became of events that have it. */
  readonly #shapes = new Array<KnownShape | undefined>(SHAPE_COUNT).fill(undefined);
  /** By place among the repeats and variations: who takes it, by its place among its shape's variations plus 1; 0: nobody. */
  readonly #takerOf = new Uint8Array(MOST_REPEATS);
  /** Of the variations that are asked about: whether they are taken. */
  readonly #isTaken = new Uint8Array(MOST_REPEATS);
  /** The event at hand was a variation that nobody took. */
  #isLeft = false;
  /** How many times repeats and variations were given to who takes them. */
  #given = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);
  #numbers: Float64Array = new Float64Array(0);
  #textNumbers: Uint16Array = new Uint16Array(0);

  /** The memory must hold nothing of earlier inputs. */
  constructor(memory: WasmMemory, input: string, takers: Takers) {
    this.#memory = memory;
    this.#input = input;
    this.#takers = takers;
    memory.bytes().fill(0, TAKERS, TAKERS + CONTENT_NUMBERS);
  }

  /** Whether it is for this input and for whom takes what is like its events. */
  isOf(input: string, { repeatsOf, variationsOf }: Takers): boolean {
    return this.#input === input && this.#takers.repeatsOf === repeatsOf && this.#takers.variationsOf === variationsOf;
  }

  /** Its memory as it is now, which stands in another buffer when it has grown. */
  look(bytes: Uint8Array, words: Int32Array, numbers: Float64Array): void {
    this.#bytes = bytes;
    this.#words = words;
    this.#numbers = numbers;
    this.#textNumbers = new Uint16Array(bytes.buffer);
  }

  /**
   * The parsed event, whose texts were those of an earlier one: it shares them, and the arrays that hold them. TAKEN when
   * it was given to who takes it; undefined when no event was made of those texts.
   */
  again(offset: number, length: number): Again | typeof TAKEN | undefined {
    const words = this.#words;
    const known = this.#known[words[CONTENT]!];
    if (known === undefined) return undefined;
    const { repeatsOf } = this.#takers;
    const recordId = this.#numbers[RECORD_ID]!;
    const digits = words[DIGITS]!;
    if (repeatsOf !== undefined && digits >= 0) {
      known.repeat ??= (known.event && known.bareAmpersands === 0 && repeatsOf(known.event)) || NOT_TAKEN;
      if (known.repeat !== NOT_TAKEN) {
        known.repeat.add(this.#input, this.#numbers[EPOCH_MS]!, words[NANOS]!, digits, recordId, offset, length);
        this.#bytes[TAKERS + words[CONTENT]!] = 1;
        return TAKEN;
      }
    }
    if (known.event === undefined) return undefined;
    const record: Mutable<EventRecord> = { ...known.event };
    record.position = { input: this.#input, offset, length };
    if (recordId >= 0) record.recordId = `${recordId}`;
    if (digits >= 0) record.time = timeOf(words, this.#numbers);
    return { record, bareAmpersands: known.bareAmpersands };
  }

  /** Keeps the event that was made of the parsed one, for those that have its texts. */
  remember(event: EventRecord, bareAmpersands: number): void {
    const number = this.#words[CONTENT]!;
    if (number < 0) return;
    this.#bytes[TAKERS + number] = 0;
    this.#known[number] = { event, bareAmpersands, repeat: undefined };
  }

  /** Asks who takes variations of the event that was made of the parsed one, unless that is known of its shape. */
  vary(event: EventRecord): void {
    const words = this.#words;
    const place = words[SHAPE]!;
    const { variationsOf } = this.#takers;
    if (variationsOf === undefined || place < 0) return;
    let shape = this.#shapes[place];
    if (shape === undefined || shape.learnt !== words[LEARNT]) {
      const waiting = new Uint32Array(MOST_REPEATS);
      shape = { learnt: words[LEARNT]!, variations: new KnownVariations(), waiting, waits: 0, askedAt: 0 };
      this.#shapes[place] = shape;
    }
    const { variations } = shape;
    if (!variations.isOpen || this.#hasMost()) return;
    // Of those that were left together many are alike: who takes one may take the others.
    if (variations.all.length > 0 && (!this.#isLeft || shape.askedAt === this.#given)) return;
    shape.askedAt = this.#given;
    // One value with a Binary may be a list of strings.
    const isSplit = words[BODY] === BODY_WITH_BINARY && words[VALUE_COUNT] === 1;
    const variation = isSplit ? undefined : variationsOf(event, this.#memory.texts);
    const wanted = bitsOf(variation?.places ?? []);
    if (variations.all.length === 0) words[(VARIED >> 2) + place] = wanted;
    // What is asked of events of one shape may differ with the rule that reads them.
    variations.add(wanted !== 0 && words[(VARIED >> 2) + place] === wanted ? variation : undefined);
    if (variations.isLeftAlone) words[(VARIED >> 2) + place] = 0;
  }

  /**
   * Gives the repeats and variations that a scan passed to who takes them, and those that nobody takes to `leave`, by
   * their addresses. @returns how many were taken.
   */
  give(window: ByteWindow, leave: (start: number, end: number) => void): number {
    const words = this.#words;
    const count = words[REPEAT_COUNT]!;
    if (count === 0) return 0;
    this.#given += 1;
    this.#findTakers(count);
    let left: number[] | undefined;
    for (let repeat = 0; repeat < count; repeat++) {
      const number = FIRST_REPEAT + repeat * (REPEAT_BYTES >> 3);
      const place = words[number * 2 + REPEAT_SHAPE]!;
      const taker = this.#takerOf[repeat]!;
      if (place < 0) this.#giveRepeat(number, window);
      else if (taker > 0) this.#giveVariation(number, this.#shapes[place]!, taker - 1, window);
      else {
        this.#leaveVariation(number);
        const start = words[number * 2 + REPEAT_START]!;
        left ??= [];
        left.push(start, start + words[number * 2 + REPEAT_LENGTH]!);
      }
    }
    if (left === undefined) return count;
    // Only now: parsing puts other texts in the place of those that the numbers stand for.
    for (let at = 0; at < left.length; at += 2) {
      this.#isLeft = true;
      leave(left[at]!, left[at + 1]!);
      this.#isLeft = false;
    }
    return count - left.length / 2;
  }

  #giveRepeat(number: number, window: ByteWindow): void {
    // A mark at `TAKERS` says that there is one.
    const { repeat: taker } = this.#known[this.#words[number * 2 + REPEAT_CONTENT]!]!;
    this.#addTo(taker!, number, window);
  }

  #addTo(taker: Repeat | Variation, number: number, window: ByteWindow): void {
    const words = this.#words;
    const numbers = this.#numbers;
    const word = number * 2;
    taker.add(
      this.#input,
      numbers[number]!,
      words[word + REPEAT_NANOS]!,
      words[word + REPEAT_DIGITS]!,
      numbers[number + 1]!,
      window.offsetOf(words[word + REPEAT_START]! >>> 0),
      words[word + REPEAT_LENGTH]!,
    );
  }

  /** Finds who takes each variation; they are asked for all of a shape at once. */
  #findTakers(count: number): void {
    const words = this.#words;
    const shapes: KnownShape[] = [];
    this.#takerOf.fill(0, 0, count);
    for (let repeat = 0; repeat < count; repeat++) {
      const place = words[(FIRST_REPEAT + repeat * (REPEAT_BYTES >> 3)) * 2 + REPEAT_SHAPE]!;
      if (place < 0) continue;
      const shape = this.#shapes[place]!; // a word at `VARIED` says that there is one
      if (shape.waits === 0) shapes.push(shape);
      shape.waiting[shape.waits++] = FIRST_NUMBER + (repeat << NUMBERS_SHIFT);
    }
    for (let at = 0; at < shapes.length; at++) this.#askFor(shapes[at]!);
  }

  /** Asks who takes the variations of a shape that wait. Plain loops: iterators take V8 four times as long to compile. */
  #askFor(shape: KnownShape): void {
    const { waiting } = shape;
    const variations = shape.variations.all;
    const isTaken = this.#isTaken;
    const takerOf = this.#takerOf;
    for (let variation = 0; variation < variations.length && shape.waits > 0; variation++) {
      variations[variation]!.expect(this.#textNumbers, waiting, shape.waits, isTaken);
      let left = 0;
      for (let at = 0; at < shape.waits; at++) {
        const start = waiting[at]!;
        if (isTaken[at] === 1) takerOf[(start - FIRST_NUMBER) >> NUMBERS_SHIFT] = variation + 1;
        else waiting[left++] = start;
      }
      shape.waits = left;
    }
    shape.waits = 0;
  }

  #giveVariation(number: number, shape: KnownShape, taker: number, window: ByteWindow): void {
    const variation = shape.variations.all[taker]!;
    this.#addTo(variation, number, window);
    shape.variations.take();
    const content = this.#words[number * 2 + REPEAT_CONTENT]!;
    if (content < 0) return;
    // From now on the texts are known together.
    this.#known[content] = { event: undefined, bareAmpersands: 0, repeat: variation.repeat() };
    this.#bytes[TAKERS + content] = 1;
  }

  /** Of a variation that nobody takes. */
  #leaveVariation(number: number): void {
    const words = this.#words;
    const place = words[number * 2 + REPEAT_SHAPE]!;
    const { variations } = this.#shapes[place]!;
    variations.leave();
    if (variations.isLeftAlone) words[(VARIED >> 2) + place] = 0;
    const content = words[number * 2 + REPEAT_CONTENT]!;
    if (content >= 0) this.#known[content] = undefined;
  }

  #hasMost(): boolean {
    let variations = 0;
    for (const shape of this.#shapes) variations += shape?.variations.all.length ?? 0;
    return variations >= MOST_VARIATIONS;
  }
}

/** A bit for each place; none where one of them has no bit. */
function bitsOf(places: readonly number[]): number {
  return places.every(at => at < 32) ? places.reduce((bits, at) => bits | (1 << at), 0) : 0;
}

export const TAKEN = 'taken';

/** An event, and how many bare ampersands are in its texts. */
interface Again {
  readonly record: EventRecord;
  readonly bareAmpersands: number;
}

/** The time of the parsed event. */
export function timeOf(words: Int32Array, numbers: Float64Array): Instant {
  return { epochMs: numbers[EPOCH_MS]!, nanos: words[NANOS]!, digits: words[DIGITS]!, basis: 'export' };
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
  readonly variations: KnownVariations;
  /** The variations at hand: where the numbers of their texts start; and how many they are. */
  readonly waiting: Uint32Array;
  waits: number;
  /** What `#given` was when somebody was asked last. */
  askedAt: number;
}

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
/** Each has 32. */
const NUMBERS_SHIFT = 5;
