import { alignSamples, type Sample } from './align.js';
import { invertMessage } from './invert.js';
import { type CompiledTemplate, compileTemplate, type MessageTemplate, renderTemplate } from './template.js';

/** An event that holds both its values and its message. */
export interface LearningEvent {
  readonly provider: string;
  readonly eventId: number;
  readonly culture?: string | undefined;
  readonly insertions?: readonly string[] | undefined;
  /** The export has put the values in another order: their index does not tell their number, so they teach nothing. */
  readonly isUnordered?: boolean | undefined;
  readonly message?: string | undefined;
}

/** A template that was learnt, and what speaks for it. */
export interface LearnedTemplate {
  readonly template: MessageTemplate;
  /** Events that it renders to exactly their message. */
  readonly support: number;
  /** Different messages among them. With one only, nothing tells a value from the text around it but its length. */
  readonly messages: number;
  /** Inserts whose value was the same in all events: they may be text that only looks like the value. */
  readonly constant: readonly number[];
  /** Values that do not stand in the message. */
  readonly unplaced: readonly number[];
  /**
   * Learnt anew without every second message, and tried on those: how many were tried, gave just their values, gave
   * other values. Absent with less than two messages.
   */
  readonly heldOut?: { readonly tried: number; readonly agreed: number; readonly disagreed: number };
}

/** Events whose message cannot come from their values (it legitimately may not, formats.md: a server swaps strings). */
export interface Disagreement {
  readonly provider: string;
  readonly eventId: number;
  readonly culture: string | undefined;
  readonly events: number;
  /**
   * `no-value-in-message`: none of the values stands in it. Not tried are `too-long` ones, `unordered` ones, whose export
   * has put the values in another order, and `values-lost`: events without values whose messages differ, or whose like
   * have some (forwarding loses them). They would teach that a message with its values in it is a template.
   */
  readonly reason: 'no-value-in-message' | 'too-long' | 'unordered' | 'values-lost';
}

export interface LearningReport {
  readonly templates: readonly LearnedTemplate[];
  readonly disagreements: readonly Disagreement[];
  /** Events that held no message or no values. */
  readonly skipped: number;
}

/**
 * Learns message templates from events that carry both values and message, event type by event type and language by
 * language: the text that all messages share is the template's, where they differ a value must explain it. Memory is
 * bounded by the number of event types: at most `MAX_MESSAGES` different messages of each are kept.
 */
export class TemplateLearner {
  readonly #groups = new Map<string, Group>();
  #skipped = 0;

