import { isUtf8 } from 'node:buffer';
import type { SlicedBuffer } from '../../bytes/ascii-texts.js';
import type { ByteWindow } from '../../bytes/byte-window.js';
import { KeptTexts } from '../../bytes/kept-texts.js';
import {
  JSON_SHAPES,
  JSON_SHAPES_END,
  LONGEST_CACHED,
  MOST_REPEATS,
  PARSED_VALUES,
  REPEATS,
  type WasmMemory,
} from '../../bytes/window-memory.js';
import {
  type EventRecord,
  type Instant,
  type Mutable,
  NOT_TAKEN,
  type Repeat,
  type RepeatsOf,
} from '../../model/index.js';
import { parseInstantUnits } from '../../time/instant-units.js';
import { recordIdOf } from '../clixml/xml-event.js';
import type { ReadOptions } from '../format-reader.js';
import type { DialectContext, Loss } from './dialect.js';
import { localTime, splitEventId, utcTime } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import type { ReadPayload, ShapedPlaces } from './shaped-places.js';
import { zonedTime } from './zoned-time.js';

/**
 * Reads events whose JSON has the shape of one that was read before: the same keys, brackets and blanks, other strings
 * and numbers. One producer writes thousands of each shape; comparing with it costs a tenth of parsing, and where the
 * values stand is known. What differs in the least is left to the parser.
 */
