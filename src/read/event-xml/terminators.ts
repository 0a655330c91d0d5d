import type { UnitWindow } from './unit-window.js';
import { GREATER, standsAt } from './units.js';

/**
 * Finds where comments and CDATA sections end. What was searched once is remembered, so that any number of openings
 * without an end cost one pass.
 */
export class Terminators {
  readonly #view: UnitWindow;
  /** By the text and by how the bytes are seen as units, since comments differ with that. */
  readonly #searched: Record<string, { from: number; to: number; at: number }> = {};

  constructor(view: UnitWindow) {
    this.#view = view;
  }

  /** Where the first one at or after `from` ends, if it starts before `to`; -1 when there is none. */
  find(text: '-->' | ']]>', from: number, to: number): number {
    const view = this.#view;
    const known = (this.#searched[`${text}${view.encoding}${view.window.origin & 1}`] ??= { from: -1, to: -1, at: -1 });
    const { units } = view;
    const offset = view.offset(from);
    if (known.from < 0 || offset < known.from || (known.at >= 0 && known.at < offset) || offset > known.to) {
      known.from = offset;
      known.to = offset;
      known.at = -1;
    }
    if (known.at < 0) {
      const last = to - 2;
      let at = Math.max(from, view.index(known.to));
      while (at < last && !(units[at + 2] === GREATER && standsAt(units, at, text))) at += 1;
      if (at < last) known.at = view.offset(at);
      known.to = Math.max(known.to, view.offset(at));
    }
    const past = known.at < 0 ? -1 : view.index(known.at) + 3;
    return past <= to ? past : -1;
  }
}
