import { isHost, isIpLiteral, isUrl, namesHost } from '../model/index.js';
import type { Condition, Place, Predicate, Shape } from './definition.js';
import { remember } from './remember.js';

/** The values of one event, from its data or from its message. */
export interface EventValues {
  readonly insertions: readonly (string | undefined)[];
  readonly names?: readonly (string | undefined)[] | undefined;
  readonly computer?: string | undefined;
  /** Only `names` place the values; their order is the export's. */
  readonly isUnordered?: boolean | undefined;
  /** The numbers of the insertions whose text an encoding destroyed. */
  readonly damaged?: readonly number[] | undefined;
}

/** The text at a place, as the evidence spells it; undefined when the event has none there. */
export function valueAt(place: Place, values: EventValues): string | undefined {
  const whole = place.isComputer ? values.computer : values.insertions[positionOf(place, values) - 1];
  return whole === undefined ? undefined : textAt(place, whole);
}

/** The n of the `%n` that a place stands for in this event; 0 when it has none. */
export function positionOf(place: Place, values: EventValues): number {
  if (place.data === undefined || values.names === undefined)
    return values.isUnordered === true ? 0 : (place.position ?? 0);
  const exact = values.names.indexOf(place.data);
  if (exact >= 0) return exact + 1;
  // Manifests of one provider spell a name in several ways (Targetname, TargetName).
  const folded = place.data.toLowerCase();
  const found = values.names.findIndex(name => name?.toLowerCase() === folded);
  if (found < 0 && place.position !== undefined && values.isUnordered !== true && values.names.every(isNumbered)) {
    return place.position;
  }
  return found + 1;
}

/** Some tools name what has no name: param1, param2 and so on. */
function isNumbered(name: string | undefined): boolean {
  return name === undefined || /^(?:param|data)\d+$/i.test(name);
}

/** Whether the values look as the shape says. */
export function fitsShape(shape: Shape, values: EventValues): boolean {
  if (values.isUnordered === true) return false;
  const count = values.insertions.length;
  if (shape.count && (count < shape.count[0] || count > shape.count[1])) return false;
  for (const { position, looksLike } of shape.values) {
    const value = values.insertions[position - 1];
    if (value === undefined || !looksAs(looksLike, value)) return false;
  }
  return true;
}

/** Whether a condition holds; one about an absent value does not. */
export function holds(condition: Condition, values: EventValues): boolean {
  return holdsOf(condition, valueAt(condition.place, values));
}

/** Whether a condition holds of the text at its place. */
export function holdsOf(condition: Condition, value: string | undefined): boolean {
  if (value === undefined || value.trim() === '') return false;
  if (condition.is && !condition.is.some(wanted => isSameValue(wanted, value))) return false;
  return !condition.isNot?.some(unwanted => isSameValue(unwanted, value));
}

export function looksAs(predicate: Predicate, value: string): boolean {
  return PREDICATE_TESTS[predicate](value);
}

const PREDICATE_TESTS: Readonly<Record<Predicate, (value: string) => boolean>> = {
  any: () => true,
  filled: value => value.trim() !== '',
  host: remember(isHost),
  host_or_url: remember(value => isHost(value) || isUrl(value)),
  url: remember(isUrl),
  ip: remember(isIpLiteral),
  number: value => /^\s*-?\d+\s*$/.test(value),
  hex: value => /^\s*0x[\da-f]+\s*$/i.test(value),
};

/** What a place means of the whole text that stands there. */
export function textAt(place: Place, whole: string): string | undefined {
  let text = whole;
  if (place.between) {
    const from = text.indexOf(place.between[0]);
    const to = from < 0 ? -1 : text.indexOf(place.between[1], from + place.between[0].length);
    if (to < 0) return undefined;
    text = text.slice(from + place.between[0].length, to);
  }
  if (place.after !== undefined) {
    const from = text.indexOf(place.after);
    if (from < 0) return undefined;
    text = text.slice(from + place.after.length);
  }
  if (place.before !== undefined) {
    const to = text.indexOf(place.before);
    if (to >= 0) text = text.slice(0, to);
  }
  switch (place.part) {
    case undefined:
      return text;
    case 'url_host':
      return urlHost(text);
    case 'unc_host':
      return /^\s*\\/.test(text) && namesHost(text)
        ? text
            .trim()
            .split('\\')
            .find(label => label !== '')
        : undefined;
    case 'spn_host':
      return spnHost(text);
    case 'machine_account':
      return /\$(?:@|\s*$)/.test(text) && namesHost(text) ? text.slice(text.lastIndexOf('\\') + 1) : undefined;
  }
}

function urlHost(text: string): string | undefined {
  const url = /https?:\/\/([^\s/\\?#"'<>,;)]+)/i.exec(text);
  if (!url || !isUrl(url[0])) return undefined;
  const authority = url[1]!.slice(url[1]!.lastIndexOf('@') + 1);
  return authority.replace(/:\d{1,5}$/, '');
}

function spnHost(text: string): string | undefined {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('/');
  if (slash < 1 || trimmed.slice(0, slash).toLowerCase() === 'krbtgt') return undefined;
  const [instance] = trimmed.slice(slash + 1).split(/[/@]/, 1);
  if (instance === undefined || !isHost(instance) || GUID.test(instance)) return undefined;
  return instance.replace(/:\d{1,5}$/, '');
}

/** Replication between domain controllers names its partner by GUID: no name of a machine. */
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function isSameValue(one: string, other: string): boolean {
  const a = one.trim().toLowerCase();
  const b = other.trim().toLowerCase();
  return a === b || (isInteger(a) && isInteger(b) && BigInt(a) === BigInt(b));
}

function isInteger(text: string): boolean {
  return text.length < 40 && /^(?:0x[\da-f]+|\d+)$/.test(text);
}
