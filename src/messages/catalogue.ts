import {
  buildCatalogue,
  bytesSource,
  type CatalogueEntry,
  CatalogueReader,
  type CatalogueSource,
  plainEventId,
} from './catalogue-file.js';
import { invertFallback, mayBeFallback } from './fallback.js';
import { lookUpGrams } from './grams.js';
import { type Inversion, invertAt, NO_MATCH, STEPS, type Step, sameInsertions } from './invert.js';
import { MessageViews } from './normalise.js';
import { type CompiledTemplate, compileTemplate, type MessageTemplate } from './template.js';
import { lineBreaksOf, NONE, ONE, PlainTemplates } from './verbatim.js';

/** Message templates by provider, event ID and language, and by their literals. */
export interface Catalogue {
  /** How many templates it holds. */
  readonly size: number;
  /**
   * Recovers a message's values by whichever template it proves to come from: first those of the provider and event ID
   * (of the language, if given and any fits), then, found by their literals, those of all others.
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
  const shelves = sources.map(source => new Shelf(new CatalogueReader(source)));
  return {
    size: shelves.reduce((sum, shelf) => sum + shelf.reader.entryCount, 0),
    invert: (message, known = {}) => invertBy(shelves, message, known),
    find: (provider, eventId) =>
      shelves.flatMap(shelf => shelf.of(provider, plainEventId(eventId)).map(candidate => candidate.template)),
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

/** A text of a shelf, with one of the events that use it. */
interface Candidate {
  readonly compiled: CompiledTemplate;
  /** Its row in its shelf's plain templates. */
  readonly row: number;
  readonly shelf: Shelf;
  readonly template: MessageTemplate;
  /** How many characters the literals have: what a match proves. */
  readonly weight: number;
}

/** One catalogue file, with what was read of it. */
class Shelf {
  readonly reader: CatalogueReader;
  readonly #groups: (readonly Candidate[])[] = [];
  readonly plain = new PlainTemplates();
  readonly #texts: (CompiledTemplate | undefined)[] = [];
  readonly #rows: Int32Array;
  readonly #events: EventTable;
  readonly #providers = new Map<string, number>();
  readonly #byText: (readonly Candidate[] | undefined)[] = [];
  readonly #lastSeen: Uint32Array;
  #lookUps = 0;

  constructor(reader: CatalogueReader) {
    this.reader = reader;
    this.#lastSeen = new Uint32Array(reader.textCount);
    this.#rows = new Int32Array(reader.textCount);
    this.#events = new EventTable(reader.entryCount);
  }

  /** The candidates of a provider and event ID. */
  of(provider: string, eventId: number): readonly Candidate[] {
    const known = this.#providers.get(provider);
    const group = known === undefined ? -1 : this.#events.get(known, eventId);
    return group < 0 ? this.#read(provider, eventId) : this.#groups[group]!;
  }

  #read(provider: string, eventId: number): readonly Candidate[] {
    const found = this.reader.entriesOf(provider, eventId).map(entry => this.#candidate(entry));
    // What the catalogue does not hold is not remembered: a log may name any number of events.
    if (found.length === 0) return found;
    const number = this.#providers.get(provider) ?? this.#providers.size;
    this.#providers.set(provider, number);
    this.#events.set(number, eventId, this.#groups.push(found) - 1);
    return found;
  }

