/** The 128-bit hash of an identity, as four numbers below 2^32; never all zero (that stands for no identity). */
export type IdentityHash = Uint32Array;

/**
 * Hashes what makes two copies one event: computer (case-folded), channel, record ID, and the time floored to the
 * second, since tools differ in the fraction's digits. MurmurHash3 x86-128's mixing over UTF-16 code units; two of a
 * billion events fall together with a chance of one in 10^20.
 */
export class IdentityHasher {
  readonly #state = new Uint32Array(4);
  #computer = '';
  #channel = '';
  readonly #prefix = new Uint32Array(4);

  /** The result is overwritten by the next call. */
  hash(computer: string, channel: string, recordId: string, epochMs: number): IdentityHash {
    if (computer !== this.#computer || channel !== this.#channel || this.#prefix[0] === 0) {
      this.#computer = computer;
      this.#channel = channel;
      this.#state.set([0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93]);
      this.#mixText(computer.toLowerCase());
      this.#mixText(channel);
      this.#prefix.set(this.#state);
    } else {
      this.#state.set(this.#prefix);
    }
    const seconds = Math.floor(epochMs / 1000);
    this.#mixText(recordId);
    this.#mix(seconds >>> 0);
    this.#mix(Math.floor(seconds / 0x1_0000_0000) >>> 0);
    this.#finish();
    return this.#state;
  }

  /** The length ends a text, so that `ab`+`c` and `a`+`bc` differ. */
  #mixText(text: string): void {
    for (let at = 0; at < text.length; at += 2) {
      this.#mix(text.charCodeAt(at) | ((at + 1 < text.length ? text.charCodeAt(at + 1) : 0) << 16));
    }
    this.#mix(text.length ^ 0x8000_0000);
  }

  #mix(word: number): void {
    const s = this.#state;
    s[0] =
      Math.imul(rotate(s[0]! ^ Math.imul(rotate(Math.imul(word, 0x239b961b), 15), 0xab0e9789), 19) + s[1]!, 5) +
      0x561ccd1b;
    s[1] =
      Math.imul(rotate(s[1]! ^ Math.imul(rotate(Math.imul(word, 0xab0e9789), 16), 0x38b34ae5), 17) + s[2]!, 5) +
      0x0bcaa747;
    s[2] =
      Math.imul(rotate(s[2]! ^ Math.imul(rotate(Math.imul(word, 0x38b34ae5), 17), 0xa1e38b93), 15) + s[3]!, 5) +
      0x96cd1c35;
    s[3] =
      Math.imul(rotate(s[3]! ^ Math.imul(rotate(Math.imul(word, 0xa1e38b93), 18), 0x239b961b), 13) + s[0]!, 5) +
      0x32ac3b17;
  }

  #finish(): void {
    const s = this.#state;
    for (let turn = 0; turn < 2; turn++) {
      s[0] = s[0]! + s[1]! + s[2]! + s[3]!;
      for (let at = 0; at < 4; at++) {
        s[at] = finalMix(s[at]!);
        s[(at + 1) & 3] = s[(at + 1) & 3]! + s[at]!;
      }
    }
    if (s[0] === 0) s[0] = 1;
  }
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
