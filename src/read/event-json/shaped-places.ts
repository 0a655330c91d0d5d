import type { Instant } from '../../model/index.js';
import type { Insertions } from '../clixml/xml-event.js';
import type { DialectContext, Loss } from './dialect.js';
import { levelOf, localTime, splitEventId, utcTime } from './dialect-fields.js';
import type { SystemPlaces } from './event-places.js';
import type { JsonDocument } from './json-document.js';
import { scalarNode, type ValuePlaces } from './json-insertions.js';

/**
 * The places of an object of any dialect, and how those are read. They follow from keys and brackets alone, so that all
 * objects of one shape share them. What `Dialect.read` decides by what a text says stands in `filled` and `payload`, or
 * the object has no such places.
 */
export interface ShapedPlaces extends SystemPlaces {
  /** Undefined where the form lost them, or they stand in `payload`. */
  readonly values: ValuePlaces | undefined;
  /** A text that holds the values in a form of its own. */
  readonly payload: number;
  /** Where one of these is empty, another field stands in for it: such an event is left to the parser. */
  readonly filled: readonly number[];
  /** A level that `readLevel` cannot read is left to the parser. */
  readonly isLevelSure: boolean;
  readonly isUnordered: boolean;
  readonly losses: readonly Loss[];
  readLevel(text: string): number | undefined;
  readTime(text: string, context: DialectContext): Instant | undefined;
  readonly readPayload: ReadPayload;
  /** `own` are those that the event ID holds. */
  readQualifiers(text: string, own: number | undefined): number | undefined;
  /** False of texts that a form wrote where it lost the values: such an event is left to the parser. Absent: none does. */
  readonly areValues: ((texts: readonly string[]) => boolean) | undefined;
}

/** `unsure` where something else stands in for what it holds: such an event is left to the parser. */
export type ReadPayload = (text: string, context: DialectContext) => Insertions | 'unsure' | undefined;

/** A dialect's places, from what differs between dialects. */
export class PlaceFinder {
  readonly filled: number[] = [];
  readonly #doc: JsonDocument;

  constructor(doc: JsonDocument) {
    this.#doc = doc;
  }

  /** The value of the first of `keys` that the opened object has. */
  field(...keys: readonly number[]): number {
    return this.first(keys.map(key => this.#doc.field(key)));
  }

  /** The same of any object. */
  member(object: number, ...keys: readonly number[]): number {
    return this.first(keys.map(key => scalarNode(this.#doc, this.#doc.get(object, key))));
  }

  /** The first that is there; the next one stands in for it where it is empty. */
  first(nodes: readonly number[]): number {
    const there = nodes.filter(node => node >= 0);
    if (there.length > 1) this.filled.push(there[0]!);
    return there[0] ?? -1;
  }
}

/** What most dialects have in common. */
export const USUAL = {
  qualifiers: -1,
  channel: -1,
  culture: -1,
  payload: -1,
  values: undefined,
  isLevelSure: true,
  isUnordered: false,
  losses: [],
  readLevel: levelOf,
  readTime: utcTime,
  readPayload: () => undefined,
  readQualifiers: (text: string, own: number | undefined) => splitEventId(text)?.eventId ?? own,
  areValues: undefined,
} satisfies Partial<ShapedPlaces>;

/** Times that are local where they name no zone. */
export const LOCAL_TIMES: Pick<ShapedPlaces, 'readTime'> = { readTime: localTime };
