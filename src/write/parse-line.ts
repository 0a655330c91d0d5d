import type { EventRecord, Failure, InputReport, Instant, Position, TimeBasis, Unpaired } from '../model/index.js';
import { parseIsoInstant } from '../time/instant-text.js';

/** A run line as far as a later command goes on from it: the inputs that were read. */
export interface RunLine {
  readonly type: 'run';
  readonly inputs: readonly InputReport[];
}

/** What a line of our own NDJSON holds. Rejects and pairs are named and not handed on. */
export type OwnItem = EventRecord | Failure | Unpaired | RunLine | { readonly type: 'reject' | 'pair' | 'pair_gone' };

export type ParsedLine =
  | { readonly ok: true; readonly item: OwnItem }
  | { readonly ok: false; readonly reason: string };

/** Reads a line that `writeItem` or `writeRun` wrote. A line that is none of these says why; it never throws. */
export function parseLine(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: 'this line is no JSON' };
  }
  try {
    return { ok: true, item: itemOf(fieldsOf(value)) };
  } catch (error) {
    if (error instanceof WrongLine) return { ok: false, reason: error.message };
    throw error;
  }
}

class WrongLine extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function itemOf(fields: Fields): OwnItem {
  switch (fields.type) {
    case 'event':
      return eventOf(fields);
    case 'failure':
      return failureOf(fields);
    case 'unpaired':
      return unpairedOf(fields);
    case 'run':
      return { type: 'run', inputs: list(fields, 'inputs').map(input => inputOf(fieldsOf(input))) };
    case 'reject':
    case 'pair':
    case 'pair_gone':
      return { type: fields.type };
    case 'partial':
      throw new WrongLine('this is a partial ledger: give it to evpair merge');
    case 'state':
      throw new WrongLine('this is a state file: give it to --state');
    default:
      throw new WrongLine('this line has no type that evpair writes');
  }
}

function eventOf(fields: Fields): EventRecord {
  return {
    type: 'event',
    provider: text(fields, 'provider'),
    eventId: count(fields, 'event_id'),
    ...optional('channel', optionalText(fields, 'channel')),
    ...optional('computer', optionalText(fields, 'computer')),
    ...optional('recordId', optionalText(fields, 'record_id')),
    ...optional('level', optionalCount(fields, 'level')),
    ...optional('qualifiers', optionalCount(fields, 'qualifiers')),
    ...optional('time', timeOf(fields)),
    ...optional('insertions', optionalTexts(fields, 'insertions')),
    ...optional('names', namesOf(fields)),
    ...(fields.is_unordered === true ? { isUnordered: true } : {}),
    ...optional('message', optionalText(fields, 'message')),
    ...optional('culture', optionalText(fields, 'culture')),
    position: positionOf(fields),
  };
}

function failureOf(fields: Fields): Failure {
  return {
    type: 'failure',
    kind: oneOf(fields, 'kind', ['failure', 'recovery', 'context']),
    ...recognisedOf(fields),
    source: text(fields, 'source'),
    destination: text(fields, 'destination'),
    placeholders: placeholdersOf(fields),
    attributes: texts(fields, 'attributes'),
    recognizedBy: oneOf(fields, 'recognized_by', ['event_id', 'message', 'shape']),
    extractedFrom: oneOf(fields, 'extracted_from', ['data', 'message']),
    certainty: oneOf(fields, 'certainty', ['exact', 'ambiguous']),
    ...optional('damaged', optionalTexts(fields, 'damaged')),
  };
}

function unpairedOf(fields: Fields): Unpaired {
  return {
    type: 'unpaired',
    bucket: oneOf(fields, 'bucket', ['no_pair', 'not_extracted']),
    reason: text(fields, 'reason'),
    ...recognisedOf(fields),
  };
}

function recognisedOf(fields: Fields) {
  return {
    definition: text(fields, 'definition'),
    provider: text(fields, 'provider'),
    eventId: count(fields, 'event_id'),
    ...optional('channel', optionalText(fields, 'channel')),
    ...optional('recordId', optionalText(fields, 'record_id')),
    ...optional('observer', optionalText(fields, 'observer')),
    ...optional('time', timeOf(fields)),
    position: positionOf(fields),
  };
}

function inputOf(fields: Fields): InputReport {
  return {
    type: 'input',
    path: text(fields, 'path'),
    format: text(fields, 'format'),
    encoding: text(fields, 'encoding'),
    bytes: count(fields, 'bytes'),
    events: count(fields, 'events'),
    unparsed: count(fields, 'unparsed'),
    malformed: count(fields, 'malformed'),
    rejects: count(fields, 'rejects'),
    withoutTime: count(fields, 'without_time'),
    ...optional('timezone', timezoneOf(fields)),
    ...optional('dateOrder', dateOrderOf(fields)),
    warnings: counts(fields, 'warnings'),
    ...optional('coverage', coverageOf(fields)),
    ...optional('excludedWithoutTime', optionalCount(fields, 'excluded_without_time')),
    ...optional('sha256', optionalText(fields, 'sha256')),
    isComplete: fields.complete === true,
  };
}

