import type { Catalogue } from '../messages/catalogue.js';
import { invertFallback, mayBeFallback } from '../messages/fallback.js';
import type { Inversion } from '../messages/inversion.js';
import type { EventRecord } from '../model/index.js';
import type { RuleTemplates } from './compile-definitions.js';

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
  templates: RuleTemplates,
  catalogue: Catalogue | undefined,
): Reading | undefined {
  if (message === undefined) return undefined;
  const own = readingOf(templates.set.invert(message));
  if (own) return own;
  const raw = mayBeFallback(message) ? readingOf(invertFallback(message, templates.each)) : undefined;
  if (raw?.certainty === 'exact') return raw;
  const found = readingOf(catalogue?.invert(message, { provider, eventId, culture }));
  return raw && found?.certainty !== 'exact' ? raw : found;
}

/** The reading that an inversion is; undefined when it is none. */
export function readingOf(inversion: Inversion | undefined): Reading | undefined {
  if (inversion === undefined || inversion.certainty === 'none') return undefined;
  const { certainty, insertions, damaged } = inversion;
  return { certainty, insertions, ...(damaged && damaged.length > 0 && { damaged }) };
}
