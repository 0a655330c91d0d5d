import { hasCutReading } from './cut.js';
import {
  DROPPED,
  foldCode,
  MessageViews,
  originalSlice,
  type View,
  type ViewedText,
  viewLiteral,
} from './normalise.js';
import { type Alignable, findReadings, READINGS_LIMIT, type Readings, valueStart } from './readings.js';
import type { CompiledTemplate } from './template.js';

/** What a message says about its template's values. */
export interface Inversion {
  /**
   * `exact`: exactly one assignment of values renders to this message, up to the normalisation of `view`. `ambiguous`:
   * several do, or it was not found out; `insertions` then hold the leftmost reading (every value as short as the values
   * before it allow), or nulls. `none`: the message does not come from the template.
   */
  readonly certainty: 'exact' | 'ambiguous' | 'none';
  /** `%n` is `[n - 1]`, as the text has it; null where the template does not use `%n`, or the text holds it unfilled. */
  readonly insertions: readonly (string | null)[];
  /** When ambiguous: how many readings there are, at least; counted up to `READINGS_LIMIT`. */
  readonly readings?: number;
  /** Why it is not exact. */
  readonly reason?: InversionReason;
  /** The numbers of the inserts whose text an encoding destroyed (`?` or U+FFFD stand in it). */
  readonly damaged?: readonly number[];
  /** What had to be assumed of the export for the message to match; see `View`. `damaged`: it lost characters too. */
  readonly view?: View | 'damaged';
}

/**
 * - `no-match`: the message does not come from the template, or from any
 * - `readings`: several assignments of values render to the message
 * - `views`: what was done to the white space cannot be told, and it matters
 * - `budget`: with repeated inserts the bounded search gave up
 * - `templates`: several templates fit and give different values
 * - `strings`: Windows' text for a missing template, whose lines may be one string or several
 */
export type InversionReason = 'no-match' | 'readings' | 'views' | 'budget' | 'templates' | 'strings';

/**
 * Recovers the values that a rendered message was made of. Hypotheses on what an export did to the text are tried from
 * the least to the most (see `View`, then lost characters); the first that any reading fits decides. Rendering the
 * insertions gives the message back up to the normalisation of `view`. Never throws; time is linear in the message for
 * each insert, and bounded where inserts repeat.
 */
export function invertMessage(template: CompiledTemplate, message: string | MessageViews): Inversion {
  const views = typeof message === 'string' ? new MessageViews(message) : message;
  for (const step of STEPS) {
    const inversion = invertAt(template, views, step);
    if (inversion !== undefined) return inversion;
  }
  return NO_MATCH;
}

export const NO_MATCH: Inversion = { certainty: 'none', insertions: [], reason: 'no-match' };

/** One level of tolerance; what fits at a level is not looked for at a later one. */
export type Step = readonly View[];

export const STEPS: readonly Step[] = [
  ['verbatim'],
  ['folded'],
  ['joined', 'joined-wide', 'trimmed'],
  ['spaced'],
  ['unbroken'],
];

/** The inversion at one level of tolerance; undefined when nothing fits. */
export function invertAt(template: CompiledTemplate, views: MessageViews, step: Step): Inversion | undefined {
  let found: Inversion | undefined;
  for (const view of step) {
    const viewed = views.get(view);
    if (viewed === undefined) continue;
    let isFitting = false;
    for (const form of forms(template, view)) {
      if (isFitting && form.isLastResort) break;
      const inversion = read(template, form, views, viewed, view);
      if (inversion === undefined) continue;
      isFitting = true;
      found = found === undefined ? inversion : combine(found, inversion);
    }
    if (view === 'verbatim' || !views.hasLosses) continue;
    for (const form of damagedForms(template, views, view)) {
      const inversion = read(template, form, views, viewed, 'damaged');
      if (inversion !== undefined) found = found === undefined ? inversion : combine(found, inversion);
    }
  }
  return found;
}

/** Two hypotheses of one level fit: they must agree. */
function combine(left: Inversion, right: Inversion): Inversion {
  if (left.certainty === 'exact' && right.certainty === 'exact' && sameInsertions(left.insertions, right.insertions)) {
    return left;
  }
  const readings = Math.min((left.readings ?? 1) + (right.readings ?? 1), READINGS_LIMIT);
  return { ...left, certainty: 'ambiguous', readings, reason: left.reason ?? right.reason ?? 'views' };
}