  /** The numbers of the texts whose literals may stand in a message, each once. */
  lookUp(message: string): number[] {
    if (++this.#lookUps === 0x1_0000_0000) {
      this.#lastSeen.fill(0);
      this.#lookUps = 1;
    }
    const numbers: number[] = [];
    if (this.reader.textCount === 0) return numbers;
    lookUpGrams(this.reader.grams(), message, number => {
      if (this.#lastSeen[number] === this.#lookUps) return;
      this.#lastSeen[number] = this.#lookUps;
      numbers.push(number);
    });
    return numbers;
  }

  text(number: number): CompiledTemplate {
    this.#texts[number] ??= compileTemplate(this.reader.text(number));
    return this.#texts[number]!;
  }

  /** The text's row in `plain`. */
  row(number: number): number {
    let row = this.#rows[number]! - 1;
    if (row < 0) {
      row = this.plain.add(this.text(number));
      this.#rows[number] = row + 1;
    }
    return row;
  }

  usesOf(number: number): readonly Candidate[] {
    this.#byText[number] ??= this.reader.usesOf(number).map(entry => this.#candidate(entry));
    return this.#byText[number]!;
  }

  #candidate({ provider, eventId, culture, textNumber }: CatalogueEntry): Candidate {
    const compiled = this.text(textNumber);
    const row = this.row(textNumber);
    let weight = 0;
    for (const literal of compiled.literals) weight += literal.length;
    const about = culture === undefined ? { provider, eventId } : { provider, eventId, culture };
    return { compiled, row, shelf: this, template: { ...about, text: compiled.text }, weight };
  }
}

/** (provider, event ID) → group, by open addressing: the lookup touches one line of memory. */
class EventTable {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(events: number) {
    const size = 2 ** Math.ceil(Math.log2(events * 2 + 2));
    this.#slots = new Int32Array(size * 3).fill(-1);
    this.#mask = size - 1;
  }

  get(provider: number, eventId: number): number {
    const slots = this.#slots;
    for (let slot = this.#home(provider, eventId); ; slot = (slot + 1) & this.#mask) {
      const group = slots[slot * 3 + 2]!;
      if (group < 0 || (slots[slot * 3] === provider && slots[slot * 3 + 1] === eventId)) return group;
    }
  }

