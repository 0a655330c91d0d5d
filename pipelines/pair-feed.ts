import { type Ledger, type PairSummary, type SummariseOptions, summarise } from '../src/index.js';
import type { Sink } from './command.js';

/**
 * Prints pairs as they change: each pair line whose contents are others than when it was printed last, with a `revision`
 * that counts how often it was. A pair that is gone (its hosts were joined with others of other spelling, or its file was
 * replaced) is told by a line of type `pair_gone`.
 */
export class PairFeed {
  readonly #output: Sink;
  readonly #options: SummariseOptions;
  readonly #printed = new Map<string, { text: string; revision: number; isGone: boolean }>();

  constructor(output: Sink, options: SummariseOptions) {
    this.#output = output;
    this.#options = options;
  }

  /** @returns the greatest count of a pair. */
  async print(ledger: Ledger): Promise<number> {
    let greatest = 0;
    const seen = new Set<string>();
    for (const pair of summarise(ledger, this.#options)) {
      greatest = Math.max(greatest, pair.count);
      const key = keyOf(pair);
      seen.add(key);
      const text = JSON.stringify(pair);
      const before = this.#printed.get(key);
      if (before?.text === text && !before.isGone) continue;
      const revision = (before?.revision ?? 0) + 1;
      this.#printed.set(key, { text, revision, isGone: false });
      this.#output.line(JSON.stringify({ ...pair, revision }));
      await this.#output.drain();
    }
    for (const [key, printed] of this.#printed) {
      if (printed.isGone || seen.has(key)) continue;
      printed.isGone = true;
      printed.revision += 1;
      const [definition, source, destination] = JSON.parse(key) as string[];
      const { revision } = printed;
      this.#output.line(
        JSON.stringify({ type: 'pair_gone', schema_version: 1, definition, source, destination, revision }),
      );
    }
    await this.#output.flush();
    return greatest;
  }
}

function keyOf({ definition, source, destination }: PairSummary): string {
  return JSON.stringify([definition, source.host, destination.host]);
}
