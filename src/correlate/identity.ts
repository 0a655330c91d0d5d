/** The 128-bit hash of an identity, as four numbers below 2^32; the first is never 0 (that stands for no identity). */
export type IdentityHash = Uint32Array;

/**
 * Hashes what makes two copies one event: computer (case-folded), channel, record ID, and the time floored to the
 * second, since tools differ in the fraction's digits. The mixing is that of MurmurHash3 x86-128, a word at a time; two
 * of a billion events fall together with a chance of one in 10^20. It is no protection against forgery: whoever writes
 * an export can copy an identity anyway.
 */
export class IdentityHasher {
  readonly #state = new Uint32Array(4);
  readonly #prefix = new Uint32Array(4);
  #computer: string | undefined;
  #channel = '';

  /** The result is overwritten by the next call. */
  hash(computer: string, channel: string, recordId: string, epochMs: number): IdentityHash {
    const state = this.#state;
    if (computer !== this.#computer || channel !== this.#channel) {
      this.#computer = computer;
      this.#channel = channel;
      state.set(SEED);
      mixText(state, computer.toLowerCase());
      mixText(state, channel);
      this.#prefix.set(state);
    } else {
      state.set(this.#prefix);
    }
    const seconds = Math.floor(epochMs / 1000);
    mixText(state, recordId);
    mix(state, seconds | 0, Math.floor(seconds / 0x1_0000_0000));
    finish(state);
    return state;
  }
}

const SEED = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];

/** Four code units a step; the length ends a text, so that `ab`+`c` and `a`+`bc` differ. */
function mixText(state: Uint32Array, text: string): void {
  const { length } = text;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    mix(
      state,
      text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16),
      text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16),
    );
  }
  let low = 0;
  let high = 0;
  if (at < length) low = text.charCodeAt(at);
  if (at + 1 < length) low |= text.charCodeAt(at + 1) << 16;
  if (at + 2 < length) high = text.charCodeAt(at + 2);
  mix(state, low, high);
  mix(state, length, 0x8000_0000);
}

/** For given words a bijection of the state; of one state, different words make different states. */
function mix(state: Uint32Array, low: number, high: number): void {
  let a = state[0]! ^ Math.imul(rotate(Math.imul(low, 0x239b961b), 15), 0xab0e9789);
  a = (Math.imul(rotate(a, 19) + state[1]!, 5) + 0x561ccd1b) | 0;
  let b = state[1]! ^ Math.imul(rotate(Math.imul(high, 0xab0e9789), 16), 0x38b34ae5);
  b = (Math.imul(rotate(b, 17) + state[2]!, 5) + 0x0bcaa747) | 0;
  let c = state[2]! ^ Math.imul(rotate(Math.imul(low ^ rotate(high, 9), 0x38b34ae5), 17), 0xa1e38b93);
  c = (Math.imul(rotate(c, 15) + state[3]!, 5) + 0x96cd1c35) | 0;
  let d = state[3]! ^ Math.imul(rotate(Math.imul(high + Math.imul(low, 0x9e3779b1), 0xa1e38b93), 18), 0x239b961b);
  d = (Math.imul(rotate(d, 13) + a, 5) + 0x32ac3b17) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function finish(state: Uint32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number]; // four words by construction
  a = (a + b + c + d) | 0;
  b = (b + a) | 0;
  c = (c + a) | 0;
  d = (d + a) | 0;
  a = finalMix(a);
  b = finalMix(b);
  c = finalMix(c);
  d = finalMix(d);
  a = (a + b + c + d) | 0;
  state[0] = a === 0 ? 1 : a;
  state[1] = b + a;
  state[2] = c + a;
  state[3] = d + a;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function finalMix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
