import { createHash } from 'node:crypto';
import { type PairGone, type PairSummary, writePair } from '../../src/index.js';

/** What `--follow` gave last of a pair. */
export interface Revision {
  /** Definition, source, destination. */
  readonly pair: readonly [definition: string, source: string, destination: string];
  readonly revision: number;
  /** Of the line that was given, without its revision; absent when nothing says that it was given. */
  readonly sha256?: string | undefined;
  /** The pair was told gone. */
  readonly is_gone?: true;
}

/**
 * Counts the revisions of each pair. A number is never given twice for one pair, even if evpair is killed: it is saved
 * as given before it is, and its line's hash after.
 */
export class Revisions {
  readonly #known = new Map<string, { revision: number; sha256: string | undefined; isShown: boolean }>();
  #pending: { readonly key: string; readonly sha256: string | undefined; readonly isShown: boolean }[] = [];
  #stillThere = new Set<string>();

  list(): Revision[] {
    return [...this.#known].map(([key, { revision, sha256, isShown }]) => ({
      pair: pairOf(key),
      revision,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(isShown ? {} : { is_gone: true as const }),
    }));
  }

  restore({ pair, revision, sha256, is_gone: isGone }: Revision): void {
    this.#known.set(JSON.stringify(pair), { revision, sha256, isShown: isGone !== true });
  }

  /** The pair with its next revision if it is not as it was given last. */
  next(pair: PairSummary): PairSummary | undefined {
    const key = JSON.stringify([pair.definition, pair.source.host, pair.destination.host]);
    const sha256 = createHash('sha256').update(writePair(pair)).digest('base64');
    this.#stillThere.add(key);
    const known = this.#known.get(key);
    if (known?.sha256 === sha256) return undefined;
    const { type, schema_version, ...rest } = pair;
    return { type, schema_version, revision: this.#bump(key, sha256, true), ...rest };
  }

  /** After all pairs were asked for: those that were given before and are there no more. */
  gone(): PairGone[] {
    const gone: PairGone[] = [];
    for (const [key, { isShown }] of this.#known) {
      if (!isShown || this.#stillThere.has(key)) continue;
      const [definition, source, destination] = pairOf(key);
      gone.push({
        type: 'pair_gone',
        schema_version: 1,
        revision: this.#bump(key, undefined, false),
        definition,
        source: { host: source },
        destination: { host: destination },
      });
    }
    this.#stillThere = new Set();
    return gone;
  }

  /** The lines since the last call were given. */
  settle(): void {
    for (const { key, sha256, isShown } of this.#pending) {
      const known = this.#known.get(key)!;
      known.sha256 = sha256;
      known.isShown = isShown;
    }
    this.#pending = [];
  }

  #bump(key: string, sha256: string | undefined, isShown: boolean): number {
    const known = this.#known.get(key) ?? { revision: 0, sha256: undefined, isShown: true };
    this.#known.set(key, known);
    known.revision += 1;
    known.sha256 = undefined;
    // What may have been given must be told gone one day; what may not have been told gone is there still.
    known.isShown = true;
    this.#pending.push({ key, sha256, isShown });
    return known.revision;
  }
}

/** Keys are made of the pair. */
function pairOf(key: string): Revision['pair'] {
  return JSON.parse(key) as Revision['pair'];
}
