/**
 * Interns tuples of whole numbers below 2^32: equal tuples get one id, counted from 0. Everything lies in typed arrays,
 * so that a million distinct tuples cost their numbers and little else.
 */
export class TuplePool {
  #numbers = new Uint32Array(1 << 12);
  #starts = new Uint32Array(1 << 8);
  #slots = new Uint32Array(1 << 9);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The id of the tuple; a new one if it was not seen before. */
  intern(tuple: readonly number[]): number {
    const slot = this.#slotOf(tuple);
    const found = this.#slots[slot]!;
    return found === 0 ? this.#append(tuple, slot) : found - 1;
  }

  /** The id of the tuple, or -1. */
  find(tuple: readonly number[]): number {
    return this.#slots[this.#slotOf(tuple)]! - 1;
  }

  /** The number at place `at` of tuple `id`. */
  at(id: number, at: number): number {
    return this.#numbers[this.#starts[id]! + at]!;
  }

  lengthOf(id: number): number {
    return this.#starts[id + 1]! - this.#starts[id]!;
  }

  #slotOf(tuple: readonly number[]): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(tuple) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]!;
      if (found === 0 || this.#equals(found - 1, tuple)) return slot;
    }
  }

  #equals(id: number, tuple: readonly number[]): boolean {
    const start = this.#starts[id]!;
    if (this.#starts[id + 1]! - start !== tuple.length) return false;
    for (let at = 0; at < tuple.length; at++) if (this.#numbers[start + at] !== tuple[at]) return false;
    return true;
  }

  #append(tuple: readonly number[], slot: number): number {
    const id = this.#count;
    const start = this.#starts[id]!;
    if (start + tuple.length > this.#numbers.length) this.#numbers = grown(this.#numbers, start + tuple.length);
    if (id + 2 > this.#starts.length) this.#starts = grown(this.#starts, id + 2);
    this.#numbers.set(tuple, start);
    this.#starts[id + 1] = start + tuple.length;
    this.#slots[slot] = id + 1;
    this.#count += 1;
    if (this.#count * 10 > this.#slots.length * 7) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = hashOf(this.#numbers.subarray(this.#starts[id]!, this.#starts[id + 1]!)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(tuple: ArrayLike<number>): number {
  let hash = 0x9747b28c;
  for (let at = 0; at < tuple.length; at++) {
    hash = Math.imul(hash ^ tuple[at]!, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function grown(array: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, Math.ceil(array.length * 1.5)));
  larger.set(array);
  return larger;
}
