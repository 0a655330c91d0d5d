import type { EventRecord, Mutable } from '../../model/index.js';
import type { RowEvent } from './csv-form.js';

/** The record of what a form read of a row. `computer` is the one that logged it where the row names none. */
export function recordOfRow(
  event: RowEvent,
  time: EventRecord['time'],
  position: EventRecord['position'],
  computer: string | undefined,
): EventRecord {
  // Field by field: leaving some out of a spread costs a microsecond.
  const record: Mutable<EventRecord> = { type: 'event', provider: event.provider, eventId: event.eventId, position };
  const named = event.computer ?? computer;
  if (event.channel !== undefined) record.channel = event.channel;
  if (named !== undefined) record.computer = named;
  if (event.recordId !== undefined) record.recordId = event.recordId;
  if (event.level !== undefined) record.level = event.level;
  if (event.qualifiers !== undefined) record.qualifiers = event.qualifiers;
  if (time !== undefined) record.time = time;
  if (event.insertions !== undefined) record.insertions = event.insertions;
  if (event.names !== undefined) record.names = event.names;
  if (event.isUnordered !== undefined) record.isUnordered = event.isUnordered;
  if (event.message !== undefined) record.message = event.message;
  if (event.culture !== undefined) record.culture = event.culture;
  return record;
}
