import { type BinElement, type BinPart, ELEMENT, ROLES, SUBSTITUTION, TEXT } from './binxml.js';

/**
 * Where the fields of a System element stand, for one made as nearly all are: each field once, given by one value of the
 * template or by fixed text. Without it every event walks the same fourteen elements anew.
 */
export interface SystemPlan {
  readonly provider: FieldSource | undefined;
  readonly eventId: FieldSource | undefined;
  readonly qualifiers: FieldSource | undefined;
  readonly level: FieldSource | undefined;
  readonly time: FieldSource | undefined;
  readonly recordId: FieldSource | undefined;
  readonly channel: FieldSource | undefined;
  readonly computer: FieldSource | undefined;
  /** All values of the template that it takes. */
  readonly values: readonly number[];
}

/** Where a field's text comes from; a value that is null is an empty text. */
export interface FieldSource {
  /** Which value of the template, or -1: then `text`. */
  readonly index: number;
  readonly text: string;
  /** The value without which the field stays away, or -1. */
  readonly dependency: number;
}

/** Undefined for an element of any other make. */
export function systemPlanOf(children: readonly BinPart[]): SystemPlan | undefined {
  const fields: Fields = { ...NO_FIELDS };
  const seen = new Set<number>();
  for (const { kind, element } of children) {
    if (kind === TEXT) continue;
    if (kind !== ELEMENT) return undefined;
    const { role, dependency } = element!;
    const field = FIELD_OF[role];
    if (field === undefined) continue;
    if (seen.has(role)) return undefined;
    seen.add(role);
    const attribute = ATTRIBUTE_OF[role];
    const source = attribute === undefined ? sourceOf(element!.children, dependency) : ofAttribute(element!, attribute);
    if (source === undefined) return undefined;
    fields[field] = source;
    if (role !== ROLES.EventID) continue;
    fields.qualifiers = ofAttribute(element!, 'Qualifiers');
    if (fields.qualifiers === undefined) return undefined;
  }
  const values = Object.values(fields).flatMap(field => (field === undefined || field.index < 0 ? [] : [field.index]));
  return { ...fields, values };
}

/** An attribute that is not there is an empty text. */
function ofAttribute({ attributes, dependency }: BinElement, name: string): FieldSource | undefined {
  const found = attributes.find(attribute => attribute.name === name && !attribute.isNamespace);
  return sourceOf(found?.parts ?? [], dependency);
}

function sourceOf(parts: readonly BinPart[], dependency: number): FieldSource | undefined {
  if (parts.length === 0) return { index: -1, text: '', dependency };
  const [{ kind, text, index }] = parts as readonly [BinPart];
  if (parts.length > 1 || (kind !== TEXT && kind !== SUBSTITUTION)) return undefined;
  return { index: kind === TEXT ? -1 : index, text, dependency };
}

type Fields = { -readonly [Field in Exclude<keyof SystemPlan, 'values'>]: SystemPlan[Field] };
const NO_FIELDS: Fields = {
  provider: undefined,
  eventId: undefined,
  qualifiers: undefined,
  level: undefined,
  time: undefined,
  recordId: undefined,
  channel: undefined,
  computer: undefined,
};

const FIELD_OF: Readonly<Partial<Record<number, keyof Fields>>> = {
  [ROLES.Provider]: 'provider',
  [ROLES.EventID]: 'eventId',
  [ROLES.Level]: 'level',
  [ROLES.TimeCreated]: 'time',
  [ROLES.EventRecordID]: 'recordId',
  [ROLES.Channel]: 'channel',
  [ROLES.Computer]: 'computer',
};

const ATTRIBUTE_OF: Readonly<Partial<Record<number, string>>> = {
  [ROLES.Provider]: 'Name',
  [ROLES.TimeCreated]: 'SystemTime',
};
