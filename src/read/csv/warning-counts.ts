import type { Warning } from '../../model/index.js';

/** Warnings of one input: each code is told once and counted as often as it arises. */
export class WarningCounts {
  readonly #input: string;
  readonly #counts = new Map<string, number>();

  constructor(input: string) {
    this.#input = input;
  }

  /** Counts one more, or `count` more. */
  add(emit: (item: Warning) => void, code: string, message: string, count = 1): void {
    if (count === 0) return;
    const before = this.#counts.get(code) ?? 0;
    this.#counts.set(code, before + count);
    if (before === 0) emit({ type: 'warning', code, input: this.#input, message });
  }

  has(code: string): boolean {
    return this.#counts.has(code);
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