export function sameInsertions(left: readonly (string | null)[], right: readonly (string | null)[]): boolean {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if ((left[index] ?? null) !== (right[index] ?? null)) return false;
  }
  return true;
}

/** A template's literals under a view. */
interface Form {
  readonly view: View;
  readonly literals: readonly string[];
  readonly inserts: readonly number[];
  readonly hasRepeats: boolean;
  /** Only tried where the forms before it do not fit. */
  readonly isLastResort: boolean;
}

const cachedForms = new WeakMap<CompiledTemplate, Partial<Record<View, readonly Form[]>>>();

function forms(template: CompiledTemplate, view: View): readonly Form[] {
  let byView = cachedForms.get(template);
  if (byView === undefined) {
    byView = {};
    cachedForms.set(template, byView);
  }
  const made = byView[view] ?? makeForms(template, view);
  byView[view] = made;
  return made;
}

/**
 * A parameter reference (`%%1833`) may stand in the text as it is, as FormatMessage leaves it (`%1833`), or replaced by
 * its text. The last is only believed when neither of the others fits: it is an insert without a number.
 */
function makeForms(template: CompiledTemplate, view: View): readonly Form[] {
  const { inserts, hasRepeats } = template;
  const form = (literals: readonly string[]): Form => {
    const viewed = literals.map(literal => viewLiteral(literal, view));
    return { view, literals: pad(viewed, view), inserts, hasRepeats, isLastResort: false };
  };
  if (!template.hasParameters) return [form(template.literals)];
  const literals: string[] = [];
  const open: number[] = [];
  template.literals.forEach((literal, index) => {
    const pieces = literal.split(/%%\d+/);
    literals.push(...pieces);
    for (let piece = 1; piece < pieces.length; piece++) open.push(0);
    if (index < inserts.length) open.push(inserts[index]!);
  });
  return [
    form(template.literals),
    form(template.literals.map(literal => literal.replace(/%%(?=\d)/g, '%'))),
    {
      ...form(literals),
      inserts: open.map((number, index) => (number === 0 ? -index - 1 : number)),
      isLastResort: true,
    },
  ];
}

/** In the spaced view a space stands before and after everything, so that literals at either end share it with values. */
function pad(literals: readonly string[], view: View): readonly string[] {
  if (view !== 'spaced') return literals;
  const padded = [...literals];
  padded[0] = ` ${padded[0]!.trimStart()}`;
  if (padded.length > 1 && literals[0]!.trim() === '') padded[0] = ' ';
  const last = padded.length - 1;
  padded[last] = `${padded[last]!.trimEnd()} `;
  return padded;
}

/**
 * If an encoding lost characters, then those of the template that do not stand anywhere in the text stand there as `?`.
 * Characters with an ASCII form may have taken that instead.
 */
function damagedForms(template: CompiledTemplate, views: MessageViews, view: View): Form[] {
  const kept = new Set(views.raw);
  const damaged: Form[] = [];
  for (const isFolding of [true, false]) {
    let hasLost = false;
    const literals = template.literals.map(literal => {
      let lossy = '';
      for (let at = 0; at < literal.length; at++) {
        const code = literal.charCodeAt(at);
        const isKept = code < 128 || kept.has(literal[at]!) || (isFolding && foldsToAscii(code));
        lossy += isKept ? literal[at]! : '?';
        hasLost ||= !isKept;
      }
      return viewLiteral(lossy, view);
    });
    if (!hasLost) continue;
    const { inserts, hasRepeats } = template;
    damaged.push({ view, literals: pad(literals, view), inserts, hasRepeats, isLastResort: false });
  }
  return damaged;
}

function foldsToAscii(code: number): boolean {
  const folded = foldCode(code);
  return folded < 128 || folded === DROPPED;
}

function read(
  template: CompiledTemplate,
  form: Form,
  views: MessageViews,
  viewed: ViewedText,
  view: View | 'damaged',
): Inversion | undefined {
  const text = view === 'damaged' ? viewed.text.replaceAll('\ufffd', '?') : viewed.text;
  for (const input of ends(form, text)) {
    const readings = findReadings(input);
    if (readings.count === 0 && !readings.isCut) continue;
    const inversion = toInversion(template, input, readings, views.raw, viewed, view);
    const isProven = inversion.certainty !== 'exact' || !mayHaveSeams(form.view, views);
    if (isProven || !hasCutReading(input, form.view === 'trimmed')) return inversion;
    return { ...inversion, certainty: 'ambiguous', readings: 2, reason: 'views' };
  }
  return undefined;
}

