import type { EventRecord, Failure } from '../model/index.js';
import type { CompiledRule } from './compile-definitions.js';

/** What of a failure follows from the values alone; the same object for the same values. */
export type ValuePart = Pick<
  Failure,
  'kind' | 'source' | 'destination' | 'placeholders' | 'attributes' | 'recognizedBy' | 'extractedFrom' | 'certainty'
> & { readonly damaged?: readonly string[] };

/** Distinct combinations of values kept; a ledger of a million pairs must not stand here a second time. */
const MOST = 20_000;

/**
 * Remembers what a definition made of the values of an event's data. Servers repeat the same failure; looking a
 * combination up costs a tenth of recognising it, placing its values and checking its hosts anew. Only definitions that
 * place every value by its number have one, since then nothing but those values, their count, the event ID and the
 * computer decides.
 */
export class ValueMemo {
  readonly #positions: readonly number[];
  #known = new Map<unknown, unknown>();
  #size = 0;

  /** Undefined when a rule places values by the names of an event's data. */
  static of(rules: readonly CompiledRule[]): ValueMemo | undefined {
    const places = rules.flatMap(rule => rule.used);
    if (places.some(place => place.data !== undefined)) return undefined;
    const positions = [
      ...places.flatMap(place => place.position ?? []),
      ...rules.flatMap(rule => rule.positions ?? []),
    ];
    return new ValueMemo([...new Set(positions)]);
  }

  constructor(positions: readonly number[]) {
    this.#positions = positions;
  }

  /** What is known of an event that holds data. */
  get({ eventId, computer, insertions = [] }: EventRecord): ValuePart | undefined {
    if (insertions.length > 255) return undefined;
    let at = (this.#known.get(eventId * 256 + insertions.length) as Level | undefined)?.get(computer);
    for (let index = 0; at !== undefined && index < this.#positions.length; index++) {
      at = (at as Level).get(insertions[this.#positions[index]! - 1]);
    }
    return at as ValuePart | undefined; // the last level holds what `set` put there
  }

  set({ eventId, computer, insertions = [] }: EventRecord, part: ValuePart): void {
    if (insertions.length > 255) return;
    if (this.#size >= MOST) {
      this.#known = new Map();
      this.#size = 0;
    }
    const keys = [
      eventId * 256 + insertions.length,
      computer,
      ...this.#positions.map(position => insertions[position - 1]),
    ];
    let level: Level = this.#known;
    for (const key of keys.slice(0, -1)) {
      const next = (level.get(key) as Level | undefined) ?? new Map<unknown, unknown>();
      level.set(key, next);
      level = next;
    }
    level.set(keys.at(-1), part);
    this.#size += 1;
  }
}

type Level = Map<unknown, unknown>;
