import { defined, type EventFields, nonEmpty, recordIdOf } from '../clixml/xml-event.js';
import type { DialectContext } from './dialect.js';
import { levelOf, splitEventId, utcTime } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import { insertionsOfData } from './json-insertions.js';

/** Where an object holds what makes it an event, as nodes of its document; -1 for what it has not. */
export interface SystemPlaces {
  readonly eventId: number;
  readonly provider: number;
  readonly qualifiers: number;
  readonly channel: number;
  readonly computer: number;
  readonly recordId: number;
  readonly level: number;
  readonly time: number;
  /** The first that is not empty is the message. */
  readonly messages: readonly number[];
  readonly culture: number;
}

/** Those of an event as Windows lays it out. They follow from keys and brackets alone: all objects of one shape share them. */
export interface EventPlaces extends SystemPlaces {
  /** UTC where it names no zone. */
  readonly time: number;
  /** What holds the values. */
  readonly data: number;
  /** An event without values holds none; only a form that lost them has no list. */
  readonly hasLostData: boolean;
}

/** Reads the event whose places are known; `unwanted` as soon as it shows that nobody wants it. */
export function eventAt(
  doc: JsonDocument,
  places: EventPlaces,
  context: DialectContext,
): EventFields | 'unwanted' | undefined {
  const text = (node: number) => (node < 0 ? undefined : nonEmpty(doc.text(node)));
  const id = splitEventId(text(places.eventId));
  if (id === undefined) return undefined;
  const provider = text(places.provider) ?? '';
  if (!context.wants(provider, id.eventId)) return 'unwanted';
  const read = insertionsOfData(doc, places.data, context) ?? (places.hasLostData ? {} : { insertions: [] });
  return defined({
    provider,
    ...id,
    qualifiers: splitEventId(text(places.qualifiers))?.eventId ?? id.qualifiers,
    channel: text(places.channel),
    computer: text(places.computer),
    recordId: recordIdOf(text(places.recordId)),
    level: levelOf(text(places.level)),
    time: utcTime(text(places.time)),
    ...read,
    message: places.messages.reduce<string | undefined>((found, node) => found ?? text(node), undefined),
    culture: text(places.culture),
  });
}