/** In the other views spaces at the ends of lines count for nothing, or line breaks are gone. */
function mayHaveSeams(view: View, views: MessageViews): boolean {
  return view === 'trimmed' || ((view === 'verbatim' || view === 'folded') && views.mayBeCut());
}

/**
 * White space at a message's ends comes and goes: message tables end in a line break that viewers cut off, and text
 * forms add some. It only counts where a value stands at the end.
 */
function* ends(form: Form, text: string): Generator<Alignable> {
  const { literals, inserts, hasRepeats } = form;
  const sharesSpaces = form.view === 'spaced';
  if (sharesSpaces) {
    const padded = `${text.startsWith(' ') ? '' : ' '}${text}${text.endsWith(' ') && text.length > 1 ? '' : ' '}`;
    yield { text: padded, from: 0, to: padded.length, literals, inserts, hasRepeats, sharesSpaces };
    return;
  }
  yield { text, from: 0, to: text.length, literals, inserts, hasRepeats, sharesSpaces };
  const last = literals.length - 1;
  const first = literals[0]!.slice(spacesBefore(literals[0]!));
  const final = literals[last]!.slice(0, spacesAfter(literals[last]!, 0));
  const from = first === '' ? 0 : spacesBefore(text);
  const to = final === '' && last > 0 ? text.length : spacesAfter(text, from);
  if (from === 0 && to === text.length && final === literals[last] && first === literals[0]) return;
  const cut = [...literals];
  cut[0] = first;
  cut[last] = last === 0 ? final.slice(spacesBefore(final)) : final;
  yield { text, from, to, literals: cut, inserts, hasRepeats, sharesSpaces };
}

function spacesBefore(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function spacesAfter(text: string, least: number): number {
  let at = text.length;
  while (at > least && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Space, tab, line feed: line breaks were folded. */
function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10;
}

function toInversion(
  template: CompiledTemplate,
  input: Alignable,
  readings: Readings,
  raw: string,
  viewed: ViewedText,
  view: View | 'damaged',
): Inversion {
  const insertions: (string | null)[] = new Array(template.insertCount).fill(null);
  const shift = input.sharesSpaces && !viewed.text.startsWith(' ') ? 1 : 0;
  if (readings.count > 0) {
    for (let k = input.inserts.length; k > 0; k--) {
      const number = input.inserts[k - 1]!;
      if (number < 1) continue;
      const from = valueStart(input, readings.starts, k) - shift;
      const to = readings.starts[k]! - shift;
      insertions[number - 1] = originalSlice(raw, viewed, from, to);
    }
  }
  dropUnfilled(insertions);
  const damaged = findDamage(insertions, view === 'damaged');
  const marks = damaged.length > 0 ? { damaged } : undefined;
  if (readings.count === 1 && !readings.isCut) return { certainty: 'exact', insertions, view, ...marks };
  const reason = readings.isCut ? 'budget' : 'readings';
  return { certainty: 'ambiguous', insertions, readings: readings.count, reason, view, ...marks };
}

/** Windows leaves an insert in the text for which the event has no string; strings are missing from the end only. */
function dropUnfilled(insertions: (string | null)[]): void {
  for (let index = insertions.length - 1; index >= 0; index--) {
    if (insertions[index] === null) continue;
    if (insertions[index] !== `%${index + 1}`) return;
    insertions[index] = null;
  }
}

/**
 * U+FFFD is always damage. `?` is when the template's own characters were lost too, or where no text has it: in a row
 * (but for the `\??\` of NT paths), or before a digit in the place of a mark (`?2/?28/?2024`).
 */
function findDamage(insertions: readonly (string | null)[], isLossy: boolean): number[] {
  const damaged: number[] = [];
  insertions.forEach((value, index) => {
    if (value === null) return;
    const isDamaged = value.includes('\ufffd') || (value.includes('?') && (isLossy || LOST.test(value)));
    if (isDamaged) damaged.push(index + 1);
  });
  return damaged;
}

const LOST = /(?<![\\?])\?\?|(?:^|[ /])\?\d/;
