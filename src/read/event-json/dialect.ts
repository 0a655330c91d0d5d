import type { Instant } from '../../model/index.js';
import type { EventFields } from '../clixml/xml-event.js';
import type { JsonDocument } from './json-document.js';
import type { KeyTable } from './key-table.js';
import type { ShapedPlaces } from './shaped-places.js';

/** What a form of JSON has destroyed, by warning code. */
export type Loss =
  | 'insertions-lost'
  | 'empty-values-omitted'
  | 'unnamed-data-lost'
  | 'data-order-lost'
  | 'values-joined'
  | 'local-time';

/** What a dialect may ask while it reads one event. */
export interface DialectContext {
  readonly keys: KeyTable;
  /** Whether anyone wants such an event; asked as soon as both are known, so that the rest need not be decoded. */
  wants(provider: string, eventId: number): boolean;
  /** Notes what the form has lost of this event. */
  note(loss: Loss): void;
  /** A time without zone, read in the zone that the user gave. */
  localTime(text: string): Instant | undefined;
}

export type DialectAnswer = EventFields | 'unwanted' | undefined;

/** One producer's way to write an event as a JSON object. */
export interface Dialect {
  readonly name: string;
  /** Whether the object (its fields are open in `doc`) bears this dialect's marks. */
  marks(doc: JsonDocument, object: number): boolean;
  /** Where it holds what, if that follows from its keys and brackets alone; what is read there must be what `read` gives. */
  places?(doc: JsonDocument, object: number, keys: KeyTable): ShapedPlaces | undefined;
  /** Reads the object; undefined when it lacks what makes it an event. */
  read(doc: JsonDocument, object: number, context: DialectContext): DialectAnswer;
}
