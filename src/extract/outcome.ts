import type { Catalogue } from '../messages/catalogue.js';
import type { EventRecord, Failure, Mutable, Unpaired } from '../model/index.js';
import { ascending, type CompiledDefinition, type CompiledRule } from './compile-definitions.js';
import type { Recognizer } from './definition.js';
import { findEnds } from './ends.js';
import { type Reading, readingOf, readMessage } from './invert-with.js';
import type { ValuePart } from './memo.js';
import { type EventValues, fitsShape, positionOf, valueAt } from './place.js';

/** What one definition makes of one event. */
export interface Outcome {
  readonly found: Failure | Unpaired;
  /** What inversion gave, where it was tried. */
  readonly inversion?: Reading['certainty'] | 'none';
}

/** Undefined when the definition does not recognise the event. */
export function outcomeOf(
  event: EventRecord,
  definition: CompiledDefinition,
  catalogue: Catalogue | undefined,
): Outcome | undefined {
  const memo = hasData(event) && event.isUnordered !== true ? definition.memo() : undefined;
  const again = memo?.again(event);
  if (again !== undefined) return { found: again };
  const known = memo?.partOf(event);
  if (known !== undefined) {
    const failure = failureOf(event, definition.name, known);
    memo?.keep(event, failure, true);
    return { found: failure };
  }
  const messages = hasData(event) ? undefined : definition.messageMemo();
  const read = messages?.get(event, catalogue);
  if (read !== undefined) {
    const { part, inversion } = read;
    return part && { found: failureOf(event, definition.name, part), ...(inversion && { inversion }) };
  }
  for (const rule of definition.rules) {
    const recognition = recognize(event, rule, catalogue);
    if (recognition === undefined) continue;
    const outcome = outcomeByRule(event, definition.name, rule, recognition, catalogue);
    if (outcome.found.type === 'failure' && recognition.recognizedBy !== 'message') {
      memo?.keep(event, outcome.found, false);
    }
    if (outcome.found.type === 'failure') {
      messages?.set(event, catalogue, { part: outcome.found, inversion: outcome.inversion });
    }
    return outcome;
  }
  messages?.set(event, catalogue, { part: undefined, inversion: undefined });
  return undefined;
}

export interface Recognition {
  readonly recognizedBy: Recognizer;
  /** The message's values, when it was read to recognise the event. */
  readonly reading?: Reading;
}

export function recognize(
  event: EventRecord,
  rule: CompiledRule,
  catalogue: Catalogue | undefined,
): Recognition | undefined {
  // Where there is data, its shape is looked at before the text: it costs a hundredth, and a reader may leave the text be.
  for (const recognizer of hasData(event) ? rule.recognizeWithData : rule.recognizeBy) {
    if (recognizer === 'event_id') {
      if (rule.eventIds.includes(event.eventId)) return { recognizedBy: 'event_id' };
    } else if (recognizer === 'message') {
      const reading = event.message === undefined ? undefined : readingOf(rule.templates().set.invert(event.message));
      if (reading) return { recognizedBy: 'message', reading };
    } else if (hasData(event)) {
      if (rule.shape && fitsShape(rule.shape, valuesOfData(event))) return { recognizedBy: 'shape' };
    } else {
      const reading = readMessage(event, rule.templates(), catalogue);
      if (reading && rule.shape && fitsShape(rule.shape, valuesOfMessage(event, reading)))
        return { recognizedBy: 'shape', reading };
    }
  }
  return undefined;
}

