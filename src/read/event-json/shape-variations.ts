import {
  CHANNEL_PLACE,
  COMPUTER_PLACE,
  type EventRecord,
  type Variation,
  type VariationsOf,
} from '../../model/index.js';
import { KnownVariations, MOST_VARIATIONS } from '../known-variations.js';
import { NONE, type Shape } from './shape-layout.js';
import type { ShapeTexts } from './shape-texts.js';

/**
 * Events that have a shape and differ from an earlier one in texts: whoever knows what they make takes them by the numbers
 * of the texts that decide it, and no object is made of them, nor a string of the other texts.
 */
export class ShapeVariations {
  readonly #texts: ShapeTexts;
  readonly #variationsOf: VariationsOf;
  readonly #shapes = new WeakMap<Shape, VariedShape>();
  readonly #numbers = new Uint16Array(MOST_PLACES);
  readonly #isKnown = new Uint8Array(1);
  #many = 0;

  constructor(texts: ShapeTexts, variationsOf: VariationsOf) {
    this.#texts = texts;
    this.#variationsOf = variationsOf;
  }

  /** Who takes the event that was compared last, which has this shape. It is then to be given to them. */
  takerOf(shape: Shape): Variation | undefined {
    const varied = this.#shapes.get(shape);
    if (varied === undefined || varied.misses < PATIENCE || varied.known.isLeftAlone) return undefined;
    // Where an event repeats another as it is, that is seen without its texts: some are looked at for that.
    varied.turn = (varied.turn + 1) % TURNS;
    if (varied.turn === 0) return undefined;
    if (varied.left !== undefined) this.#ask(shape, varied, varied.left);
    const { all } = varied.known;
    for (let at = 0; at < all.length; at++) {
      if (!this.#putNumbers(varied.places[at]!)) break;
      all[at]!.expect(this.#numbers, START, 1, this.#isKnown);
      if (this.#isKnown[0] === 0) continue;
      varied.known.take();
      return all[at];
    }
    if (all.length > 0) varied.known.leave();
    return undefined;
  }

  /** Told of an event of a shape that was read in full: whether it repeated another. */
  passed(shape: Shape, event: EventRecord, isRepeat: boolean): void {
    let varied = this.#shapes.get(shape);
    if (varied === undefined) {
      if (!mayVary(shape)) return;
      varied = { known: new KnownVariations(), places: [], misses: 0, turn: 0, left: undefined };
      this.#shapes.set(shape, varied);
    }
    varied.misses = isRepeat ? 0 : varied.misses + 1;
    if (!isRepeat && varied.turn !== 0 && varied.known.isOpen && this.#many < MOST_VARIATIONS) varied.left = event;
  }

  #ask(shape: Shape, varied: VariedShape, event: EventRecord): void {
    varied.left = undefined;
    const variation = this.#variationsOf(event, this.#texts.numbered);
    const places = variation?.places.map(place => placeIn(shape, place)) ?? [];
    // A computer that somebody else told stands in no text.
    const isTold = places.every(place => place >= NONE) && !(shape.computer === NONE && event.computer !== undefined);
    const isTaken = isTold && places.length <= MOST_PLACES;
    varied.known.add(isTaken ? variation : undefined);
    if (variation === undefined || !isTaken) return;
    varied.places.push(places);
    this.#many += 1;
  }

  #putNumbers(places: readonly number[]): boolean {
    for (let at = 0; at < places.length; at++) {
      const number = this.#texts.numberOf(places[at]!);
      if (number < 0) return false;
      this.#numbers[at] = number;
    }
    return true;
  }
}

/** Whether all that an event of this shape says is in its texts as they stand. */
function mayVary({ values, names, payload, isLevelSure, areValues }: Shape): boolean {
  const hasNames = names?.some(name => typeof name === 'number') === true;
  return values !== undefined && !hasNames && payload === NONE && isLevelSure && areValues === undefined;
}

/** Where in a shape a text stands that is wanted: a place as `Shape` has it; below `NONE` where it is no text of its own. */
function placeIn(shape: Shape, place: number): number {
  if (place === CHANNEL_PLACE) return shape.channel;
  if (place === COMPUTER_PLACE) return shape.computer;
  return shape.values![place - 2] ?? NOWHERE;
}

interface VariedShape {
  readonly known: KnownVariations;
  /** By variation: where the texts stand that it wants. */
  readonly places: (readonly number[])[];
  /** How many events came that repeated none. */
  misses: number;
  turn: number;
  /** One that nobody took: it is asked who takes variations of it when the next comes, since by then it is whole. */
  left: EventRecord | undefined;
}

const MOST_PLACES = 32;
const START = Uint32Array.of(0);
const NOWHERE = Number.NEGATIVE_INFINITY;
/** Of so many events none repeated another. */
const PATIENCE = 16;
/** One of so many is then looked at as a repeat. */
const TURNS = 16;
