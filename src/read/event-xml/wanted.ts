import { MAX_WANTED_NAME } from '../../bytes/wanted-table.js';
import type { Selection } from '../../model/index.js';
import { APOSTROPHE, endsName, GREATER, isSpace, LESS, QUOTE, SLASH, standsAt, type Units } from './units.js';

/** A selection in the form that every event is asked: by provider, the wanted event IDs, or `undefined` for any. */
export class Wanted {
  readonly byProvider = new Map<string, ReadonlySet<number> | undefined>();
  readonly #byLength = new Map<number, readonly [string, ReadonlySet<number> | undefined][]>();

  constructor(selection: Selection) {
    for (const { names, eventIds } of selection.providers) {
      for (const name of names) {
        const known = this.byProvider.get(name);
        const isAny = eventIds === undefined || (known === undefined && this.byProvider.has(name));
        this.byProvider.set(name, isAny ? undefined : new Set([...(known ?? []), ...eventIds]));
      }
    }
    for (const entry of this.byProvider) {
      this.#byLength.set(entry[0].length, [...(this.#byLength.get(entry[0].length) ?? []), entry]);
    }
  }

  /** The same answer as `isSelected`. */
  has(provider: string, eventId: number): boolean {
    if (!this.byProvider.has(provider)) return false;
    return this.byProvider.get(provider)?.has(eventId) ?? true;
  }

  /**
   * False when nobody can want the event in `units[from, to)`: it begins with `<System><Provider Name='X'…`, then
   * `<EventID…>N<`, as nearly every export writes it, and (X, N) is not selected. Any other shape may be wanted, so the
   * answer is never wrong: where the event is well-formed, those are its provider and its event ID.
   */
  mayHold(units: Units, from: number, to: number): boolean {
    let at = pastTag(units, from + EVENT.length, to);
    if (at > to) return true;
    at = pastSpace(units, at, to);
    if (!stands(units, at, to, SYSTEM)) return true;
    at = pastSpace(units, at + SYSTEM.length, to);
    if (!stands(units, at, to - 1, PROVIDER) || !isSpace(units[at + PROVIDER.length])) return true;
    at = pastSpace(units, at + PROVIDER.length, to);
    if (!stands(units, at, to - 1, NAME)) return true;
    const quote = units[at + NAME.length]!;
    if (quote !== APOSTROPHE && quote !== QUOTE) return true;
    const nameFrom = at + NAME.length + 1;
    const nameTo = endOfPlainName(units, nameFrom, Math.min(to, nameFrom + MAX_WANTED_NAME + 1), quote);
    if (nameTo < 0) return true;
    const entry = this.#entry(units, nameFrom, nameTo);
    if (entry === undefined) return false;
    const eventIds = entry[1];
    if (eventIds === undefined) return true;
    at = pastTag(units, nameTo + 1, to);
    if (at > to) return true;
    const isEmpty = units[at - 2] === SLASH;
    at = pastSpace(units, at, to);
    if (!isEmpty) {
      if (!stands(units, at, to, PROVIDER_END)) return true;
      at = pastSpace(units, at + PROVIDER_END.length, to);
    }
    if (!stands(units, at, to - 1, EVENT_ID) || !endsName(units[at + EVENT_ID.length])) return true;
    at = pastTag(units, at + EVENT_ID.length, to);
    if (at > to || units[at - 2] === SLASH) return true;
    let eventId = 0;
    const digitsFrom = at;
    while (at < to && at - digitsFrom < 5 && units[at]! >= 48 && units[at]! <= 57) {
      eventId = eventId * 10 + units[at]! - 48;
      at += 1;
    }
    if (at === digitsFrom || !stands(units, at, to, '</') || eventId > 0xffff) return true;
    return eventIds.has(eventId);
  }

  #entry(units: Units, from: number, to: number): readonly [string, ReadonlySet<number> | undefined] | undefined {
    for (const entry of this.#byLength.get(to - from) ?? []) if (standsAt(units, from, entry[0])) return entry;
    return undefined;
  }
}

const EVENT = '<Event';
const SYSTEM = '<System>';
const PROVIDER = '<Provider';
const PROVIDER_END = '</Provider>';
const NAME = 'Name=';
const EVENT_ID = '<EventID';

function pastSpace(units: Units, at: number, to: number): number {
  let i = at;
  while (i < to && isSpace(units[i])) i += 1;
  return i;
}

/**
 * Past the first `>`, or beyond `to`. One inside a quoted value leaves a shape that does not go on as expected, or the
 * event is malformed.
 */
function pastTag(units: Units, at: number, to: number): number {
  let i = at;
  while (i < to && units[i] !== GREATER) i += 1;
  return i + 1;
}

function stands(units: Units, at: number, to: number, text: string): boolean {
  return at + text.length <= to && standsAt(units, at, text);
}

/** Where the quote stands that ends a name of printable ASCII without markup; -1 when the name is not so plain. */
function endOfPlainName(units: Units, from: number, to: number, quote: number): number {
  for (let i = from; i < to; i++) {
    const unit = units[i]!;
    if (unit === quote) return i;
    if (unit < 32 || unit > 126 || unit === 38 || unit === LESS) return -1;
  }
  return -1;
}
