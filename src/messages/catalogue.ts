import { buildCatalogue, bytesSource, CatalogueReader, type CatalogueSource, plainEventId } from './catalogue-file.js';
import { contested, countsBeside, decide, type Match, ofCulture, ofEvent, pickUse } from './choice.js';
import { Events } from './events.js';
import { invertFallback, mayBeFallback } from './fallback.js';
import { type Inversion, NO_MATCH } from './inversion.js';
import { invertAt, isRival, STEPS, type Step } from './invert.js';
import { MessageViews } from './normalise.js';
import { Shelf } from './shelf.js';
import type { CompiledTemplate, MessageTemplate } from './template.js';
import { NONE, type PlainFit, PlainTemplates } from './verbatim.js';

/** Message templates by provider, event ID and language, and by their literals. */
export interface Catalogue {
  /** How many templates it holds. */
  readonly size: number;
  /**
   * Recovers a message's values by whichever template it proves to come from: first those of the provider and event ID
   * (of the language, if given and any fits), then, found by their literals, those of all others. It is `exact` where all
   * of them that the message may come from, whatever an export did to it, give the same values.
   */
  invert(message: string, known?: KnownEvent): CatalogueInversion;
  /** The templates of a provider and event ID, in all languages. */
  find(provider: string, eventId: number): readonly MessageTemplate[];
  /** All templates, by provider, event ID, language, text. */
  templates(): Iterable<MessageTemplate>;
}

/** What is known of the event that a message belongs to. */
export interface KnownEvent {
  readonly provider?: string | undefined;
  readonly eventId?: number | undefined;
  /** BCP 47 tag; compared without case, and by its language alone where the region does not match. */
  readonly culture?: string | undefined;
}

export interface CatalogueInversion extends Inversion {
  /** The template that the insertions come from. */
  readonly template?: MessageTemplate;
  readonly culture?: string;
  /** How the template was chosen; `fallback`: Windows had none, and its own text holds the strings. */
  readonly foundBy?: 'event' | 'literals' | 'fallback';
}

/** A catalogue of templates at hand. */
export function createCatalogue(templates: Iterable<MessageTemplate>): Catalogue {
  return openCatalogue(bytesSource(buildCatalogue(templates)));
}

/** A catalogue of indexed files (see `buildCatalogue`), read as far as lookups need. Throws ERR_CATALOGUE. */
export function openCatalogue(...sources: readonly CatalogueSource[]): Catalogue {
  const plain = new PlainTemplates();
  const shelves = sources.map(source => new Shelf(new CatalogueReader(source), plain));
  const library: Library = { shelves, plain, events: new Events(shelves, plain) };
  return {
    size: shelves.reduce((sum, shelf) => sum + shelf.reader.entryCount, 0),
    invert: (message, known = {}) => invertBy(library, message, known),
    find: (provider, eventId) =>
      library.events.candidates(library.events.find(provider, plainEventId(eventId))).map(({ template }) => template),
    *templates() {
      for (const { reader } of shelves) {
        for (let index = 0; index < reader.entryCount; index++) {
          const { provider, eventId, culture, textNumber } = reader.entry(index);
          yield { provider, eventId, ...(culture === undefined ? {} : { culture }), text: reader.text(textNumber) };
        }
      }
    },
  };
}

interface Library {
  readonly shelves: readonly Shelf[];
  readonly plain: PlainTemplates;
  readonly events: Events;
}

function invertBy(library: Library, message: string, known: KnownEvent): CatalogueInversion {
  const { events, plain } = library;
  const { provider, eventId } = known;
  // Looks at the message first: it then comes from memory while the event is looked for.
  const isFallback = mayBeFallback(message);
  const event = provider === undefined || eventId === undefined ? -1 : events.find(provider, plainEventId(eventId));
  if (isFallback) {
    const fallback = invertFallback(message, events.candidates(event));
    if (fallback !== undefined) return { ...fallback, foundBy: 'fallback' };
  }
  const plainEvent = event < 0 ? 0 : events.plainEvent(event);
  plain.expect(plainEvent).read(message);
  if (event < 0) return invertByLiterals(library, message, known);
  const fit = plain.fitEvent(plainEvent);
  if (fit !== undefined) {
    if (known.culture === undefined)
      return plainInversion(plain, fit, events.template(fit.tag), events.culture(fit.kind), 'event');
    const template = events.templateIn(fit.tag, known.culture);
    return plainInversion(plain, fit, template, template.culture, 'event');
  }
  const views = new MessageViews(message);
  for (const step of STEPS) {
    const matches: Match[] = [];
    for (const candidate of events.candidates(event)) {
      const inversion = matchAt(plain, candidate.row, candidate.compiled, views, step);
      if (inversion !== undefined) matches.push({ candidate, inversion });
    }
    if (matches.length === 0) continue;
    const decided = decide(ofCulture(matches, known.culture), 'event');
    const hasRival =
      decided.certainty === 'exact' &&
      events
        .candidates(event)
        .some(
          one =>
            !matches.some(({ candidate }) => candidate === one) &&
            countsBeside(one.template, decided.template!, known) &&
            plain.mayFit(one.row) &&
            isRival(one.compiled, views, step, decided.insertions),
        );
    return hasRival ? contested(decided) : decided;
  }
  return invertByLiterals(library, message, known);
}

