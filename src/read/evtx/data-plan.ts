import { type BinElement, type BinPart, ELEMENT, ROLES, SUBSTITUTION, TEXT } from './binxml.js';

/**
 * How an EventData element gives its values where it is made as nearly all are: each `<Data>` is filled by one value of
 * the template and has a fixed name or none. Without it every event walks the same small trees anew.
 */
export interface DataPlan {
  /** Which value of the template fills each `<Data>`; -1 for an empty element. */
  readonly values: readonly number[];
  /** The value without which the element stays away, or -1. */
  readonly dependencies: readonly number[];
  /** The same array for all templates that give the same names. */
  readonly names: readonly (string | undefined)[] | undefined;
}

/** Undefined for elements of any other make. */
export function dataPlanOf(children: readonly BinPart[]): DataPlan | undefined {
  const values: number[] = [];
  const dependencies: number[] = [];
  const names: (string | undefined)[] = [];
  for (const { kind, element } of children) {
    if (kind === TEXT) continue;
    if (kind !== ELEMENT) return undefined;
    const { role, dependency } = element!;
    if (role === ROLES.Binary) continue;
    if (role !== ROLES.Data && role !== ROLES.ComplexData) return undefined;
    const index = onlyValue(element!.children);
    const name = fixedName(element!);
    if (index === undefined || name === undefined) return undefined;
    values.push(index);
    dependencies.push(dependency);
    names.push(name === '' ? undefined : name);
  }
  return { values, dependencies, names: names.some(name => name !== undefined) ? sharedNames(names) : undefined };
}

function onlyValue(children: readonly BinPart[]): number | undefined {
  if (children.length === 0) return -1;
  return children.length === 1 && children[0]!.kind === SUBSTITUTION ? children[0]!.index : undefined;
}

/** '' for none; undefined where a value fills the name. */
function fixedName({ attributes }: BinElement): string | undefined {
  const parts = attributes.find(({ name, isNamespace }) => name === 'Name' && !isNamespace)?.parts ?? [];
  return parts.every(({ kind }) => kind === TEXT) ? parts.map(({ text }) => text).join('') : undefined;
}

/** Every chunk has its own copy of a template; its names are kept once. A bounded memory of a pure function. */
const SHARED = new Map<string, readonly (string | undefined)[]>();

function sharedNames(names: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const key = JSON.stringify(names);
  const known = SHARED.get(key);
  if (known !== undefined) return known;
  if (SHARED.size === MOST_SHARED) SHARED.clear();
  SHARED.set(key, names);
  return names;
}

const MOST_SHARED = 1024;
