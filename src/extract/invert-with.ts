import type { CompiledMessage } from './compile-definitions.js';
import { invertMessage } from './message-inverter.js';

/** The values that a message was rendered from. */
export interface Reading {
  readonly certainty: 'exact' | 'ambiguous';
  /** `%n` is `[n - 1]`; null where the template does not use it. */
  readonly insertions: readonly (string | null)[];
  /** The numbers of the insertions whose text an encoding destroyed. */
  readonly damaged?: readonly number[];
}

/** Message templates beside those of the definitions. */
export interface MessageCatalogue {
  /** Undefined when no template of the provider and event ID fits the message. */
  read(provider: string, eventId: number, message: string): Reading | undefined;
}

/**
 * Reads a message with several templates. Where more than one fits, they must give the same values, else the first
 * reading is ambiguous; undefined where none fits.
 */
export function invertWith(message: string, templates: readonly CompiledMessage[]): Reading | undefined {
  let chosen: Reading | undefined;
  for (const { compiled } of templates) {
    const { certainty, insertions, damaged } = invertMessage(compiled, message);
    if (certainty === 'none') continue;
    const reading: Reading = { certainty, insertions, ...(damaged && { damaged }) };
    if (chosen === undefined) chosen = reading;
    else if (certainty === 'exact' && chosen.certainty === 'exact' && isSame(insertions, chosen.insertions)) continue;
    else chosen = { ...chosen, certainty: 'ambiguous' };
  }
  return chosen;
}

function isSame(one: readonly (string | null)[], other: readonly (string | null)[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
