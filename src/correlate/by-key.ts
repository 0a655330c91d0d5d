/**
 * Items in the order of their keys, which are whole numbers from 1; those of one key stay in the order in which they came.
 * One pass counts the keys and one puts things in their places, each through memory in as many streams as there are keys.
 */
export class ByKey {
  readonly #items: Uint32Array;
  /** Parallel to the items: where each goes. */
  readonly #places: Uint32Array;
  /** By key: where its items end. */
  readonly #ends: Uint32Array;
  #inOrder: Uint32Array | undefined;

  /** @param keyOf by item; @param most the greatest key. */
  constructor(items: Uint32Array, keyOf: Uint32Array, most: number) {
    const next = new Uint32Array(most + 2);
    for (let at = 0; at < items.length; at++) next[keyOf[items[at]!]! + 1]! += 1;
    for (let key = 0; key < most; key++) next[key + 1]! += next[key]!;
    const places = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) places[at] = next[keyOf[items[at]!]!]!++;
    this.#items = items;
    this.#places = places;
    this.#ends = next;
  }

  /** All of them, in the order. */
  get items(): Uint32Array {
    if (this.#inOrder === undefined) {
      this.#inOrder = new Uint32Array(this.#items.length);
      for (let at = 0; at < this.#items.length; at++) this.#inOrder[this.#places[at]!] = this.#items[at]!;
    }
    return this.#inOrder;
  }

  /** The items with a key. */
  at(key: number): Uint32Array {
    return this.items.subarray(this.#ends[key - 1], this.#ends[key]);
  }

  /** What is given by item, in the order. */
  sorted(values: Uint32Array): Uint32Array {
    const items = this.#items;
    const places = this.#places;
    const sorted = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) sorted[places[at]!] = values[items[at]!]!;
    return sorted;
  }

  /** By item, what is given in the order. @param size past the greatest item. */
  unsorted(sorted: Uint32Array, size: number): Uint32Array {
    const items = this.#items;
    const places = this.#places;
    const values = new Uint32Array(size);
    for (let at = 0; at < items.length; at++) values[items[at]!] = sorted[places[at]!]!;
    return values;
  }
}