  add(event: LearningEvent): void {
    const { provider, eventId, culture, insertions, message } = event;
    if (insertions === undefined || message === undefined || message === '') {
      this.#skipped++;
      return;
    }
    const key = JSON.stringify([provider, eventId, culture ?? null]);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { provider, eventId, culture, samples: new Map(), tooLong: 0, unordered: 0 };
      this.#groups.set(key, group);
    }
    if (event.isUnordered === true) {
      group.unordered++;
      return;
    }
    if (message.length > MAX_LENGTH) {
      group.tooLong++;
      return;
    }
    const values = insertions.map(plainBreaks);
    const sampleKey = JSON.stringify([message, values]);
    const known = group.samples.get(sampleKey);
    if (known !== undefined) known.events++;
    else if (group.samples.size < MAX_MESSAGES) {
      group.samples.set(sampleKey, { message: trimmed(plainBreaks(message), values), values, events: 1 });
    }
  }

  /** What the events so far teach, in order of provider, event ID, language. */
  learn(): LearningReport {
    const templates: LearnedTemplate[] = [];
    const disagreements: Disagreement[] = [];
    const groups = [...this.#groups].sort(([left], [right]) => (left < right ? -1 : 1));
    for (const [, group] of groups) {
      const { provider, eventId, culture } = group;
      const about = { provider, eventId, culture };
      if (group.tooLong > 0) disagreements.push({ ...about, events: group.tooLong, reason: 'too-long' });
      if (group.unordered > 0) disagreements.push({ ...about, events: group.unordered, reason: 'unordered' });
      const all = [...group.samples.values()];
      const valued = all.filter(({ values }) => values.length > 0);
      const hasLost = valued.length < all.length && all.length > 1;
      if (hasLost) {
        const events = all.reduce((sum, sample) => sum + (sample.values.length === 0 ? sample.events : 0), 0);
        disagreements.push({ ...about, events, reason: 'values-lost' });
      }
      let disagreeing = 0;
      for (const found of learnGroup(hasLost ? valued : all)) {
        const events = found.samples.reduce((sum, sample) => sum + sample.events, 0);
        if (
          found.compiled.inserts.length === 0 &&
          found.samples.some(({ values }) => values.some(text => text !== ''))
        ) {
          const hasValues = new Set(found.samples.map(({ values }) => values.join('\0'))).size > 1;
          if (hasValues || found.samples.length === 1) disagreeing += events;
          // The same text whatever the values: a template all the same, that uses none of them.
        }
        templates.push(describe(about, found, events));
      }
      if (disagreeing > 0) disagreements.push({ ...about, events: disagreeing, reason: 'no-value-in-message' });
    }
    return { templates, disagreements, skipped: this.#skipped };
  }
}

/** White space at a message's end comes and goes with the export, but where it ends a value. */
function trimmed(message: string, values: readonly string[]): string {
  const isOfValue = values.some(text => text.trim() !== '' && text.trimEnd() !== text && message.endsWith(text));
  return isOfValue ? message : message.trimEnd();
}

interface Group {
  readonly provider: string;
  readonly eventId: number;
  readonly culture: string | undefined;
  readonly samples: Map<string, CountedSample>;
  tooLong: number;
  unordered: number;
}

interface CountedSample extends Sample {
  events: number;
}

interface Found {
  readonly compiled: CompiledTemplate;
  readonly samples: readonly CountedSample[];
}

/** Different messages of an event type that are kept to learn from. */
const MAX_MESSAGES = 256;
/** Longer messages are not learnt from, in characters. */
const MAX_LENGTH = 32_768;
/** Samples aligned at once: more do not teach more, since each that does not fit is added. */
const MAX_ALIGNED = 8;
/** Templates of one event type and language: versions of a provider, and text that no template explains. */
const MAX_TEMPLATES = 16;

/** Splits samples into as few templates as a greedy search finds; the samples of each are rendered by it exactly. */
function learnGroup(samples: readonly CountedSample[]): Found[] {
  const found: Found[] = [];
  let rest = samples;
  while (rest.length > 0 && found.length < MAX_TEMPLATES) {
    const seed = rest[0]!;
    let aligned = [seed];
    let compiled = compileTemplate(alignSamples(aligned)!);
    // Twice: what fits only after a later sample has taught more, fits in the second round.
    for (let round = 0; round < 2; round++) {
      for (const sample of rest) {
        if (aligned.length >= MAX_ALIGNED || renders(compiled, sample)) continue;
        const text = alignSamples([...aligned, sample]);
        if (text === undefined) continue;
        aligned = [...aligned, sample];
        compiled = compileTemplate(text);
      }
    }
    const fitting = rest.filter(sample => renders(compiled, sample));
    found.push({ compiled, samples: fitting });
    rest = rest.filter(sample => !fitting.includes(sample));
    if (fitting.length === 0) break;
  }
  return found;
}

function renders(compiled: CompiledTemplate, sample: Sample): boolean {
  return plainBreaks(renderTemplate(compiled, sample.values)).trimEnd() === sample.message.trimEnd();
}

function describe(
  about: { provider: string; eventId: number; culture: string | undefined },
  found: Found,
  support: number,
): LearnedTemplate {
  const { compiled, samples } = found;
  const { provider, eventId, culture } = about;
  const used = new Set(compiled.inserts);
  const first = samples[0]!;
  const numbers = first.values.map((_, index) => index + 1);
  const isConstant = (number: number) => samples.every(({ values }) => values[number - 1] === first.values[number - 1]);
  return {
    template:
      culture === undefined
        ? { provider, eventId, text: compiled.text }
        : { provider, eventId, culture, text: compiled.text },
    support,
    messages: samples.length,
    constant: numbers.filter(number => used.has(number) && isConstant(number)),
    unplaced: numbers.filter(number => !used.has(number) && samples.some(({ values }) => values[number - 1] !== '')),
    ...(samples.length < 2 ? {} : { heldOut: holdOut(samples) }),
  };
}

function holdOut(samples: readonly CountedSample[]): { tried: number; agreed: number; disagreed: number } {
  const compiled = learnGroup(samples.filter((_, index) => index % 2 === 0)).map(found => found.compiled);
  let tried = 0;
  let agreed = 0;
  let disagreed = 0;
  for (const { message, values } of samples.filter((_, index) => index % 2 === 1)) {
    tried++;
    const inversions = compiled
      .map(template => invertMessage(template, message))
      .filter(({ certainty }) => certainty === 'exact');
    if (inversions.length === 0) continue;
    const isTrue = inversions.some(({ insertions }) =>
      insertions.every((text, index) => text === null || text === values[index]),
    );
    if (isTrue) agreed++;
    else disagreed++;
  }
  return { tried, agreed, disagreed };
}

function plainBreaks(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
