import { contested } from './choice.js';
import { type Inversion, sameInsertions } from './inversion.js';
import { invertAt, isRival, STEPS } from './invert.js';
import { MessageViews } from './normalise.js';
import type { CompiledTemplate } from './template.js';
import { NONE, PlainTemplates } from './verbatim.js';

/**
 * A handful of templates that a message is tried against. The templates that need the least tolerance count; where
 * several of them fit, they must give the same values, and so must those that need more, else the first one's reading is
 * `ambiguous`.
 */
export class TemplateSet {
  readonly #templates: readonly CompiledTemplate[];
  readonly #plain = new PlainTemplates();
  /** Laid out at the first message: many runs meet none. */
  #rows: readonly number[] | undefined;
  readonly #anchors: readonly (readonly string[])[];

  constructor(templates: readonly CompiledTemplate[]) {
    this.#templates = templates;
    this.#anchors = templates.map(anchorsOf);
  }

  /** Undefined where no template fits. */
  invert(message: string): Inversion | undefined {
    const plain = this.#invertPlain(message);
    if (plain === 'none') return undefined;
    if (plain !== undefined) return plain;
    const templates = this.#templates.filter((_, index) => mayFit(message, this.#anchors[index]!));
    if (templates.length === 0) return undefined;
    const views = new MessageViews(message);
    for (const step of STEPS) {
      const others: CompiledTemplate[] = [];
      const fitting: Inversion[] = [];
      for (const template of templates) {
        const inversion = invertAt(template, views, step);
        if (inversion === undefined) others.push(template);
        else fitting.push(inversion);
      }
      const first = fitting[0];
      if (first === undefined) continue;
      const isExact = fitting.every(
        ({ certainty, insertions }) => certainty === 'exact' && sameInsertions(insertions, first.insertions),
      );
      if (fitting.length > 1 && !isExact) return { ...first, certainty: 'ambiguous', reason: 'templates' };
      return isExact && others.some(other => isRival(other, views, step, first.insertions)) ? contested(first) : first;
    }
    return undefined;
  }

  /** What fits as it is, with one reading; 'none' where nothing fits; undefined where it is not so plain to see. */
  #invertPlain(message: string): Inversion | 'none' | undefined {
    this.#rows ??= this.#templates.map(template => this.#plain.add(template));
    const plain = this.#plain.read(message);
    let insertions: (string | null)[] | undefined;
    for (const row of this.#rows) {
      const found = plain.fit(row);
      if (found === NONE) {
        if (plain.mayFit(row)) return undefined;
        continue;
      }
      if (found !== 1) return undefined;
      const values = plain.values();
      if (insertions !== undefined && !sameInsertions(insertions, values)) return undefined;
      insertions ??= values;
    }
    return insertions === undefined ? 'none' : { certainty: 'exact', insertions, view: 'verbatim' };
  }
}

const ANCHORS = 4;
const LEAST_ANCHOR = 6;

/**
 * The longest words of ASCII letters in a template's literals. No view parts or changes them, so that a message without
 * one of them fits in no view: finding that out costs a hundredth of folding the message.
 */
export function anchorsOf({ literals }: CompiledTemplate): string[] {
  const words = literals.flatMap(literal => literal.match(/[A-Za-z]+/g) ?? []);
  return [...new Set(words)]
    .filter(word => word.length >= LEAST_ANCHOR)
    .sort((a, b) => b.length - a.length)
    .slice(0, ANCHORS);
}

/** Characters that folding drops, which may stand inside a word of the message. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\uffff]/;

/** Exported for its test: it must never be false of a message that fits in some view. */
export function mayFit(message: string, anchors: readonly string[]): boolean {
  return anchors.every(anchor => message.includes(anchor)) || INVISIBLE.test(message);
}
