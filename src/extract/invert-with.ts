import type { Catalogue } from '../messages/catalogue.js';
import { invertFallback } from '../messages/fallback.js';
import { type Inversion, invertAt, STEPS, sameInsertions } from '../messages/invert.js';
import { MessageViews } from '../messages/normalise.js';
import type { EventRecord } from '../model/index.js';
import type { CompiledMessage } from './compile-definitions.js';

/** The values that a message was rendered from. */
export interface Reading {
  readonly certainty: 'exact' | 'ambiguous';
  /** `%n` is `[n - 1]`; null where the template does not use it. */
  readonly insertions: readonly (string | null)[];
  /** The numbers of the insertions whose text an encoding destroyed. */
  readonly damaged?: readonly number[];
}

/**
 * Reads an event's message: with the templates of a rule, with the text that Windows writes where it finds no template,
 * or with a catalogue. Undefined when none of them fits.
 */
export function readMessage(
  { message, provider, eventId, culture }: EventRecord,
  templates: readonly CompiledMessage[],
  catalogue: Catalogue | undefined,
): Reading | undefined {
  if (message === undefined) return undefined;
  const own = invertWith(message, templates);
  if (own) return own;
  const raw = readingOf(invertFallback(message, templates));
  if (raw?.certainty === 'exact') return raw;
  const found = readingOf(catalogue?.invert(message, { provider, eventId, culture }));
  return raw && found?.certainty !== 'exact' ? raw : found;
}

/**
 * Reads a message with several templates. Those that need the least tolerance count; where several of them fit, they
 * must give the same values, else the first one's reading is ambiguous. Undefined where none fits.
 */
export function invertWith(message: string, templates: readonly CompiledMessage[]): Reading | undefined {
  const views = new MessageViews(message);
  for (const step of STEPS) {
    const readings = templates.flatMap(({ compiled }) => readingOf(invertAt(compiled, views, step)) ?? []);
    const [first, ...others] = readings;
    if (!first) continue;
    const isExact = readings.every(
      ({ certainty, insertions }) => certainty === 'exact' && sameInsertions(insertions, first.insertions),
    );
    return others.length === 0 || isExact ? first : { ...first, certainty: 'ambiguous' };
  }
  return undefined;
}

function readingOf(inversion: Inversion | undefined): Reading | undefined {
  if (inversion === undefined || inversion.certainty === 'none') return undefined;
  const { certainty, insertions, damaged } = inversion;
  return { certainty, insertions, ...(damaged && damaged.length > 0 && { damaged }) };
}
