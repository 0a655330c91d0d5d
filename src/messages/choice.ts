import type { CatalogueInversion, KnownEvent } from './catalogue.js';
import { plainEventId } from './catalogue-file.js';
import { type Inversion, sameInsertions } from './inversion.js';
import type { Candidate } from './shelf.js';
import type { MessageTemplate } from './template.js';

/** A candidate, and what it makes of the message at some level of tolerance. */
export interface Match {
  readonly candidate: Candidate;
  readonly inversion: Inversion;
}

/** Of several events that use a text, the one that fits best what is known, else the first. */
export function pickUse(uses: readonly Candidate[], known: KnownEvent): Candidate {
  let best = uses[0]!;
  if (uses.length === 1) return best;
  let bestFit = -1;
  for (const use of uses) {
    const fit =
      (use.template.provider === known.provider ? 4 : 0) +
      (use.template.eventId === known.eventId ? 2 : 0) +
      (cultureFit(use.template.culture, known.culture) > 0 ? 1 : 0);
    if (fit <= bestFit) continue;
    best = use;
    bestFit = fit;
  }
  return best;
}

/** The matches of the provider or event ID, if one of them is known and any match has it. */
export function ofEvent(matches: readonly Match[], known: KnownEvent): readonly Match[] {
  const { provider, eventId } = known;
  if (matches.length === 1 || (provider === undefined) === (eventId === undefined)) return matches;
  const fitting = matches.filter(
    ({ candidate }) =>
      candidate.template.provider === provider || candidate.template.eventId === plainEventId(eventId ?? -1),
  );
  return fitting.length > 0 ? fitting : matches;
}

export function ofBestCulture(templates: readonly MessageTemplate[], culture: string): MessageTemplate {
  let best = templates[0]!;
  for (const template of templates) {
    if (cultureFit(template.culture, culture) > cultureFit(best.culture, culture)) best = template;
  }
  return best;
}

export function ofCulture(matches: readonly Match[], culture: string | undefined): readonly Match[] {
  if (culture === undefined || matches.length === 1) return matches;
  const fits = matches.map(({ candidate }) => cultureFit(candidate.template.culture, culture));
  const best = Math.max(...fits);
  return best === 0 ? matches : matches.filter((_, index) => fits[index] === best);
}

/** Whether a template counts beside the one chosen: it does not where that is of the event or culture known, and it is not. */
export function countsBeside(other: MessageTemplate, chosen: MessageTemplate, known: KnownEvent): boolean {
  const { provider, eventId, culture } = known;
  if ((provider === undefined) !== (eventId === undefined)) {
    const isKnown = (one: MessageTemplate) => one.provider === provider || one.eventId === plainEventId(eventId ?? -1);
    if (isKnown(chosen) && !isKnown(other)) return false;
  }
  return cultureFit(other.culture, culture) >= cultureFit(chosen.culture, culture);
}

/** Another template may have given the message. */
export function contested<T extends Inversion>(inversion: T): T {
  return { ...inversion, certainty: 'ambiguous', readings: 2, reason: 'templates' };
}

/** 2: the same tag; 1: the same language; 0: another, or none. */
function cultureFit(culture: string | undefined, wanted: string | undefined): number {
  if (culture === undefined || wanted === undefined) return 0;
  const own = culture.toLowerCase();
  const other = wanted.toLowerCase();
  if (own === other) return 2;
  return own.split('-')[0] === other.split('-')[0] ? 1 : 0;
}

/** Several templates that give the same insertions are one answer; else the one with the most literal text is chosen. */
export function decide(matches: readonly Match[], foundBy: 'event' | 'literals'): CatalogueInversion {
  let chosen = matches[0]!;
  for (const match of matches) if (match.candidate.weight > chosen.candidate.weight) chosen = match;
  const { candidate, inversion } = chosen;
  const { template } = candidate;
  const about = { template, ...(template.culture === undefined ? {} : { culture: template.culture }), foundBy };
  const isAgreed = matches.every(
    match =>
      match === chosen ||
      (match.inversion.certainty === inversion.certainty &&
        sameInsertions(match.inversion.insertions, inversion.insertions)),
  );
  if (isAgreed) return { ...inversion, ...about };
  const readings = matches.reduce((sum, match) => sum + (match.inversion.readings ?? 1), 0);
  return { ...inversion, certainty: 'ambiguous', readings, reason: 'templates', ...about };
}