/** The common case at once: one text fits the message as it is, and the others do not. */
function plainInversion(
  plain: PlainTemplates,
  { readings }: PlainFit,
  template: MessageTemplate,
  culture: string | undefined,
  foundBy: 'event' | 'literals',
): CatalogueInversion {
  const insertions = plain.values();
  if (readings === 1) {
    return culture === undefined
      ? { certainty: 'exact', insertions, view: 'verbatim', template, foundBy }
      : { certainty: 'exact', insertions, view: 'verbatim', template, culture, foundBy };
  }
  return culture === undefined
    ? { certainty: 'ambiguous', insertions, readings, reason: 'readings', view: 'verbatim', template, foundBy }
    : {
        certainty: 'ambiguous',
        insertions,
        readings,
        reason: 'readings',
        view: 'verbatim',
        template,
        culture,
        foundBy,
      };
}

/** As `invertAt`, by way of the fast path where it can tell that nothing fits. */
function matchAt(
  plain: PlainTemplates,
  row: number,
  compiled: CompiledTemplate,
  views: MessageViews,
  step: Step,
): Inversion | undefined {
  if (step === STEPS[0] && plain.fit(row) === NONE) return undefined;
  return invertAt(compiled, views, step);
}

function invertByLiterals(library: Library, message: string, known: KnownEvent): CatalogueInversion {
  const { shelves, plain } = library;
  const only = lookUp(library, known);
  if (only !== undefined) return only;
  const found = shelves.map(shelf => shelf.found(message));
  if (found.every(numbers => numbers.length === 0)) return NO_MATCH;
  const views = new MessageViews(message);
  for (const step of STEPS) {
    let work = WORK_LIMIT + views.raw.length;
    const matches: Match[] = [];
    const others: { readonly shelf: Shelf; readonly number: number }[] = [];
    for (let index = 0; index < shelves.length; index++) {
      const shelf = shelves[index]!;
      for (const number of found[index]!) {
        const inversion = matchAt(plain, shelf.row(number), shelf.text(number), views, step);
        if (inversion === undefined) {
          work -= views.raw.length >> 6;
          others.push({ shelf, number });
          continue;
        }
        work -= views.raw.length;
        if (work < 0) break;
        matches.push({ candidate: pickUse(shelf.usesOf(number), known), inversion });
      }
    }
    if (matches.length === 0) continue;
    const decided = decide(ofCulture(ofEvent(matches, known), known.culture), 'literals');
    if (decided.certainty === 'exact') {
      // Where line breaks were left out, texts are not found by words that start a line: others may fit as well.
      if (step === STEPS.at(-1)) return contested(decided);
      for (const { shelf, number } of others) {
        if (work < 0) break;
        if (!plain.mayFit(shelf.row(number))) continue;
        work -= views.raw.length;
        const { template } = pickUse(shelf.usesOf(number), known);
        if (!countsBeside(template, decided.template!, known)) continue;
        if (isRival(shelf.text(number), views, step, decided.insertions)) return contested(decided);
      }
    }
    if (work >= 0) return decided;
    return { ...decided, certainty: 'ambiguous', readings: Math.max(2, decided.readings ?? 2), reason: 'budget' };
  }
  return NO_MATCH;
}

/** Looks the message up in all files; the common case at once. */
function lookUp({ shelves, plain }: Library, known: KnownEvent): CatalogueInversion | undefined {
  let only: Shelf | undefined;
  let fit: PlainFit | undefined;
  let isTold = true;
  for (const shelf of shelves) {
    const own = shelf.lookUp();
    if (own === 'none') continue;
    if (own === undefined || only !== undefined) isTold = false;
    only = shelf;
    fit = own;
  }
  if (!isTold || fit === undefined || only === undefined) return undefined;
  // Texts of other files have been tried since.
  if (shelves.length > 1) plain.fit(fit.row);
  const template = only.template(fit.tag, known);
  return plainInversion(plain, fit, template, template.culture, 'literals');
}

/** Characters that candidates found by literals may cost a message before it is given up. */
const WORK_LIMIT = 1_000_000;
