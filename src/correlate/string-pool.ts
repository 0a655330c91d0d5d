/** A Map ends at 2^24 entries with an error; the pool goes on in a further one before. */
const MAX_MAP_SIZE = 1 << 23;
const SCRATCH_BYTES = 4096;

/** Interns strings: equal strings get one id, counted from 0. The empty string is 0. */
export class StringPool {
  readonly #ids: Map<string, number>[] = [new Map([['', 0]])];
  readonly #strings: string[] = [''];
  readonly #maxMapSize: number;

  constructor(maxMapSize = MAX_MAP_SIZE) {
    this.#maxMapSize = maxMapSize;
  }

  get size(): number {
    return this.#strings.length;
  }

  /** @param isWhole the text is no slice of a longer one. */
  intern(text: string, isWhole = false): number {
    for (let map = 0; map < this.#ids.length; map++) {
      const known = this.#ids[map]!.get(text);
      if (known !== undefined) return known;
    }
    const own = isWhole ? text : detached(text);
    const id = this.#strings.length;
    let ids = this.#ids.at(-1)!;
    if (ids.size >= this.#maxMapSize) {
      ids = new Map();
      this.#ids.push(ids);
    }
    ids.set(own, id);
    this.#strings.push(own);
    return id;
  }

  text(id: number): string {
    return this.#strings[id]!;
  }
}

const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/** A copy in memory of its own: V8 keeps a slice's whole parent alive (a value cut out of a message, the message). */
function detached(text: string): string {
  // V8 copies slices below 13 characters; the longest are rare enough to leave to the general way.
  if (text.length < 13) return text;
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits |= text.charCodeAt(at);
  const encoding = bits < 256 ? 'latin1' : 'utf16le';
  if (text.length * 2 > SCRATCH_BYTES) return Buffer.from(text, encoding).toString(encoding);
  return scratch.toString(encoding, 0, scratch.write(text, encoding));
}