export class JsonShapes {
  readonly #scan: WasmMemory['scan'];
  readonly #long: KeptTexts | undefined;
  readonly #memory: WasmMemory;
  readonly #learnt: number;
  #context: ShapesContext;
  readonly #way: ShapesWay;
  readonly #input: string;
  readonly #repeatsOf: RepeatsOf | undefined;
  readonly #known = new Array<KnownEvent | undefined>(KNOWN_EVENTS).fill(undefined);
  /** The texts of the value cache. */
  readonly #strings: string[];
  readonly #lists = new Array<readonly string[]>(LISTS).fill([]);
  /** The one that fitted last comes first. */
  readonly #shapes: Shape[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #words: Int32Array = new Int32Array(0);
  /** Kept texts with escapes, by their number: how they are written, and what that says. */
  readonly #written: string[] = [];
  readonly #plain: string[] = [];
  /** By place, the texts of the event at hand that were made already. */
  readonly #made: string[] = [];
  /** Payloads of earlier events, each with what it holds and what its form has lost. A bounded memory of a pure function. */
  readonly #payloads = new Map<string, { readonly read: ReturnType<ReadPayload>; readonly losses: readonly Loss[] }>();
  #payloadsReadBy: ReadPayload | undefined;
  /** By the number that their texts were given: events whose repeats are taken. */
  readonly #takers: KnownEvent[] = [];
  /** Of the event that was taken last. */
  #flooding: Shape | undefined;
  /** How many events `flood` went past. */
  flooded = 0;
  #payloadLosses: readonly Loss[] = NO_LOSSES;
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
    this.#strings = memory.values;
    this.#long = KeptTexts.of(memory);
    this.#context = context;
  }

  /** Goes on for another reader. False where that reads otherwise, or the memory no longer holds what was learnt. */
  takeUp(context: ShapesContext, { input, repeatsOf, selection, computer }: ShapesWay): boolean {
    const way = this.#way;
    const isSame =
      this.#learnt === this.#memory.timesForgotten &&
      input === way.input &&
      repeatsOf === way.repeatsOf &&
      selection === way.selection &&
      computer === way.computer;
    if (!isSame) return false;
    this.#context = context;
    this.#flooding = undefined;
    return true;
  }

  /** The window's memory for the calls to come. */
  begin(window: ByteWindow): void {
    if (this.#bytes.buffer === window.bytes.buffer) return;
    this.#bytes = Buffer.from(window.bytes.buffer);
    this.#words = new Int32Array(window.bytes.buffer);
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
    const provider = this.#text(shape, shape.provider);
    const idText = this.#text(shape, shape.eventId);
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
    this.#scan.resolve8(shape.address, ASKED_THEN);
    const slot = this.#repeatsOf === undefined ? -1 : this.#slotOfTexts(shape);
    const known = slot < 0 ? undefined : this.#known[slot];
    const isAgain = known !== undefined && this.#isAgain(shape, known);
    if (isAgain) {
      // Local times are counted, so each is read once.
      const time = this.#timeOf(shape);
      for (const loss of known.losses) this.#context.note(loss);
      if (this.#take(shape, known, time, offset, to - from)) {
        const number = this.#scan.keepTexts8(shape.address);
        if (number >= 0) {
          this.#takers[number] = known;
          this.#flooding = shape;
        }
        return 'taken';
      }
      return this.#repeated(known, this.#text(shape, shape.recordId), time, offset, to - from);
    }
    this.#payloadLosses = NO_LOSSES;
    const event = this.#record(shape, provider, id, { input: this.#input, offset, length: to - from });
    if (event === undefined) return undefined;
    const losses = this.#payloadLosses.length === 0 ? shape.losses : [...shape.losses, ...this.#payloadLosses];
    for (const loss of losses) this.#context.note(loss);
    if (slot >= 0) {
      const texts = shape.lasting.map(place => this.#text(shape, place));
      this.#known[slot] = { shape, texts, event, losses, repeat: undefined };
    }
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
      const count = this.#words[REPEATS >> 2]!;
      for (let k = 0; k < count; k++) this.#takeRepeat(shape, (REPEATS >> 2) + 2 + k * REPEAT_WORDS, base, emit);
      this.flooded += count;
      if (count < MOST_REPEATS) break;
    }
    if (this.flooded === 0) this.#flooding = undefined;
    return at;
  }

  #takeRepeat(shape: Shape, word: number, base: number, emit: (event: ShapedEvent) => void): void {
    const words = this.#words;
    const known = this.#takers[words[word]!]!; // kept when `read` put its texts there
    const offset = words[word + 1]! + base;
    const length = words[word + 2]!;
    for (const loss of known.losses) this.#context.note(loss);
    const from = words[word + 3]!;
    const to = words[word + 4]!;
    const time = this.#usualTime(shape, from, to) ?? shape.readTime(this.#textIn(from, to), this.#context);
    const idFrom = words[word + 5]!;
    const idTo = words[word + 6]!;
    if (time === undefined || time.alternative !== undefined) {
      emit(this.#repeated(known, idFrom === 0 ? '' : this.#textIn(idFrom, idTo), time, offset, length));
      return;
    }
    const number = idFrom === 0 ? -1 : this.#numberIn(idFrom, idTo);
    known.repeat!.add(this.#input, time.epochMs, time.nanos, time.digits, number, offset, length, time.basis);
  }

  /** The text of a string or number, whether it has escapes or not. */
  #textIn(from: number, to: number): string {
    const text = this.#decode(from, to);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
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
    const address = this.#shapes[index]?.address ?? JSON_SHAPES + index * SHAPE_BYTES;
    const shape = this.#shapeAt(address, document, from, to, dialect, places);
    // Where it has no room, the one that stood there is gone all the same.
    this.#shapes.length = index;
    if (shape !== undefined) this.#shapes.unshift(shape);
  }

  /** Whether no other field stands in for one of these, since none is empty. */
  #isFilled({ filled }: Shape): boolean {
    for (const place of filled) {
      if (place < 0) return false;
      if (this.#words[VALUES + place * 3] === this.#words[VALUES + place * 3 + 1]) return false;
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
      if (result === FITS_AS_UTF8 && !isUtf8(this.#bytes.subarray(from, to))) return undefined;
      for (let at = index; at > 0; at--) shapes[at] = shapes[at - 1]!;
      shapes[0] = shape;
      if (this.#credit < MOST_CREDIT) this.#credit += 1;
      return shape;
    }
    this.#credit -= 1;
    return undefined;
  }

  /** Where an event with these texts would be kept; -1 when one of them is new or too long to be kept. */
  #slotOfTexts(shape: Shape): number {
    const { lasting } = shape;
    const words = this.#words;
    let hash = lasting.length;
    for (let k = 0; k < lasting.length; k++) {
      const at = VALUES + lasting[k]! * 3;
      const from = words[at]!;
      const to = words[at + 1]!;
      let slot = from === to ? NEW : words[at + 2]!;
      if (slot > NEW) {
        // A long text, or one with escapes, has no slot of its own. Half of its hash, for a slot is not negative.
        if ((slot & (UNCACHED | HAS_ESCAPE)) === 0) return -1;
        slot = to - from <= LONGEST_CACHED ? this.#scan.hash8(from, to) >>> 1 : this.#make(lasting[k]!, from, to, slot);
        if (slot < 0) return -1;
      }
      hash = (Math.imul(hash, 31) + slot) | 0;
    }
    return (hash ^ (hash >>> 15)) & (KNOWN_EVENTS - 1);
  }

  #isAgain(shape: Shape, known: KnownEvent): boolean {
    if (known.shape !== shape) return false;
    const { lasting } = shape;
    for (let k = 0; k < lasting.length; k++) if (this.#text(shape, lasting[k]!) !== known.texts[k]) return false;
    return true;
  }

  /** Gives the event to who takes repeats; false when it is to be emitted. */
  #take(shape: Shape, known: KnownEvent, time: Instant | undefined, offset: number, length: number): boolean {
    known.repeat ??= this.#repeatsOf?.(known.event) ?? NOT_TAKEN;
    if (known.repeat === NOT_TAKEN) return false;
    // Whatever is not written as nearly all have it goes the long way.
    if (time === undefined || time.alternative !== undefined) return false;
    const number = this.#recordNumber(shape);
    if (number === ODD_NUMBER) return false;
    known.repeat.add(this.#input, time.epochMs, time.nanos, time.digits, number, offset, length, time.basis);
    return true;
  }

  /** The record ID as nearly all have it, -1 where there is none, `ODD_NUMBER` where it is another text. */
  #recordNumber({ recordId: place }: Shape): number {
    if (place < 0) return place === NONE ? -1 : ODD_NUMBER;
    const at = VALUES + place * 3;
    const from = this.#words[at]!;
    const to = this.#words[at + 1]!;
    if (from === to) return -1;
    return to - from > 15 || this.#bytes[from] === 0x30 ? ODD_NUMBER : this.#numberIn(from, to);
  }

  #numberIn(from: number, to: number): number {
    const bytes = this.#bytes;
    let number = 0;
    for (let k = from; k < to; k++) {
      const digit = bytes[k]! - 0x30;
      if (digit < 0 || digit > 9) return ODD_NUMBER;
      number = number * 10 + digit;
    }
    return number;
  }

  #timeOf(shape: Shape): Instant | undefined {
    const at = VALUES + shape.time * 3;
    const usual = shape.time < 0 ? undefined : this.#usualTime(shape, this.#words[at]!, this.#words[at + 1]!);
    return usual ?? this.#anyTime(shape);
  }

  /** From the bytes, where it is written as nearly all are. */
  #usualTime({ readTime }: Shape, from: number, to: number): Instant | undefined {
    const zoned = zonedTime(this.#bytes, from, to);
    if (zoned !== undefined) return zoned;
    if (readTime === utcTime) return parseInstantUnits(this.#bytes, from, to);
    return readTime === localTime ? this.#context.plainLocalTime(this.#bytes, from, to) : undefined;
  }

  #anyTime(shape: Shape): Instant | undefined {
    const text = this.#text(shape, shape.time);
    return text === '' ? undefined : shape.readTime(text, this.#context);
  }

  /** Undefined where the parser reads what stands in for an unreadable field. Every text is asked for all the same. */
  #record(shape: Shape, provider: string, id: EventId, position: EventRecord['position']): ShapedEvent | undefined {
    const record: ShapedEvent = { type: 'event', provider, eventId: id.eventId, position };
    const qualifiers = this.#text(shape, shape.qualifiers);
    if (qualifiers !== shape.qualifiersText) {
      shape.qualifiersText = qualifiers;
      shape.qualifiersRead = shape.readQualifiers(qualifiers, id.qualifiers);
    }
    if (shape.qualifiersRead !== undefined) record.qualifiers = shape.qualifiersRead;
    const channel = this.#text(shape, shape.channel);
    if (channel !== '') record.channel = channel;
    const computer = this.#text(shape, shape.computer);
    if (computer !== '') record.computer = computer;
    const recordId = recordIdOf(this.#text(shape, shape.recordId));
    if (recordId !== undefined) record.recordId = recordId;
    const level = this.#text(shape, shape.level);
    if (level !== shape.levelText) {
      shape.levelText = level;
      shape.levelRead = shape.readLevel(level);
    }
    if (shape.levelRead !== undefined) record.level = shape.levelRead;
    if (shape.values !== undefined) this.#takeValues(shape, shape.values, record);
    const payload = this.#text(shape, shape.payload);
    for (const place of shape.messages) {
      const message = this.#text(shape, place);
      if (message !== '') record.message ??= message;
    }
    const culture = this.#text(shape, shape.culture);
    if (culture !== '') record.culture = culture;
    if (!shape.isLevelSure && shape.levelRead === undefined) return undefined;
    if (record.insertions !== undefined && !shape.areValues(record.insertions)) return undefined;
    if (payload !== '' && !this.#takePayload(shape, payload, record)) return undefined;
    if (shape.isUnordered) record.isUnordered = true;
    const instant = this.#timeOf(shape);
    if (instant !== undefined) record.time = instant;
    return record;
  }

  #takeValues(shape: Shape, values: readonly number[], record: ShapedEvent): void {
    const insertions: string[] = [];
    let hash = values.length;
    for (let k = 0; k < values.length; k++) {
      const place = values[k]!;
      if (place >= 0) hash = (Math.imul(hash, 31) + this.#words[VALUES + place * 3 + 2]!) | 0;
      insertions.push(this.#text(shape, place));
    }
    record.insertions = this.#again(hash, insertions);
    if (shape.names !== undefined) {
      const { names } = shape;
      const isFixed = names.every(name => typeof name !== 'number');
      record.names = isFixed
        ? (names as readonly (string | undefined)[]) // none is a number
        : names.map(name => (typeof name === 'number' ? this.#text(shape, name) : name));
    }
  }

  /** False when something else stands in for this payload. */
  #takePayload({ readPayload }: Shape, text: string, record: ShapedEvent): boolean {
    if (readPayload !== this.#payloadsReadBy) this.#payloads.clear();
    this.#payloadsReadBy = readPayload;
    let known = this.#payloads.get(text);
    if (known === undefined) {
      const losses: Loss[] = [];
      const { keys } = this.#context;
      const read = readPayload(text, {
        keys,
        wants: () => true,
        localTime: () => undefined,
        note: loss => losses.push(loss),
      });
      known = { read, losses };
      if (this.#payloads.size === MOST_PAYLOADS) this.#payloads.clear();
      this.#payloads.set(text, known);
    }
    if (known.read === 'unsure') return false;
    this.#payloadLosses = known.losses;
    Object.assign(record, known.read);
    return true;
  }

  /** The list of an earlier event that holds the same texts, by which the extractor knows its failure again. */
  #again(hash: number, insertions: readonly string[]): readonly string[] {
    const slot = (hash ^ (hash >>> 15)) & (LISTS - 1);
    const known = this.#lists[slot]!;
    if (known.length === insertions.length && known.every((text, at) => text === insertions[at])) return known;
    this.#lists[slot] = insertions;
    return insertions;
  }

  #text(shape: Shape, place: number): string {
    if (place < 0) return place === NONE ? '' : shape.constants[FIRST_CONSTANT - place]!;
    const words = this.#words;
    const at = VALUES + place * 3;
    const from = words[at]!;
    const to = words[at + 1]!;
    if (from === to) return '';
    const slot = words[at + 2]!;
    if (slot < NEW) return this.#strings[slot]!;
    if (slot === MADE) return this.#made[place]!;
    if ((slot & HAS_ESCAPE) !== 0) return this.#unescaped(from - 1, to + 1);
    const text = this.#decode(from, to);
    if ((slot & UNCACHED) === 0) this.#strings[slot & (NEW - 1)] = text;
    return text;
  }

  /** Makes a long text that is kept, for `#text` to give; its number, or -1. */
  #make(place: number, from: number, to: number, flags: number): number {
    const isPlain = (flags & HAS_ESCAPE) === 0;
    const number = this.#long?.slot(this.#bytes, isPlain ? from : from - 1, isPlain ? to : to + 1) ?? -1;
    if (number < 0) return -1;
    this.#made[place] = isPlain ? this.#long!.at(number) : this.#plainOf(number);
    this.#words[VALUES + place * 3 + 2] = MADE;
    return number;
  }

  #unescaped(from: number, to: number): string {
    const number =
      this.#long === undefined || to - from <= LONGEST_CACHED ? -1 : this.#long.slot(this.#bytes, from, to);
    if (number < 0) return JSON.parse((this.#bytes as SlicedBuffer).utf8Slice(from, to)) as string;
    return this.#plainOf(number);
  }

  /** A long text that comes again is the same string again, as `KeptTexts` gives it: its hash is not computed anew. */
  #plainOf(number: number): string {
    const written = this.#long!.at(number);
    if (this.#written[number] !== written) {
      this.#written[number] = written;
      this.#plain[number] = JSON.parse(written) as string;
    }
    return this.#plain[number]!;
  }

  #decode(from: number, to: number): string {
    if (this.#long !== undefined && to - from > LONGEST_CACHED) return this.#long.text(this.#bytes, from, to);
    return (this.#bytes as SlicedBuffer).utf8Slice(from, to);
  }

  /** Lays a shape out as `assembly/json-shapes.ts` reads it; undefined where it has no room or is no plain one. */
  #shapeAt(
    address: number,
    document: JsonDocument,
    from: number,
    to: number,
    dialect: string,
    places: ShapedPlaces,
  ): Shape | undefined {
    const bytes = this.#bytes;
    const { values } = places;
    const constants: string[] = [];
    const holes = new Map<number, number>();
    const leaves = [...document.leaves()];
    for (const [node] of leaves) holes.set(node, holes.size);
    let isPlain = leaves.length < MOST_LEAVES;
    const placeOf = (node: number): number => {
      if (node < 0) return NONE;
      const hole = holes.get(node);
      if (hole !== undefined) return hole;
      // A list or an object is no text of its own.
      if (document.isObject(node) || document.isArray(node)) isPlain = false;
      constants.push(document.text(node));
      return FIRST_CONSTANT - (constants.length - 1);
    };
    const first = new Set([placeOf(places.eventId), placeOf(places.provider)]);
    const shape: Mutable<Shape> = {
      address,
      dialect,
      constants,
      lasting: [],
      eventId: placeOf(places.eventId),
      provider: placeOf(places.provider),
      qualifiers: placeOf(places.qualifiers),
      channel: placeOf(places.channel),
      computer: placeOf(places.computer),
      recordId: placeOf(places.recordId),
      level: placeOf(places.level),
      time: placeOf(places.time),
      messages: places.messages.map(placeOf).filter(place => place !== NONE),
      culture: placeOf(places.culture),
      values: values?.values.map(placeOf),
      names: values?.names.some(name => name !== undefined)
        ? values.names.map(name => (typeof name === 'number' ? placeOf(name) : name))
        : undefined,
      payload: placeOf(places.payload),
      filled: places.filled.map(placeOf),
      isLevelSure: places.isLevelSure,
      isUnordered: places.isUnordered,
      losses: places.losses,
      readLevel: places.readLevel,
      readTime: places.readTime,
      readPayload: places.readPayload,
      readQualifiers: places.readQualifiers,
      areValues: places.areValues,
      judgedProvider: undefined,
      judgedId: -1,
      isWanted: true,
      idText: undefined,
      id: undefined,
      qualifiersText: undefined,
      qualifiersRead: undefined,
      levelText: undefined,
      levelRead: undefined,
    };
    if (!isPlain) return undefined;
    const asked = new Set<unknown>([
      ...[shape.qualifiers, shape.channel, shape.computer, shape.level, shape.culture, shape.payload],
      ...[...shape.messages, ...(shape.values ?? []), ...(shape.names ?? [])],
    ]);
    shape.lasting = [...holes.values()].filter(hole => first.has(hole) || asked.has(hole));
    const passing = new Set([shape.recordId, shape.time].filter(place => place >= 0 && !shape.lasting.includes(place)));
    const view = new DataView(bytes.buffer, address, SHAPE_BYTES);
    let room = 8 + (leaves.length + 1) * 8;
    let part = 8;
    let at = from;
    const addPart = (start: number, kind: number, asker: number): boolean => {
      const length = start - at;
      if (length > 0xffff || room + length + 16 > SHAPE_BYTES || !isAscii(bytes, at, start)) return false;
      bytes.copy(bytes, address + room, at, start);
      view.setUint32(part, address + room, true);
      view.setUint16(part + 4, length, true);
      view.setUint8(part + 6, kind);
      view.setUint8(part + 7, asker);
      room += length;
      part += 8;
      return true;
    };
    if (room > SHAPE_BYTES) return undefined;
    for (const [node, start, end] of leaves) {
      const hole = holes.get(node)!;
      const asker = first.has(hole)
        ? ASKED_FIRST
        : asked.has(hole)
          ? ASKED_THEN
          : passing.has(hole)
            ? NEW_EACH_TIME
            : NOT_ASKED;
      if (!addPart(start, document.isString(node) ? STRING : NUMBER, asker)) return undefined;
      at = end;
    }
    if (!addPart(to, END, NOT_ASKED)) return undefined;
    view.setUint32(0, leaves.length + 1, true);
    return shape;
  }
}

/**
 * A shape that was learnt. Its places are the numbers of strings or numbers in the document, `NONE`, or from
 * `FIRST_CONSTANT` downwards constants.
 */
interface Shape extends Omit<ShapedPlaces, 'values'> {
  readonly address: number;
  readonly dialect: string;
  /** Texts that belong to the shape: of `true` and `false`. */
  readonly constants: readonly string[];
  /** The strings and numbers that are the same in events which repeat each other. */
  readonly lasting: readonly number[];
  readonly values: readonly number[] | undefined;
  readonly names: readonly (string | number | undefined)[] | undefined;
  // What was read last, and from which text.
  judgedProvider: string | undefined;
  judgedId: number;
  isWanted: boolean;
  idText: string | undefined;
  id: EventId | undefined;
  qualifiersText: string | undefined;
  qualifiersRead: number | undefined;
  levelText: string | undefined;
  levelRead: number | undefined;
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
export type ShapesWay = Pick<ReadOptions, 'input' | 'repeatsOf' | 'selection' | 'computer'>;

const shapesOf = new WeakMap<WasmMemory, JsonShapes>();

const NO_LOSSES: readonly Loss[] = [];

type EventId = NonNullable<ReturnType<typeof splitEventId>>;
/** An event that a reader may still complete. */
export type ShapedEvent = Mutable<EventRecord>;

/** At `REPEATS`, as in `assembly/json-flood.ts`. */
const REPEAT_WORDS = 10;
const ODD_NUMBER = -2;

const NONE = -1;
const FIRST_CONSTANT = -2;

const MOST_PAYLOADS = 512;
/** Lists of values kept. */
const LISTS = 2048;
/** Events kept, each with its texts. */
const KNOWN_EVENTS = 2048;

const MOST_SHAPES = 8;
const SHAPE_BYTES = (JSON_SHAPES_END - JSON_SHAPES) / MOST_SHAPES;
const MOST_LEAVES = 512;

// Looking for a shape in vain costs a tenth of a parse, learning one two parses. A log whose events have too many shapes
// uses up its credit, and is then parsed.
const START_CREDIT = 4096;
const MOST_CREDIT = 65_536;
const LEARN_COST = 32;

const VALUES = PARSED_VALUES >> 2;

// As in `assembly/json-shapes.ts` and `assembly/value-cache.ts`.
const DIFFERS = 0;
const FITS_AS_UTF8 = 2;
const END = 0;
const STRING = 1;
const NUMBER = 2;
const NOT_ASKED = 0;
const ASKED_FIRST = 1;
const ASKED_THEN = 2;
const NEW_EACH_TIME = 3;
const NEW = 0x10000;
const UNCACHED = 0x20000;
const HAS_ESCAPE = 0x40000;
/** The text stands in `#made`. */
const MADE = 0x80000;

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}