  set(provider: number, eventId: number, group: number): void {
    let slot = this.#home(provider, eventId);
    while (this.#slots[slot * 3 + 2]! >= 0) slot = (slot + 1) & this.#mask;
    this.#slots.set([provider, eventId, group], slot * 3);
  }

  #home(provider: number, eventId: number): number {
    const hash = Math.imul(Math.imul(provider, 0x9e3779b1) ^ eventId, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }
}

/** A candidate, and what it makes of the message at some level of tolerance. */
interface Match {
  readonly candidate: Candidate;
  readonly inversion: Inversion;
}

function invertBy(shelves: readonly Shelf[], message: string, known: KnownEvent): CatalogueInversion {
  const { provider, eventId } = known;
  let own: readonly Candidate[] = [];
  if (provider !== undefined && eventId !== undefined) {
    const plain = plainEventId(eventId);
    own = shelves.length === 1 ? shelves[0]!.of(provider, plain) : shelves.flatMap(shelf => shelf.of(provider, plain));
  }
  if (mayBeFallback(message)) {
    const fallback = invertFallback(message, own);
    if (fallback !== undefined) return { ...fallback, foundBy: 'fallback' };
  }
  if (own.length === 0) return invertByLiterals(shelves, message, known);
  const plain = own.length === 1 ? invertPlain(own[0]!, message, 'event') : undefined;
  if (plain !== undefined) return plain;
  const views = new MessageViews(message);
  for (const step of STEPS) {
    const matches: Match[] = [];
    for (const candidate of own) {
      const inversion = matchAt(candidate.shelf, candidate.row, candidate.compiled, views, step);
      if (inversion !== undefined) matches.push({ candidate, inversion });
    }
    if (matches.length > 0) return decide(ofCulture(matches, known.culture), 'event');
  }
  return invertByLiterals(shelves, message, known);
}

/** The common case at once: one candidate, which fits the message as it is in one way, with nothing odd about the values. */
function invertPlain(
  candidate: Candidate,
  message: string,
  foundBy: 'event' | 'literals',
): CatalogueInversion | undefined {
  const { row, shelf, template } = candidate;
  const breaks = lineBreaksOf(message);
  if (shelf.plain.place(row, message, breaks) !== ONE) return undefined;
  const insertions = shelf.plain.values(row, message, breaks);
  if (hasOddity(message)) {
    for (const value of insertions) if (value !== null && hasOddity(value)) return undefined;
  }
  return template.culture === undefined
    ? { certainty: 'exact', insertions, view: 'verbatim', template, foundBy }
    : { certainty: 'exact', insertions, view: 'verbatim', template, culture: template.culture, foundBy };
}

/** What may be an unfilled insert, or damage. */
function hasOddity(text: string): boolean {
  return text.includes('?') || text.includes('%') || text.includes('\ufffd');
}

/** As `invertAt`, by way of the fast path where it can tell that nothing fits. */
function matchAt(
  shelf: Shelf,
  row: number,
  compiled: CompiledTemplate,
  views: MessageViews,
  step: Step,
): Inversion | undefined {
  if (step === STEPS[0] && shelf.plain.place(row, views.raw, views.lineBreaks()) === NONE) return undefined;
  return invertAt(compiled, views, step);
}

function invertByLiterals(shelves: readonly Shelf[], message: string, known: KnownEvent): CatalogueInversion {
  const found = shelves.map(shelf => shelf.lookUp(message));
  if (found.every(numbers => numbers.length === 0)) return NO_MATCH;
  if (shelves.length === 1) {
    const plain = onlyPlain(shelves[0]!, found[0]!, message, known);
    if (plain !== undefined) return plain;
  }
  const views = new MessageViews(message);
  for (const step of STEPS) {
    let work = WORK_LIMIT + views.raw.length;
    const matches: Match[] = [];
    for (let index = 0; index < shelves.length; index++) {
      const shelf = shelves[index]!;
      for (const number of found[index]!) {
        const inversion = matchAt(shelf, shelf.row(number), shelf.text(number), views, step);
        if (inversion === undefined) {
          work -= views.raw.length >> 6;
          continue;
        }
        work -= views.raw.length;
        if (work < 0) break;
        matches.push({ candidate: pickUse(shelf.usesOf(number), known), inversion });
      }
    }
    if (matches.length === 0) continue;
    const decided = decide(ofCulture(ofEvent(matches, known), known.culture), 'literals');
    if (work >= 0) return decided;
    return { ...decided, certainty: 'ambiguous', readings: Math.max(2, decided.readings ?? 2), reason: 'budget' };
  }
  return NO_MATCH;
}

/** The one text among those found that fits the message as it is, if all others certainly do not. */
function onlyPlain(
  shelf: Shelf,
  found: readonly number[],
  message: string,
  known: KnownEvent,
): CatalogueInversion | undefined {
  const breaks = lineBreaksOf(message);
  let only = -1;
  for (const number of found) {
    if (shelf.plain.place(shelf.row(number), message, breaks) === NONE) continue;
    if (only >= 0) return undefined;
    only = number;
  }
  return only < 0 ? undefined : invertPlain(pickUse(shelf.usesOf(only), known), message, 'literals');
}

/** Characters that candidates found by literals may cost a message before it is given up. */
const WORK_LIMIT = 1_000_000;

/** Of several events that use a text, the one that fits best what is known, else the first. */
function pickUse(uses: readonly Candidate[], known: KnownEvent): Candidate {
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
function ofEvent(matches: readonly Match[], known: KnownEvent): readonly Match[] {
  const { provider, eventId } = known;
  if (matches.length === 1 || (provider === undefined) === (eventId === undefined)) return matches;
  const fitting = matches.filter(
    ({ candidate }) =>
      candidate.template.provider === provider || candidate.template.eventId === plainEventId(eventId ?? -1),
  );
  return fitting.length > 0 ? fitting : matches;
}

function ofCulture(matches: readonly Match[], culture: string | undefined): readonly Match[] {
  if (culture === undefined || matches.length === 1) return matches;
  const fits = matches.map(({ candidate }) => cultureFit(candidate.template.culture, culture));
  const best = Math.max(...fits);
  return best === 0 ? matches : matches.filter((_, index) => fits[index] === best);
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
function decide(matches: readonly Match[], foundBy: 'event' | 'literals'): CatalogueInversion {
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
