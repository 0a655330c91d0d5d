import type {
  EventRecord,
  Failure,
  Instant,
  PairGone,
  PairSummary,
  Position,
  Reject,
  RunSummary,
  Unpaired,
} from '../model/index.js';
import { formatInstant } from '../time/instant-text.js';

/**
 * Items as NDJSON lines: one object a line, keys in snake_case in a fixed order. Lossless: a lone surrogate becomes a
 * `\u` escape, absent fields stay away, a time carries its digits and, where it was only assumed, no zone.
 */
export function writeItem(item: EventRecord | Failure | Unpaired | Reject): string {
  switch (item.type) {
    case 'event':
      return writeEvent(item);
    case 'failure':
      return writeFailure(item);
    case 'unpaired':
      return writeUnpaired(item);
    case 'reject':
      return writeReject(item);
  }
}

/** Put together by hand, since `evpair events` writes one for each event: `JSON.stringify` of the whole takes twice as long. */
function writeEvent(event: EventRecord): string {
  let line = `{"type":"event","schema_version":1,"provider":${JSON.stringify(event.provider)},"event_id":${event.eventId}`;
  if (event.channel !== undefined) line += `,"channel":${JSON.stringify(event.channel)}`;
  if (event.computer !== undefined) line += `,"computer":${JSON.stringify(event.computer)}`;
  if (event.recordId !== undefined) line += `,"record_id":${JSON.stringify(event.recordId)}`;
  if (event.level !== undefined) line += `,"level":${event.level}`;
  if (event.qualifiers !== undefined) line += `,"qualifiers":${event.qualifiers}`;
  if (event.time !== undefined) {
    const { time, time_basis, time_alternative } = timeFields(event.time);
    line += `,"time":"${time}","time_basis":"${time_basis}"`;
    if (time_alternative !== undefined) line += `,"time_alternative":"${time_alternative}"`;
  }
  if (event.insertions !== undefined) line += `,"insertions":${JSON.stringify(event.insertions)}`;
  if (event.names !== undefined) line += `,"names":${writeNames(event.names)}`;
  if (event.isUnordered === true) line += ',"is_unordered":true';
  if (event.message !== undefined) line += `,"message":${JSON.stringify(event.message)}`;
  if (event.culture !== undefined) line += `,"culture":${JSON.stringify(event.culture)}`;
  const { input, offset, length } = event.position;
  return `${line},"position":{"input":${JSON.stringify(input)},"offset":${offset},"length":${length}}}`;
}

/** Readers may give the events of one kind the same array of names, which then is written once. */
const WRITTEN_NAMES = new Map<NonNullable<EventRecord['names']>, string>();

function writeNames(names: NonNullable<EventRecord['names']>): string {
  const known = WRITTEN_NAMES.get(names);
  if (known !== undefined) return known;
  const text = JSON.stringify(names.map(name => name ?? null));
  if (WRITTEN_NAMES.size === MOST_NAMES) WRITTEN_NAMES.clear();
  WRITTEN_NAMES.set(names, text);
  return text;
}

const MOST_NAMES = 256;

function writeFailure(failure: Failure): string {
  return JSON.stringify({
    type: 'failure',
    schema_version: 1,
    kind: failure.kind,
    definition: failure.definition,
    provider: failure.provider,
    event_id: failure.eventId,
    channel: failure.channel,
    record_id: failure.recordId,
    ...timeFields(failure.time),
    source: failure.source,
    destination: failure.destination,
    observer: failure.observer,
    placeholders: failure.placeholders,
    attributes: failure.attributes,
    recognized_by: failure.recognizedBy,
    extracted_from: failure.extractedFrom,
    certainty: failure.certainty,
    damaged: failure.damaged,
    position: positionFields(failure.position),
  });
}

function writeUnpaired(unpaired: Unpaired): string {
  return JSON.stringify({
    type: 'unpaired',
    schema_version: 1,
    bucket: unpaired.bucket,
    reason: unpaired.reason,
    definition: unpaired.definition,
    provider: unpaired.provider,
    event_id: unpaired.eventId,
    channel: unpaired.channel,
    record_id: unpaired.recordId,
    ...timeFields(unpaired.time),
    observer: unpaired.observer,
    position: positionFields(unpaired.position),
  });
}

function writeReject(reject: Reject): string {
  return JSON.stringify({
    type: 'reject',
    schema_version: 1,
    reason: reject.reason,
    detail: reject.detail,
    is_event: reject.isEvent,
    line: reject.line,
    position: positionFields(reject.position),
    bytes_base64: reject.bytes === undefined ? undefined : Buffer.from(reject.bytes).toString('base64'),
  });
}

/** A pair line. A summary's keys stand in the order of the output already. */
export function writePair(pair: PairSummary): string {
  return JSON.stringify(pair);
}

/** The line of a pair that is there no more. */
export function writePairGone(gone: PairGone): string {
  return JSON.stringify(gone);
}

/** The run line. Inputs keep all that their reports say, so that a later command can go on from it. */
export function writeRun(run: RunSummary): string {
  return JSON.stringify({
    ...run,
    inputs: run.inputs.map(input => ({
      path: input.path,
      format: input.format,
      encoding: input.encoding,
      bytes: input.bytes,
      events: input.events,
      failures: input.failures,
      rejects: input.rejects,
      malformed: input.malformed,
      unparsed: input.unparsed,
      without_time: input.withoutTime,
      excluded_without_time: input.excludedWithoutTime,
      timezone: input.timezone,
      date_order: input.dateOrder,
      warnings: input.warnings,
      coverage: input.coverage,
      sha256: input.sha256,
      complete: input.isComplete,
    })),
  });
}

function timeFields(time: Instant | undefined): { time?: string; time_basis?: string; time_alternative?: string } {
  if (time === undefined) return {};
  return {
    time: formatInstant(time),
    time_basis: time.basis,
    ...(time.alternative === undefined
      ? {}
      : { time_alternative: formatInstant({ ...time, epochMs: time.alternative }) }),
  };
}

function positionFields({ input, offset, length }: Position): Position {
  return { input, offset, length };
}
