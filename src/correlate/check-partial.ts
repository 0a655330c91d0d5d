import type { InputReport } from '../model/index.js';
import { ROW_KINDS } from './outlines.js';
import type {
  PartialHeader,
  PartialInput,
  WrittenContribution,
  WrittenInputName,
  WrittenRow,
} from './partial-format.js';

// Whether parsed lines are what a partial ledger holds. A line may be damaged and still be JSON; nothing here throws.

export function isHeader(value: Fields): value is PartialHeader & Fields {
  return (
    value.type === 'partial' &&
    value.schema_version === 1 &&
    typeof value.config_hash === 'string' &&
    isFields(value.facts) &&
    Array.isArray(value.inputs) &&
    value.inputs.every(isInput)
  );
}

function isInput(value: unknown): value is PartialInput {
  return (
    isFields(value) &&
    typeof value.path === 'string' &&
    typeof value.range === 'string' &&
    /^(all|\d{1,16}-\d{1,16})$/.test(value.range) &&
    isCount(value.identified) &&
    isReport(value.report) &&
    value.report.path === value.path &&
    value.report.bytes === value.size
  );
}

function isReport(value: unknown): value is InputReport {
  return (
    isFields(value) &&
    value.type === 'input' &&
    ['path', 'format', 'encoding'].every(key => typeof value[key] === 'string') &&
    ['bytes', 'events', 'unparsed', 'malformed', 'rejects', 'withoutTime'].every(key => isCount(value[key])) &&
    isFields(value.warnings) &&
    Object.values(value.warnings).every(isCount) &&
    (value.coverage === undefined || (Array.isArray(value.coverage) && value.coverage.every(isCoverageLine))) &&
    (value.excludedWithoutTime === undefined || isCount(value.excludedWithoutTime)) &&
    typeof value.isComplete === 'boolean'
  );
}

function isCoverageLine(value: unknown): boolean {
  return (
    isFields(value) &&
    typeof value.provider === 'string' &&
    ['event_id', 'exact', 'ambiguous', 'none'].every(key => isCount(value[key]))
  );
}

export function isContribution(value: Fields, n: number): value is WrittenContribution & Fields {
  const isSound =
    value.n === n &&
    ROW_KINDS.some(kind => kind === value.kind) &&
    typeof value.definition === 'string' &&
    typeof value.provider === 'string' &&
    isCount(value.event_id) &&
    isOptionalText(value.channel) &&
    isOptionalText(value.observer);
  if (!isSound) return false;
  if (value.kind === 'no_pair' || value.kind === 'not_extracted') return typeof value.reason === 'string';
  return (
    typeof value.source === 'string' &&
    typeof value.destination === 'string' &&
    isOneOf(value.recognized_by, ['event_id', 'message', 'shape']) &&
    isOneOf(value.extracted_from, ['data', 'message']) &&
    isOneOf(value.certainty, ['exact', 'ambiguous']) &&
    (value.damaged === undefined || (Array.isArray(value.damaged) && value.damaged.every(isText))) &&
    isNamedValues(value.placeholders) &&
    isNamedValues(value.attributes)
  );
}

export function isInputName(value: Fields, n: number): value is WrittenInputName & Fields {
  return value.n === n && typeof value.name === 'string';
}

export function isRow(value: Fields, contributions: number, inputs: number): value is WrittenRow & Fields {
  const { c, id, t, r, at } = value;
  return (
    isCount(c) &&
    c < contributions &&
    (id === undefined || id === true) &&
    (t === undefined || isTime(t)) &&
    isOptionalText(r) &&
    isPlace(at, inputs)
  );
}

function isPlace(value: unknown, inputs: number): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [input, offset, length] = value as unknown[];
  return isCount(input) && input < inputs && isCount(offset) && isCount(length) && length <= 0xffff_ffff;
}

function isTime(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [epochMs, nanos, digits, basis] = value as unknown[];
  return (
    Number.isSafeInteger(epochMs) &&
    Math.abs(epochMs as number) <= 8.64e15 &&
    isCount(nanos) &&
    nanos < 1e6 &&
    isCount(digits) &&
    digits <= 9 &&
    isOneOf(basis, ['export', 'given', 'assumed'])
  );
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isOneOf(value: unknown, choices: readonly string[]): boolean {
  return choices.some(choice => choice === value);
}

function isNamedValues(value: unknown): boolean {
  return Array.isArray(value) && value.every(pair => Array.isArray(pair) && pair.length === 2 && pair.every(isText));
}
