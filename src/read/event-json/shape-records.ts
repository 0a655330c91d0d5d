import type { EventRecord, Mutable } from '../../model/index.js';
import { recordIdOf } from '../clixml/xml-event.js';
import type { DialectContext, Loss } from './dialect.js';
import type { EventId, Shape } from './shape-layout.js';
import { type ShapeTexts, VALUES } from './shape-texts.js';
import type { ReadPayload } from './shaped-places.js';

/** An event that a reader may still complete. */
export type ShapedEvent = Mutable<EventRecord>;

/** Makes records of events that fit a shape, each of the texts that stand at the shape's places. */
export class ShapeRecords {
  readonly #texts: ShapeTexts;
  readonly #lists = new Array<readonly string[]>(LISTS).fill([]);
  /** Payloads of earlier events, each with what it holds and what its form has lost. A bounded memory of a pure function. */
  readonly #payloads = new Map<string, { readonly read: ReturnType<ReadPayload>; readonly losses: readonly Loss[] }>();
  #payloadsReadBy: ReadPayload | undefined;
  /** What the form of the last event's payload has lost. */
  payloadLosses: readonly Loss[] = NO_LOSSES;

  constructor(texts: ShapeTexts) {
    this.#texts = texts;
  }

  /**
   * The event that fitted a shape last, without its time. Undefined where the parser reads what stands in for an unreadable
   * field; every text is asked for all the same.
   */
  make(
    shape: Shape,
    provider: string,
    id: EventId,
    position: EventRecord['position'],
    context: DialectContext,
  ): ShapedEvent | undefined {
    this.payloadLosses = NO_LOSSES;
    const record: ShapedEvent = { type: 'event', provider, eventId: id.eventId, position };
    const qualifiers = this.#texts.text(shape, shape.qualifiers);
    if (qualifiers !== shape.qualifiersText) {
      shape.qualifiersText = qualifiers;
      shape.qualifiersRead = shape.readQualifiers(qualifiers, id.qualifiers);
    }
    if (shape.qualifiersRead !== undefined) record.qualifiers = shape.qualifiersRead;
    const channel = this.#texts.text(shape, shape.channel);
    if (channel !== '') record.channel = channel;
    const computer = this.#texts.text(shape, shape.computer);
    if (computer !== '') record.computer = computer;
    const recordId = recordIdOf(this.#texts.text(shape, shape.recordId));
    if (recordId !== undefined) record.recordId = recordId;
    const level = this.#texts.text(shape, shape.level);
    if (level !== shape.levelText) {
      shape.levelText = level;
      shape.levelRead = shape.readLevel(level);
    }
    if (shape.levelRead !== undefined) record.level = shape.levelRead;
    if (shape.values !== undefined) this.#takeValues(shape, shape.values, record);
    const payload = this.#texts.text(shape, shape.payload);
    for (const place of shape.messages) {
      const message = this.#texts.text(shape, place);
      if (message !== '') record.message ??= message;
    }
    const culture = this.#texts.text(shape, shape.culture);
    if (culture !== '') record.culture = culture;
    if (!shape.isLevelSure && shape.levelRead === undefined) return undefined;
    if (record.insertions !== undefined && shape.areValues?.(record.insertions) === false) return undefined;
    if (payload !== '' && !this.#takePayload(shape, payload, record, context)) return undefined;
    if (shape.isUnordered) record.isUnordered = true;
    return record;
  }

  #takeValues(shape: Shape, values: readonly number[], record: ShapedEvent): void {
    const insertions: string[] = [];
    let hash = values.length;
    for (let k = 0; k < values.length; k++) {
      const place = values[k]!;
      if (place >= 0) hash = (Math.imul(hash, 31) + this.#texts.words[VALUES + place * 3 + 2]!) | 0;
      insertions.push(this.#texts.text(shape, place));
    }
    record.insertions = this.#again(hash, insertions);
    if (shape.names !== undefined) {
      const { names } = shape;
      const isFixed = names.every(name => typeof name !== 'number');
      record.names = isFixed
        ? (names as readonly (string | undefined)[]) // none is a number
        : names.map(name => (typeof name === 'number' ? this.#texts.text(shape, name) : name));
    }
  }

  /** False when something else stands in for this payload. */
  #takePayload({ readPayload }: Shape, text: string, record: ShapedEvent, { keys }: DialectContext): boolean {
    if (readPayload !== this.#payloadsReadBy) this.#payloads.clear();
    this.#payloadsReadBy = readPayload;
    let known = this.#payloads.get(text);
    if (known === undefined) {
      const losses: Loss[] = [];
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
    this.payloadLosses = known.losses;
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
}

const NO_LOSSES: readonly Loss[] = [];

const MOST_PAYLOADS = 512;
/** Lists of values kept. */
const LISTS = 2048;
