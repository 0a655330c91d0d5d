import { isUtf8 } from 'node:buffer';
import type { ByteWindow } from '../../bytes/byte-window.js';
import { MOST_REPEATS, REPEATS, type WasmMemory } from '../../bytes/window-memory.js';
import {
  type EventRecord,
  type Instant,
  NOT_TAKEN,
  type Repeat,
  type RepeatsOf,
  type Variation,
} from '../../model/index.js';
import { parseInstantUnits } from '../../time/instant-units.js';
import { recordIdOf } from '../clixml/xml-event.js';
import type { ReadOptions } from '../format-reader.js';
import type { DialectContext, Loss } from './dialect.js';
import { localTime, splitEventId, utcTime } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import { ASKED_FIRST, ASKED_THEN, layOutShape, MOST_SHAPES, NONE, type Shape, shapeAddress } from './shape-layout.js';
import { type ShapedEvent, ShapeRecords } from './shape-records.js';
import { ODD_NUMBER, ShapeTexts, VALUES } from './shape-texts.js';
import { ShapeVariations } from './shape-variations.js';
import type { ShapedPlaces } from './shaped-places.js';
import { zonedTime } from './zoned-time.js';

/**
 * Reads events whose JSON has the shape of one that was read before: the same keys, brackets and blanks, other strings
 * and numbers. One producer writes thousands of each shape; comparing with it costs a tenth of parsing, and where the
 * values stand is known. What differs in the least is left to the parser.
 */
export class JsonShapes {
  readonly #scan: WasmMemory['scan'];
  readonly #texts: ShapeTexts;
  readonly #records: ShapeRecords;
  readonly #memory: WasmMemory;
  readonly #learnt: number;
  #context: ShapesContext;
  readonly #way: ShapesWay;
  readonly #input: string;
  readonly #repeatsOf: RepeatsOf | undefined;
  readonly #variations: ShapeVariations | undefined;
  /** Of the event at hand. */
  #time: Instant | undefined | typeof NOT_READ;
  readonly #known = new Array<KnownEvent | undefined>(KNOWN_EVENTS).fill(undefined);
  /** The one that fitted last comes first. */
  readonly #shapes: Shape[] = [];
  /** By the number that their texts were given: events whose repeats are taken. */
  readonly #takers: KnownEvent[] = [];
  /** Of the event that was taken last. */
  #flooding: Shape | undefined;
  /** How many events `flood` went past. */
  flooded = 0;
  /** The dialect of the event that was read last. */
  dialect = '';
  /** What may still be spent on shapes that no event comes to fit. */
  #credit = START_CREDIT;

  /** An input that is read in ranges is one input: what was learnt of it in one range serves in the next. */
  static of(memory: WasmMemory, context: ShapesContext, way: ShapesWay): JsonShapes {
    const last = shapesOf.get(memory);
    if (last?.takeUp(context, way) === true) return last;
    const shapes = new JsonShapes(memory, context, way);
    shapesOf.set(memory, shapes);
    return shapes;
  }

  private constructor(memory: WasmMemory, context: ShapesContext, way: ShapesWay) {
    memory.forget();
    this.#memory = memory;
    this.#learnt = memory.timesForgotten;
    this.#way = way;
    this.#input = way.input;
    this.#repeatsOf = way.repeatsOf;
    this.#scan = memory.scan;
    this.#texts = new ShapeTexts(memory);
    this.#records = new ShapeRecords(this.#texts);
    const { variationsOf } = way;
    this.#variations = variationsOf && new ShapeVariations(this.#texts, variationsOf);
    this.#context = context;
  }

  /** Goes on for another reader. False where that reads otherwise, or the memory no longer holds what was learnt. */
  takeUp(context: ShapesContext, { input, repeatsOf, variationsOf, selection, computer }: ShapesWay): boolean {
    const way = this.#way;
    const isSame =
      this.#learnt === this.#memory.timesForgotten &&
      input === way.input &&
      repeatsOf === way.repeatsOf &&
      variationsOf === way.variationsOf &&
      selection === way.selection &&
      computer === way.computer;
    if (!isSame) return false;
    this.#context = context;
    this.#flooding = undefined;
    return true;
  }

