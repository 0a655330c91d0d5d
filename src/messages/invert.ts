import { fullestPlaces, hasUnevenReading } from './cut-repeats.js';
import { isProven } from './doubt.js';
import { damagedForms, ends, type Form, forms } from './forms.js';
import { type Inversion, NO_MATCH, sameBut, sameInsertions, toInversion } from './inversion.js';
import { MessageViews, type View, type ViewedText } from './normalise.js';
import { findReadings, READINGS_LIMIT, type Readings } from './readings.js';
import type { CompiledTemplate } from './template.js';

/**
 * Recovers the values that a rendered message was made of. Hypotheses on what an export did to the text are tried from
 * the least to the most (see `View`, then lost characters); the first that any reading fits gives the values, and those
 * that suppose more are looked at before they are called exact. Rendering the insertions gives the message back up to the
 * normalisation of `view`. Never throws; time is linear in the message for each insert, and bounded where inserts repeat.
 */
export function invertMessage(template: CompiledTemplate, message: string | MessageViews): Inversion {
  const views = typeof message === 'string' ? new MessageViews(message) : message;
  for (const step of STEPS) {
    const inversion = invertAt(template, views, step);
    if (inversion !== undefined) return inversion;
  }
  return NO_MATCH;
}

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
    if (inversion.certainty !== 'exact') return inversion;
    const { starts } = readings;
    if (isProven({ template, form, views, viewed, input, starts, inversion })) return inversion;
    return { ...inversion, certainty: 'ambiguous', readings: 2, reason: 'views' };
  }
  return undefined;
}
