import { type EventRecord, type Failure, type Mutable, Payoff } from '../model/index.js';
import type { CompiledRule } from './compile-definitions.js';

/** What of a failure follows from the values alone; the same object for the same values. */
export type ValuePart = Pick<
  Failure,
  'kind' | 'source' | 'destination' | 'placeholders' | 'attributes' | 'recognizedBy' | 'extractedFrom' | 'certainty'
> & { readonly damaged?: readonly string[] };

/** Distinct combinations of values kept; a ledger of a million pairs must not stand here a second time. */
const MOST = 20_000;
/** Twice as many as a reader shares. */
const MOST_ARRAYS = 4096;

/**
 * Remembers what a definition made of the values of an event's data: servers repeat the same failure. A reader that sees
 * the same texts again gives the same array again, and that is known at once. Other copies are looked up value by value,
 * where the definition places every value by its number: then nothing but those values, their count, the event ID and
 * the computer decides. Either costs a tenth of recognising an event, placing its values and checking its hosts anew.
 */
export class ValueMemo {
  /** By the array that holds the values. All are forgotten when there are too many: a weak map costs its collector more. */
  readonly #byArray = new Map<readonly string[], Known>();
  readonly #byValues: ByValues | undefined;
  readonly #arrays = new Payoff();
  readonly #values = new Payoff();
  #triesArray = true;
  #triesValues = true;

  constructor(rules: readonly CompiledRule[]) {
    this.#byValues = ByValues.of(rules);
  }

  /** The failure of an event that holds the array of an earlier one, and differs from it in time, record and place alone. */
  again(event: EventRecord): Failure | undefined {
    this.#triesArray = this.#arrays.isWorthATry();
    if (!this.#triesArray) return undefined;
    const known = this.#byArray.get(event.insertions!);
    const isKnown = known !== undefined && differsInTimeAlone(known.event, event);
    this.#arrays.count(isKnown);
    if (!isKnown) return undefined;
    const failure: Mutable<Failure> = { ...known.failure };
    failure.position = event.position;
    if (event.time !== undefined) failure.time = event.time;
    if (event.recordId !== undefined) failure.recordId = event.recordId;
    return failure;
  }

  /** What follows from the values alone. Asked of an event that `again` did not know. */
  partOf(event: EventRecord): ValuePart | undefined {
    this.#triesValues = this.#byValues !== undefined && this.#values.isWorthATry();
    if (!this.#triesValues) return undefined;
    const part = this.#byValues?.get(event);
    this.#values.count(part !== undefined);
    return part;
  }

  /** The event, which neither knew whole, has made this failure. */
  keep(event: EventRecord, failure: Failure, isPartKnown: boolean): void {
    if (this.#triesArray) {
      if (this.#byArray.size >= MOST_ARRAYS) this.#byArray.clear();
      this.#byArray.set(event.insertions!, { event, failure });
    }
    if (this.#triesValues && !isPartKnown) this.#byValues?.set(event, failure);
  }
}

interface Known {
  readonly event: EventRecord;
  readonly failure: Failure;
}

function differsInTimeAlone(a: EventRecord, b: EventRecord): boolean {
  return (
    a.names === b.names &&
    a.eventId === b.eventId &&
    a.computer === b.computer &&
    a.channel === b.channel &&
    a.provider === b.provider &&
    (a.time === undefined) === (b.time === undefined) &&
    (a.recordId === undefined) === (b.recordId === undefined)
  );
}

class ByValues {
  readonly #positions: readonly number[];
  #known = new Map<unknown, unknown>();
  #size = 0;

  /** Undefined when a rule places values by the names of an event's data. */
  static of(rules: readonly CompiledRule[]): ByValues | undefined {
    const places = rules.flatMap(rule => rule.used);
    if (places.some(place => place.data !== undefined)) return undefined;
    const positions = [
      ...places.flatMap(place => place.position ?? []),
      ...rules.flatMap(rule => rule.positions ?? []),
    ];
    return new ByValues([...new Set(positions)]);
  }

  private constructor(positions: readonly number[]) {
    this.#positions = positions;
  }

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