export function outcomeByRule(
  event: EventRecord,
  definition: string,
  rule: CompiledRule,
  { recognizedBy, reading: known }: Recognition,
  catalogue: Catalogue | undefined,
): Outcome {
  const isFromData = hasData(event);
  const reading = known ?? (isFromData ? undefined : readMessage(event, rule.templates(), catalogue));
  const inversion = reading?.certainty ?? (isFromData || event.message === undefined ? undefined : 'none');
  const outcome = (found: Failure | Unpaired): Outcome => ({ found, ...(inversion && { inversion }) });
  const unpaired = (bucket: Unpaired['bucket'], reason: string): Outcome =>
    outcome({
      type: 'unpaired',
      bucket,
      reason,
      definition,
      ...identityOf(event),
      ...(event.computer !== undefined && { observer: event.computer }),
      position: event.position,
    });

  const values = isFromData ? valuesOfData(event) : reading && valuesOfMessage(event, reading);
  if (!values) return unpaired('not_extracted', event.message === undefined ? 'no-values' : 'message-not-inverted');
  const ends = findEnds(rule, values);
  if ('reason' in ends) {
    // Another reading might be a pair: what is not known is not counted as known.
    const isOpen = !isFromData && reading?.certainty === 'ambiguous' && ends.reason !== 'computer-absent';
    return isOpen ? unpaired('not_extracted', 'message-ambiguous') : unpaired('no_pair', ends.reason);
  }
  // Field by field: spreads cost a microsecond an event.
  const reported = reportedValues(rule, values);
  const part: Mutable<ValuePart> = {
    kind: rule.kind,
    source: ends.source,
    destination: ends.destination,
    placeholders: reported.placeholders,
    attributes: reported.attributes,
    recognizedBy,
    extractedFrom: isFromData ? 'data' : 'message',
    certainty: !isFromData && reading?.certainty === 'ambiguous' ? 'ambiguous' : 'exact',
  };
  if (reported.damaged !== undefined) part.damaged = reported.damaged;
  return outcome(failureOf(event, definition, part));
}

/** A failure of what its values tell and what the event tells. */
function failureOf(event: EventRecord, definition: string, part: ValuePart): Failure {
  const failure: Mutable<Failure> = {
    type: 'failure',
    kind: part.kind,
    definition,
    provider: event.provider,
    eventId: event.eventId,
    source: part.source,
    destination: part.destination,
    placeholders: part.placeholders,
    attributes: part.attributes,
    recognizedBy: part.recognizedBy,
    extractedFrom: part.extractedFrom,
    certainty: part.certainty,
    position: event.position,
  };
  if (event.channel !== undefined) failure.channel = event.channel;
  if (event.recordId !== undefined) failure.recordId = event.recordId;
  if (event.time !== undefined) failure.time = event.time;
  if (event.computer !== undefined) failure.observer = event.computer;
  if (part.damaged !== undefined) failure.damaged = part.damaged;
  return failure;
}

/** Where the computer is missing that a definition needs, each input is warned of it. */
export function isWarnedOf(found: Outcome['found']): boolean {
  return found.type === 'unpaired' && found.reason === 'computer-absent';
}

function hasData(event: EventRecord): boolean {
  return event.insertions !== undefined && event.insertions.length > 0;
}

export function valuesOfData({ insertions = [], names, computer, isUnordered }: EventRecord): EventValues {
  return { insertions, names, computer, isUnordered };
}

function valuesOfMessage({ computer }: EventRecord, { insertions, damaged }: Reading): EventValues {
  return { insertions: insertions.map(value => value ?? undefined), computer, damaged };
}

function identityOf({ provider, eventId, channel, recordId, time }: EventRecord) {
  return {
    provider,
    eventId,
    ...(channel !== undefined && { channel }),
    ...(recordId !== undefined && { recordId }),
    ...(time !== undefined && { time }),
  };
}

/** The placeholders, in the order of their numbers, the attributes, and which of the placeholders are damaged. */
function reportedValues(
  rule: CompiledRule,
  values: EventValues,
): Pick<Failure, 'placeholders' | 'attributes' | 'damaged'> {
  const placeholders: Record<`%${number}`, string> = {};
  const damaged: `%${number}`[] = [];
  for (const position of reportedPositions(rule, values)) {
    const value = values.insertions[position - 1];
    if (value === undefined) continue;
    const name = nameOf(position);
    placeholders[name] = value;
    if (values.damaged?.includes(position)) damaged.push(name);
  }
  const attributes: Record<string, string> = {};
  for (const [name, places] of rule.named) {
    for (const place of places) {
      const value = valueAt(place, values);
      if (!isFilled(value)) continue;
      attributes[name] = value;
      break;
    }
  }
  return damaged.length > 0 ? { placeholders, attributes, damaged } : { placeholders, attributes };
}

/** The n of the `%n` to report, if the event has them. */
export function reportedPositions(rule: CompiledRule, values: EventValues): readonly number[] {
  // Where the order is lost, nothing tells which value `%n` was.
  if (values.isUnordered === true) return [];
  return rule.positions ?? ascending(rule.used.map(place => positionOf(place, values)));
}

/** Whether the text at a place is told as an attribute. */
export function isFilled(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

export function nameOf(position: number): `%${number}` {
  return NAMES[position] ?? `%${position}`;
}

/** `%n` by n: making it anew for each value of each event costs more than all the rest. */
const NAMES = Array.from({ length: 100 }, (_, position): `%${number}` => `%${position}`);
