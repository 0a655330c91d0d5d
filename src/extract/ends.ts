import { firstLabel, isLocalHost, isSameHost, namesHost, normaliseHost } from '../model/index.js';
import type { CompiledRule } from './compile-definitions.js';
import type { Place } from './definition.js';
import { type EventValues, fitsShape, holds, positionOf, valueAt } from './place.js';
import { remember } from './remember.js';

/** Source and destination as the evidence spells them. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
}

/**
 * Why a recognised event yields no pair:
 * - `when`: outside the rule's conditions
 * - `shape`: the values do not look as the rule says
 * - `disagree`: values that must name one host name several
 * - `computer-absent`: the event's computer is an end, and the event names none
 * - `local`: an end means the machine itself
 * - `source-no-host`, `destination-no-host`: there is a value, and it names no host
 * - `source-absent`, `destination-absent`: there is no value, or one that stands for none (`-`)
 */
export type NoPairReason =
  | 'when'
  | 'shape'
  | 'disagree'
  | 'computer-absent'
  | 'local'
  | `${'source' | 'destination'}-${'no-host' | 'absent'}`;

/** The ends of the pair that a rule finds in an event's values. A value that names no host never becomes an end. */
export function findEnds(rule: CompiledRule, values: EventValues): Ends | { readonly reason: NoPairReason } {
  if (!rule.when.every(condition => holds(condition, values))) return { reason: 'when' };
  if (rule.shape && !rule.recognizeBy.includes('shape') && !fitsShape(rule.shape, values)) return { reason: 'shape' };
  if (!rule.agree.every(group => agrees(group, values))) return { reason: 'disagree' };
  const source = findEnd('source', rule, values);
  if (typeof source !== 'string') return source;
  const destination = findEnd('destination', rule, values);
  if (typeof destination !== 'string') return destination;
  return { source, destination };
}

function findEnd(
  end: 'source' | 'destination',
  rule: CompiledRule,
  values: EventValues,
): string | { reason: NoPairReason } {
  let reason: NoPairReason = `${end}-absent`;
  for (const place of rule[end]) {
    const text = valueAt(place, values)?.trim();
    const meaning = meaningAt(place, text, rule, values);
    if (meaning === 'host') return text!;
    if (meaning === 'absent') {
      if (place.isComputer) return { reason: 'computer-absent' };
    } else if (meaning === 'local') reason = 'local';
    else if (reason !== 'local') reason = `${end}-no-host`;
  }
  return { reason };
}

/** The place that the end of a pair was found at. */
export function placeOfEnd(end: 'source' | 'destination', rule: CompiledRule, values: EventValues): Place {
  return rule[end].find(place => meaningAt(place, valueAt(place, values)?.trim(), rule, values) === 'host')!;
}

type Meaning = 'absent' | 'local' | 'host' | 'other';

/** What the text at a place means for an end of the pair. */
export function meaningAt(place: Place, text: string | undefined, rule: CompiledRule, values: EventValues): Meaning {
  if (text === undefined) return 'absent';
  if (place.isComputer) return text === '' ? 'absent' : 'host';
  const meaning = meaningOf(readable(text, place, values));
  if (meaning === 'absent' || meaning === 'local') return meaning;
  return isLocal(text, rule, values) ? 'local' : meaning;
}

/** What Windows and Exchange write where they have no value. */
const ABSENT = new Set(['', '-', '--', 'n/a', 'null', '(null)', '<null>', 'none']);

const meaningOf = remember((text: string): Meaning => {
  if (ABSENT.has(text.toLowerCase())) return 'absent';
  if (isLocalHost(text)) return 'local';
  return namesHost(text) ? 'host' : 'other';
});

const normalHost = remember(normaliseHost);

/** Texts that are taken for one machine have one label. */
export function labelOf(text: string): string {
  return firstLabel(normalHost(text));
}

/** Whether the rule takes a text for the machine itself. */
function isLocal(text: string, rule: CompiledRule, { computer }: EventValues): boolean {
  if (rule.local.length > 0) {
    const host = normalHost(text);
    if (rule.local.some(local => normalHost(local) === host)) return true;
  }
  return rule.isSelfLocal && computer !== undefined && isSameHost(normalHost(text), normalHost(computer));
}

/** The value with what an encoding destroyed taken as letters: a damaged name still is a name, and is reported damaged. */
function readable(text: string, place: Place, values: EventValues): string {
  return values.damaged?.includes(positionOf(place, values)) ? text.replace(/[?\ufffd]/g, 'x') : text;
}

function agrees(group: readonly number[], values: EventValues): boolean {
  const hosts = group.map(position => values.insertions[position - 1]);
  return hosts.every(host => host !== undefined && normalHost(host) === normalHost(hosts[0]!));
}
