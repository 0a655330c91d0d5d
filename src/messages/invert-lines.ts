import type { Catalogue, CatalogueInversion } from './catalogue.js';

/**
 * One line of `evpair templates invert`: a message, or, in NDJSON, `{"provider","event_id","culture","message"}` of which
 * only the message is needed. Returns the answer's NDJSON line, without its line break; every line in gives one line out.
 * A line that cannot be read answers with `"certainty":"none"` and `"reason":"bad-line"`.
 */
export function invertLine(catalogue: Catalogue, line: string, isText: boolean): string {
  if (isText) return JSON.stringify(toAnswer(catalogue.invert(line)));
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return BAD_LINE;
  }
  if (typeof value !== 'object' || value === null || !('message' in value) || typeof value.message !== 'string')
    return BAD_LINE;
  const { message, provider, event_id, culture } = value as Record<string, unknown>;
  const known = {
    provider: typeof provider === 'string' ? provider : undefined,
    eventId: toEventId(event_id),
    culture: typeof culture === 'string' ? culture : undefined,
  };
  return JSON.stringify(toAnswer(catalogue.invert(String(message), known)));
}

/** Some tools write numbers as strings. */
function toEventId(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

/** The answer as it is printed: keys in a fixed order, in snake case. */
export function toAnswer(inversion: CatalogueInversion): Record<string, unknown> {
  const { insertions, certainty, template, culture, foundBy, readings, reason, damaged, view } = inversion;
  return {
    insertions,
    certainty,
    template: template?.text ?? null,
    culture: culture ?? null,
    provider: template?.provider ?? null,
    event_id: template?.eventId ?? null,
    ...(foundBy === undefined ? {} : { found_by: foundBy }),
    ...(readings === undefined ? {} : { readings }),
    ...(reason === undefined ? {} : { reason }),
    ...(damaged === undefined ? {} : { damaged: damaged.map(number => `%${number}`) }),
    ...(view === undefined ? {} : { assumed: view }),
  };
}

const BAD_LINE = JSON.stringify({
  insertions: [],
  certainty: 'none',
  template: null,
  culture: null,
  provider: null,
  event_id: null,
  reason: 'bad-line',
});