function timezoneOf(fields: Fields): InputReport['timezone'] {
  if (fields.timezone === undefined) return undefined;
  const timezone = fieldsOf(fields.timezone);
  return { name: text(timezone, 'name'), basis: oneOf(timezone, 'basis', ['export', 'given', 'assumed']) };
}

function dateOrderOf(fields: Fields): InputReport['dateOrder'] {
  if (fields.date_order === undefined) return undefined;
  const dateOrder = fieldsOf(fields.date_order);
  return {
    order: oneOf(dateOrder, 'order', ['dmy', 'mdy', 'ymd']),
    basis: oneOf(dateOrder, 'basis', ['found', 'given', 'assumed']),
    ...(dateOrder.swap === true ? { swap: true } : {}),
  };
}

function coverageOf(fields: Fields): InputReport['coverage'] {
  if (fields.coverage === undefined) return undefined;
  return list(fields, 'coverage').map(value => {
    const line = fieldsOf(value);
    return {
      provider: text(line, 'provider'),
      event_id: count(line, 'event_id'),
      exact: count(line, 'exact'),
      ambiguous: count(line, 'ambiguous'),
      none: count(line, 'none'),
    };
  });
}

/** @throws WrongLine when `time` is no time. */
function timeOf(fields: Fields): Instant | undefined {
  const written = optionalText(fields, 'time');
  if (written === undefined) return undefined;
  const basis: TimeBasis = oneOf(fields, 'time_basis', ['export', 'given', 'assumed']);
  const instant = parseIsoInstant(written);
  if (instant === undefined) throw wrong('time', 'a time');
  const alternative = optionalText(fields, 'time_alternative');
  if (alternative === undefined) return { ...instant, basis };
  const other = parseIsoInstant(alternative);
  if (other === undefined) throw wrong('time_alternative', 'a time');
  return { ...instant, basis, alternative: other.epochMs };
}

function positionOf(fields: Fields): Position {
  const position = fieldsOf(fields.position);
  const length = count(position, 'length');
  if (length > 0xffff_ffff) throw wrong('length', 'below 4 GiB');
  return { input: text(position, 'input'), offset: count(position, 'offset'), length };
}

function placeholdersOf(fields: Fields): Failure['placeholders'] {
  const values = texts(fields, 'placeholders');
  for (const name of Object.keys(values)) if (!/^%[1-9]\d?$/.test(name)) throw wrong('placeholders', '%1 to %99');
  return values;
}

function namesOf(fields: Fields): (string | undefined)[] | undefined {
  if (fields.names === undefined) return undefined;
  return list(fields, 'names').map(name => {
    if (name !== null && typeof name !== 'string') throw wrong('names', 'a list of texts');
    return name ?? undefined;
  });
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WrongLine('an object is missing');
  return value as Fields; // an object that is no array and not null has string keys
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw wrong(key, 'a text');
  return value;
}

function optionalText(fields: Fields, key: string): string | undefined {
  return fields[key] === undefined ? undefined : text(fields, key);
}

function count(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(key, 'a whole number');
  return value;
}

function optionalCount(fields: Fields, key: string): number | undefined {
  return fields[key] === undefined ? undefined : count(fields, key);
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  if (!Array.isArray(value)) throw wrong(key, 'a list');
  return value;
}

function optionalTexts(fields: Fields, key: string): string[] | undefined {
  if (fields[key] === undefined) return undefined;
  return list(fields, key).map(value => {
    if (typeof value !== 'string') throw wrong(key, 'a list of texts');
    return value;
  });
}

function texts(fields: Fields, key: string): Record<string, string> {
  const value = fieldsOf(fields[key]);
  for (const each of Object.values(value)) if (typeof each !== 'string') throw wrong(key, 'an object of texts');
  return value as Record<string, string>; // every value was seen to be a string
}

function counts(fields: Fields, key: string): Record<string, number> {
  const values = fieldsOf(fields[key]);
  for (const name of Object.keys(values)) count(values, name);
  return values as Record<string, number>; // every value was seen to be a number
}

function oneOf<const T extends string>(fields: Fields, key: string, choices: readonly T[]): T {
  const value = fields[key];
  const choice = choices.find(each => each === value);
  if (choice === undefined) throw wrong(key, choices.join(' or '));
  return choice;
}

function wrong(key: string, expected: string): WrongLine {
  return new WrongLine(`its ${key} is not ${expected}`);
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