  /** The window's memory for the calls to come. */
  begin(window: ByteWindow): void {
    this.#texts.begin(window);
  }

  /**
   * The event in `[from, to)`, or that nobody wants it, or that it repeats one and was given to who takes those;
   * undefined when it has none of the shapes, or is no UTF-8.
   */
  read(from: number, to: number, offset: number): ShapedEvent | 'unwanted' | 'taken' | undefined {
    this.#flooding = undefined;
    const shape = this.#shapeOf(from, to);
    if (shape === undefined || !this.#isFilled(shape)) return undefined;
    this.#scan.resolve8(shape.address, ASKED_FIRST);
    // Both are asked for before anything ends: that is what puts new texts into their slots.
    const provider = this.#texts.text(shape, shape.provider);
    const idText = this.#texts.text(shape, shape.eventId);
    if (idText !== shape.idText) {
      shape.idText = idText;
      shape.id = splitEventId(idText === '' ? undefined : idText);
      shape.qualifiersText = undefined;
    }
    const { id } = shape;
    if (id === undefined) return undefined;
    this.dialect = shape.dialect;
    if (provider !== shape.judgedProvider || id.eventId !== shape.judgedId) {
      shape.judgedProvider = provider;
      shape.judgedId = id.eventId;
      shape.isWanted = this.#context.wants(provider, id.eventId);
    }
    if (!shape.isWanted) return 'unwanted';
    this.#time = NOT_READ;
    const taker = this.#variations?.takerOf(shape);
    if (taker !== undefined && this.#giveTo(taker, shape, offset, to - from)) {
      for (const loss of shape.losses) this.#context.note(loss);
      return 'taken';
    }
    this.#scan.resolve8(shape.address, ASKED_THEN);
    const hash = this.#repeatsOf === undefined ? -1 : this.#texts.hashOf(shape);
    const slot = hash < 0 ? -1 : hash & (KNOWN_EVENTS - 1);
    const known = slot < 0 ? undefined : this.#known[slot];
    const isAgain = known !== undefined && this.#isAgain(shape, known);
    if (isAgain) {
      for (const loss of known.losses) this.#context.note(loss);
      this.#variations?.passed(shape, known.event, true);
      known.repeat ??= this.#repeatsOf?.(known.event) ?? NOT_TAKEN;
      if (known.repeat !== NOT_TAKEN && this.#giveTo(known.repeat, shape, offset, to - from)) {
        const number = this.#scan.keepTexts8(shape.address);
        if (number >= 0) {
          this.#takers[number] = known;
          this.#flooding = shape;
        }
        return 'taken';
      }
      return this.#repeated(known, this.#texts.text(shape, shape.recordId), this.#timeOf(shape), offset, to - from);
    }
    const position = { input: this.#input, offset, length: to - from };
    const event = this.#records.make(shape, provider, id, position, this.#context);
    if (event === undefined) return undefined;
    const time = this.#timeOf(shape);
    if (time !== undefined) event.time = time;
    const { payloadLosses } = this.#records;
    const losses = payloadLosses.length === 0 ? shape.losses : [...shape.losses, ...payloadLosses];
    for (const loss of losses) this.#context.note(loss);
    if (slot >= 0) {
      const texts = shape.lasting.map(place => this.#texts.text(shape, place));
      this.#known[slot] = { shape, texts, event, losses, repeat: undefined };
    }
    this.#variations?.passed(shape, event, false);
    return event;
  }

  /** True behind an event that repeats another and was taken: the next ones may be such too. */
  get isFlooding(): boolean {
    return this.#flooding !== undefined;
  }

  /**
   * Takes the lines from `from` on, where one starts, that repeat events whose repeats are taken. What `emit` is given is a
   * repeat with an odd time. `flooded` says how many lines that were.
   * @returns where the next line starts.
   */
  flood(from: number, end: number, maxBytes: number, base: number, emit: (event: ShapedEvent) => void): number {
    const shape = this.#flooding!;
    this.flooded = 0;
    let at = from;
    for (;;) {
      at = this.#scan.floodJson8(shape.address, at, end, maxBytes, shape.time, Math.max(shape.recordId, NONE));
      const count = this.#texts.words[REPEATS >> 2]!;
      for (let k = 0; k < count; k++) this.#takeRepeat(shape, (REPEATS >> 2) + 2 + k * REPEAT_WORDS, base, emit);
      this.flooded += count;
      if (count < MOST_REPEATS) break;
    }
    if (this.flooded === 0) this.#flooding = undefined;
    return at;
  }

  #takeRepeat(shape: Shape, word: number, base: number, emit: (event: ShapedEvent) => void): void {
    const words = this.#texts.words;
    const known = this.#takers[words[word]!]!; // kept when `read` put its texts there
    const offset = words[word + 1]! + base;
    const length = words[word + 2]!;
    for (const loss of known.losses) this.#context.note(loss);
    const from = words[word + 3]!;
    const to = words[word + 4]!;
    const time = this.#usualTime(shape, from, to) ?? shape.readTime(this.#texts.textIn(from, to), this.#context);
    const idFrom = words[word + 5]!;
    const idTo = words[word + 6]!;
    if (time === undefined || time.alternative !== undefined) {
      emit(this.#repeated(known, idFrom === 0 ? '' : this.#texts.textIn(idFrom, idTo), time, offset, length));
      return;
    }
    const number = idFrom === 0 ? -1 : this.#texts.numberIn(idFrom, idTo);
    known.repeat!.add(this.#input, time.epochMs, time.nanos, time.digits, number, offset, length, time.basis);
  }

  /** The event that repeats a known one. */
  #repeated(
    { event }: KnownEvent,
    recordIdText: string,
    time: Instant | undefined,
    offset: number,
    length: number,
  ): ShapedEvent {
    const { time: _, recordId: __, ...same } = event;
    const record: ShapedEvent = { ...same, position: { input: this.#input, offset, length } };
    const recordId = recordIdOf(recordIdText);
    if (recordId !== undefined) record.recordId = recordId;
    if (time !== undefined) record.time = time;
    return record;
  }

  /** Remembers the shape of a document that was read at `places`. */
  learn(document: JsonDocument, from: number, to: number, dialect: string, places: ShapedPlaces): void {
    if (this.#credit < LEARN_COST) return;
    this.#credit -= LEARN_COST;
    // Another shape may take the place of one whose texts were kept.
    this.#scan.forgetContents();
    this.#flooding = undefined;
    const index = this.#shapes.length < MOST_SHAPES ? this.#shapes.length : MOST_SHAPES - 1;
    const address = this.#shapes[index]?.address ?? shapeAddress(index);
    const shape = layOutShape(this.#texts.bytes, address, document, from, to, dialect, places);
    // Where it has no room, the one that stood there is gone all the same.
    this.#shapes.length = index;
    if (shape !== undefined) this.#shapes.unshift(shape);
  }

  /** Whether no other field stands in for one of these, since none is empty. */
  #isFilled({ filled }: Shape): boolean {
    for (const place of filled) {
      if (place < 0) return false;
      if (this.#texts.words[VALUES + place * 3] === this.#texts.words[VALUES + place * 3 + 1]) return false;
    }
    return true;
  }

  #shapeOf(from: number, to: number): Shape | undefined {
    const shapes = this.#shapes;
    if (this.#credit <= 0) return undefined;
    for (let index = 0; index < shapes.length; index++) {
      const shape = shapes[index]!;
      const result = this.#scan.match8(shape.address, from, to);
      if (result === DIFFERS) continue;
      if (result === FITS_AS_UTF8 && !isUtf8(this.#texts.bytes.subarray(from, to))) return undefined;
      for (let at = index; at > 0; at--) shapes[at] = shapes[at - 1]!;
      shapes[0] = shape;
      if (this.#credit < MOST_CREDIT) this.#credit += 1;
      return shape;
    }
    this.#credit -= 1;
    return undefined;
  }

  #isAgain(shape: Shape, known: KnownEvent): boolean {
    if (known.shape !== shape) return false;
    const { lasting } = shape;
    for (let k = 0; k < lasting.length; k++) if (this.#texts.text(shape, lasting[k]!) !== known.texts[k]) return false;
    return true;
  }

  /** Gives the event to who takes those like it; false when it is to be emitted. */
  #giveTo(taker: Repeat | Variation, shape: Shape, offset: number, length: number): boolean {
    const time = this.#timeOf(shape);
    // Whatever is not written as nearly all have it goes the long way.
    if (time === undefined || time.alternative !== undefined) return false;
    const number = this.#recordNumber(shape);
    if (number === ODD_NUMBER) return false;
    taker.add(this.#input, time.epochMs, time.nanos, time.digits, number, offset, length, time.basis);
    return true;
  }

  /** The record ID as nearly all have it, -1 where there is none, `ODD_NUMBER` where it is another text. */
  #recordNumber({ recordId: place }: Shape): number {
    if (place < 0) return place === NONE ? -1 : ODD_NUMBER;
    const at = VALUES + place * 3;
    const from = this.#texts.words[at]!;
    const to = this.#texts.words[at + 1]!;
    if (from === to) return -1;
    return to - from > 15 || this.#texts.bytes[from] === 0x30 ? ODD_NUMBER : this.#texts.numberIn(from, to);
  }

  /** Local times are counted, so each is read once. */
  #timeOf(shape: Shape): Instant | undefined {
    if (this.#time === NOT_READ) this.#time = this.#readTime(shape);
    return this.#time;
  }

  #readTime(shape: Shape): Instant | undefined {
    const at = VALUES + shape.time * 3;
    const usual =
      shape.time < 0 ? undefined : this.#usualTime(shape, this.#texts.words[at]!, this.#texts.words[at + 1]!);
    return usual ?? this.#anyTime(shape);
  }

  /** From the bytes, where it is written as nearly all are. */
  #usualTime({ readTime }: Shape, from: number, to: number): Instant | undefined {
    const zoned = zonedTime(this.#texts.bytes, from, to);
    if (zoned !== undefined) return zoned;
    if (readTime === utcTime) return parseInstantUnits(this.#texts.bytes, from, to);
    return readTime === localTime ? this.#context.plainLocalTime(this.#texts.bytes, from, to) : undefined;
  }

  #anyTime(shape: Shape): Instant | undefined {
    const text = this.#texts.text(shape, shape.time);
    return text === '' ? undefined : shape.readTime(text, this.#context);
  }
}

interface KnownEvent {
  readonly shape: Shape;
  /** By `Shape.lasting`. */
  readonly texts: readonly string[];
  readonly event: EventRecord;
  /** What its form has lost, but for what its time lacks. */
  readonly losses: readonly Loss[];
  /** Undefined: nobody was asked. */
  repeat: Repeat | undefined;
}

/** What dialects may ask, and the time from its bytes. */
export interface ShapesContext extends DialectContext {
  /** As `localTime`, of a time on the day of the one before and written like it; undefined of any other. */
  plainLocalTime(bytes: Uint8Array, from: number, to: number): Instant | undefined;
}

/** What a reader is told, as far as events that it keeps hang on it. */
export type ShapesWay = Pick<ReadOptions, 'input' | 'repeatsOf' | 'variationsOf' | 'selection' | 'computer'>;

const shapesOf = new WeakMap<WasmMemory, JsonShapes>();

const NOT_READ = 'not read';

/** At `REPEATS`, as in `assembly/json-flood.ts`. */
const REPEAT_WORDS = 10;

/** Events kept, each with its texts. */
const KNOWN_EVENTS = 2048;

// Looking for a shape in vain costs a tenth of a parse, learning one two parses. A log whose events have too many shapes
// uses up its credit, and is then parsed.
const START_CREDIT = 4096;
const MOST_CREDIT = 65_536;
const LEARN_COST = 32;

// As in `assembly/json-shapes.ts`.
const DIFFERS = 0;
const FITS_AS_UTF8 = 2;
