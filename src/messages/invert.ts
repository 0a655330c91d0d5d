import { isBare } from './anchors.js';
import { hasCutReading } from './cut.js';
import { fullestPlaces, hasUnevenReading } from './cut-repeats.js';
import { damagedForms, ends, type Form, forms } from './forms.js';
import { DROPPED, foldCode, MessageViews, originalSlice, type View, type ViewedText } from './normalise.js';
import { type Alignable, findReadings, hasOneReading, READINGS_LIMIT, type Readings, valueStart } from './readings.js';
import type { CompiledTemplate } from './template.js';

/** What a message says about its template's values. */
export interface Inversion {
  /**
   * `exact`: exactly one assignment of values renders to this message, up to the normalisation of `view`, and no other
   * would give it if an export had cut spaces at the ends of lines or white space at the ends of the message, made blanks
   * of its line breaks or left them out (values differ in the white space around them at most). A line break alone between
   * two inserts is not taken to be cut, nor two spaces to have been made one where spaces alone stand between inserts. Of
   * a message that the template fits unchanged, it is not supposed that white space alone between two inserts was cut:
   * `%1 %2` reads `a b` as `a` and `b`, though `a b` and an empty value would give it once its end is trimmed.
   * `ambiguous`: several do, or it was not found out; `insertions` then hold the leftmost reading (every value as short as
   * the values before it allow), or nulls. `none`: the message does not come from the template.
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
 * the least to the most (see `View`, then lost characters); the first that any reading fits gives the values, and those
 * that suppose more are looked at before they are called exact. Rendering the
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
  return found ?? (template.hasRepeats && step === STEPS.at(-1) ? readCutRepeats(template, views) : undefined);
}

/**
 * Where an insert stands at the end of a line, and elsewhere too, an export that cuts spaces at the ends of lines makes its
 * places differ: the fullest counts. Looked for last; what of the spaces was the value's is not proven, so that it is never
 * exact.
 */
function readCutRepeats(template: CompiledTemplate, views: MessageViews): Inversion | undefined {
  for (const view of ['trimmed', 'spaced'] as const) {
    const viewed = views.get(view)!;
    for (const input of forms(template, view).flatMap(form => [...ends(form, viewed.text)])) {
      let readings: Readings = { count: 0, starts: new Int32Array(0), isCut: true };
      let inserts = input.inserts;
      const isFitting = hasUnevenReading(input, starts => {
        const fullest = fullestPlaces(input, starts);
        if (fullest === undefined) return false;
        readings = { count: 1, starts, isCut: false };
        inserts = fullest;
        return true;
      });
      if (!isFitting) continue;
      const inversion = toInversion(template, { ...input, inserts }, readings, views.raw, viewed, view);
      return { ...inversion, certainty: 'ambiguous', readings: 2, reason: inversion.reason ?? 'views' };
    }
  }
  return undefined;
}

/**
 * Whether the message, which other values fit at a step, would have other ones of this template at a later: then it cannot be
 * told which of the two it comes from.
 */
export function isRival(
  template: CompiledTemplate,
  views: MessageViews,
  step: Step,
  insertions: readonly (string | null)[],
): boolean {
  for (const later of STEPS.slice(STEPS.indexOf(step) + 1)) {
    const inversion = invertAt(template, views, later);
    if (inversion === undefined) continue;
    return inversion.certainty !== 'exact' || !sameBut(inversion.insertions, insertions);
  }
  return false;
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
    if (inversion.certainty !== 'exact' || isSettled(input)) return inversion;
    const hasDoubt =
      (form.view === 'folded' && hasOtherBlank(form, input, readings, views.raw, viewed)) ||
      isInDoubt(template, form, views, input, inversion, hasBlanksOf(form, input, readings, views.raw, viewed));
    if (!hasDoubt) return inversion;
    return { ...inversion, certainty: 'ambiguous', readings: 2, reason: 'views' };
  }
  return undefined;
}

/**
 * With all white space left out there is one reading too: whatever an export did to white space, the values are the same
 * but for theirs.
 */
function isSettled(input: Alignable): boolean {
  if (
    input.inserts.length < 2 &&
    input.literals.every((literal, index) => literal !== '' || index === 0 || index === 1)
  )
    return input.literals.length < 2;
  const text = withoutWhite(input.text);
  const literals = input.literals.map(withoutWhite);
  return hasOneReading({ ...input, text, from: 0, to: text.length, literals, hasRepeats: false, sharesSpaces: false });
}

