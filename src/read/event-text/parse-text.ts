import type { Instant } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import type { LocalTimes } from '../../time/local-times.js';
import { defined, type EventFields, eventOfXml, nonEmpty } from '../clixml/xml-event.js';
import { levelNumber } from '../viewer-csv/languages.js';
import { isEventHeading, isXmlHeading, labelOf, type TextField } from './labels.js';

/** A copied event as read: its fields, or why it has none. */
export type ParsedText =
  | { readonly fields: EventFields; readonly fault?: undefined }
  | { readonly fault: 'malformed' | 'date-order'; readonly detail: string; readonly fields?: EventFields };

/**
 * Reads the text of one event: label lines up to the description, which runs to the end or to the XML behind it. Where
 * the XML is there and whole it wins, since it holds the values and a time with its zone. Every date is shown to
 * `times`, wanted or not.
 */
export function parseEventText(text: string, times: LocalTimes): ParsedText {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const values = new Map<TextField, string>();
  let message: string | undefined;
  let xml: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (at === 0 && isEventHeading(line)) continue;
    const label = labelOf(line);
    if (label === undefined) continue;
    if (label.field === 'description') {
      const rest = lines.slice(at + 1);
      const heading = rest.findIndex(
        (each, index) => isXmlHeading(each) && /^\s*<Event[\s>]/.test(rest[index + 1] ?? ''),
      );
      if (heading >= 0) xml = rest.slice(heading + 1).join('\n');
      const body = heading >= 0 ? rest.slice(0, heading) : rest;
      message = [label.value, ...body].join('\n').trim();
      break;
    }
    // A label that comes twice is none: the first one stands where the form has it.
    if (!values.has(label.field)) values.set(label.field, label.value);
  }
  const date = values.get('date') ?? '';
  const isIso = /^\d{4}-\d\d-\d\dT/.test(date);
  if (!isIso) times.observe(date);
  const fromXml = xml === undefined ? undefined : eventOfXml(xml.trim());
  if (fromXml !== undefined) {
    return { fields: defined({ ...fromXml, message: fromXml.message ?? nonEmpty(message ?? '') }) };
  }
  const id = /^\d{1,5}$/.exec(values.get('eventId') ?? '');
  const provider = values.get('source') ?? '';
  if (id === null || Number(id[0]) > 0xffff || provider === '') {
    return { fault: 'malformed', detail: 'the event names no source or no event ID from 0 to 65535' };
  }
  const time = date === '' ? undefined : isIso ? isoTime(date, times) : times.read(date);
  const fields = defined({
    provider,
    eventId: Number(id[0]),
    channel: nonEmpty(values.get('log')),
    computer: nonEmpty(values.get('computer')),
    level: levelNumber(values.get('level') ?? ''),
    time: typeof time === 'string' ? undefined : time,
    message: nonEmpty(message),
  });
  if (time === 'date-order') {
    return {
      fault: 'date-order',
      detail: 'the date contradicts the order of day and month in the other dates',
      fields,
    };
  }
  return { fields };
}

/** wevtutil writes `Z` behind the time since Windows 10 and local time without zone before. */
function isoTime(text: string, times: LocalTimes): Instant | 'unreadable' | 'date-order' {
  const iso = parseIsoInstant(text, 'assumed');
  if (iso === undefined) return 'unreadable';
  return iso.basis === 'export' ? iso : times.read(text.replace('T', ' '));
}