function withoutWhite(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Something else may have been done to the message's white space, and then other values are in it. */
function isInDoubt(
  template: CompiledTemplate,
  form: Form,
  views: MessageViews,
  input: Alignable,
  inversion: Inversion,
  hasItsBlanks: boolean,
): boolean {
  // Of a literal that folding makes white space alone, nothing is left where that is cut; of one that it drops, nothing at
  // all: a text that has its mark may come from values that need another cut.
  if (
    form.view === 'folded' &&
    input.literals.some((literal, at) => (literal === '' || isBare(literal)) && isFolded(form, at))
  )
    return true;
  const hasOwnBlanks = form.view === 'verbatim' || form.view === 'folded';
  const isAsItStands = hasOwnBlanks && hasItsBlanks && input.literals === form.literals;
  if (template.hasRepeats && hasUneven(template, form, views, inversion, isAsItStands)) return true;
  if (hasOwnBlanks) return hasCutReading(input, isAsItStands, views.raw);
  // Where a run of white space is one space, there are all readings of the other views; but for line breaks left out.
  for (const view of ['spaced', 'unbroken'] as const) {
    const viewed = view === form.view ? undefined : views.get(view);
    if (viewed === undefined) continue;
    for (const other of forms(template, view)) {
      if (other.isLastResort && !form.isLastResort) continue;
      for (const alignable of ends(other, viewed.text)) {
        const readings = findReadings(alignable);
        if (readings.isCut || readings.count > 1) return true;
        if (view === 'unbroken' && hasCutReading(alignable, false, views.raw)) return true;
        if (readings.count === 0) continue;
        const { insertions } = toInversion(template, alignable, readings, views.raw, viewed, view);
        if (!sameBut(insertions, inversion.insertions)) return true;
      }
    }
  }
  return form.view === 'unbroken' && hasCutReading(input, false, views.raw);
}

/**
 * Of an insert that stands several times the white space at some of its places was cut, and then there are other values.
 *
 * @param keepsBare nothing is supposed of white space alone between two inserts.
 */
function hasUneven(
  template: CompiledTemplate,
  form: Form,
  views: MessageViews,
  { insertions }: Inversion,
  keepsBare: boolean,
): boolean {
  for (const view of [form.view, 'spaced', 'unbroken'] as const) {
    const viewed = views.get(view);
    if (viewed === undefined) continue;
    for (const other of forms(template, view)) {
      if (other.isLastResort && !form.isLastResort) continue;
      for (const alignable of ends(other, viewed.text)) {
        const input = { ...alignable, keepsBare };
        const isOther = (starts: Int32Array) => {
          const reading = { count: 1, starts, isCut: false };
          const own = toInversion(template, input, reading, views.raw, viewed, view).insertions;
          return !sameBut(own.map(withoutMarks), insertions.map(withoutMarks));
        };
        if (hasUnevenReading(input, isOther)) return true;
      }
    }
  }
  return false;
}

/**
 * Whether folding alone makes white space of the text the white space that stands between two inserts, such as a no-break
 * space: then it may be a value's, and the template's own was cut. Line breaks are written in several ways.
 */
function hasOtherBlank(form: Form, input: Alignable, { starts }: Readings, raw: string, viewed: ViewedText): boolean {
  for (let k = 1; k < input.inserts.length; k++) {
    if (!isBare(input.literals[k]!)) continue;
    const own = originalSlice(raw, viewed, starts[k]!, valueStart(input, starts, k + 1));
    if (blanksOf(own) !== blanksOf(form.written[k]!)) return true;
  }
  return false;
}

/**
 * Whether each blank of the literals stands in the text as the template has it, or as a space or tab: no export makes
 * another one of it, such as a no-break space, which then is a value's more likely.
 */
function hasBlanksOf(form: Form, input: Alignable, { starts }: Readings, raw: string, viewed: ViewedText): boolean {
  if (form.view !== 'folded') return true;
  return input.literals.every((_, k) => {
    const to = k < input.inserts.length ? valueStart(input, starts, k + 1) : input.to;
    const own = originalSlice(raw, viewed, starts[k]!, to).match(BLANKS) ?? [];
    const written = form.written[k]!.match(BLANKS) ?? [];
    return own.every((blank, at) => blank === written[at] || blank === ' ' || blank === '\t');
  });
}

const BLANKS = /[^\S\r\n]/g;

/**
 * White space as it is written, but for the form of line breaks and for what folding drops. Of that, what stands in front
 * of a line break stays: it may be all of a value, behind which spaces were cut.
 */
function blanksOf(text: string): string {
  let blanks = '';
  let dropped = '';
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const folded = foldCode(character.charCodeAt(0));
    if (folded === DROPPED) {
      dropped += character;
      continue;
    }
    blanks += folded === LINE_FEED ? `${dropped}\n` : character;
    dropped = '';
  }
  return blanks;
}

const LINE_FEED = 10;

/** Whether a literal between two inserts is more than white space. */
function isFolded({ written }: Form, at: number): boolean {
  return at > 0 && at < written.length - 1 && written[at] !== '' && !isBare(written[at]!);
}

/** The same but for white space around them. */
function sameBut(left: readonly (string | null)[], right: readonly (string | null)[]): boolean {
  return sameInsertions(left.map(trim), right.map(trim));
}

/** Without what folding drops, at which a value's borders may lie on either side. */
function withoutMarks(text: string | null): string | null {
  if (text === null) return null;
  let kept = '';
  for (let at = 0; at < text.length; at++) if (foldCode(text.charCodeAt(at)) !== DROPPED) kept += text[at];
  return kept;
}

function trim(text: string | null): string | null {
  return text?.trim() ?? null;
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
      const value = originalSlice(raw, viewed, from, to);
      insertions[number - 1] = input.dropsEnd && k === input.inserts.length ? withoutEnd(value) : value;
    }
  }
  dropUnfilled(insertions);
  const damaged = findDamage(insertions, view === 'damaged');
  const marks = damaged.length > 0 ? { damaged } : undefined;
  if (readings.count === 1 && !readings.isCut) return { certainty: 'exact', insertions, view, ...marks };
  const reason = readings.isCut ? 'budget' : 'readings';
  return { certainty: 'ambiguous', insertions, readings: readings.count, reason, view, ...marks };
}

/** Without the white space at its end, no-break spaces aside. */
function withoutEnd(value: string): string {
  let end = value.length;
  while (end > 0 && ' \t\r\n'.includes(value[end - 1]!)) end--;
  return value.slice(0, end);
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
