import { isBare } from './anchors.js';
import { hasCutReading } from './cut.js';
import { hasUnevenReading } from './cut-repeats.js';
import { ends, type Form, forms } from './forms.js';
import { type Inversion, sameBut, toInversion } from './inversion.js';
import { DROPPED, foldCode, type MessageViews, originalSlice, type ViewedText } from './normalise.js';
import { type Alignable, findReadings, hasOneReading, valueStart } from './readings.js';
import type { CompiledTemplate } from './template.js';

/** The only reading of a message under a view. */
export interface SoleReading {
  readonly template: CompiledTemplate;
  readonly form: Form;
  readonly views: MessageViews;
  readonly viewed: ViewedText;
  readonly input: Alignable;
  readonly starts: Int32Array;
  readonly inversion: Inversion;
}

/** Whether nothing that an export does to white space makes this message of other values, but for white space around them. */
export function isProven(reading: SoleReading): boolean {
  return isSettled(reading.input) || !(hasOtherBlank(reading) || isInDoubt(reading));
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
function isInDoubt(reading: SoleReading): boolean {
  const { template, form, views, input, inversion } = reading;
  // Of a literal that folding makes white space alone, nothing is left where that is cut; of one that it drops, nothing at
  // all: a text that has its mark may come from values that need another cut.
  if (
    form.view === 'folded' &&
    input.literals.some((literal, at) => (literal === '' || isBare(literal)) && isFolded(form, at))
  )
    return true;
  const hasOwnBlanks = form.view === 'verbatim' || form.view === 'folded';
  const isAsItStands = hasOwnBlanks && hasBlanksOf(reading) && input.literals === form.literals;
  if (template.hasRepeats && hasUneven(reading, isAsItStands)) return true;
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
function hasUneven({ template, form, views, inversion }: SoleReading, keepsBare: boolean): boolean {
  for (const view of new Set([form.view, 'spaced', 'unbroken'] as const)) {
    const viewed = views.get(view);
    if (viewed === undefined) continue;
    for (const other of forms(template, view)) {
      if (other.isLastResort && !form.isLastResort) continue;
      for (const alignable of ends(other, viewed.text)) {
        const input = { ...alignable, keepsBare };
        const isOther = (starts: Int32Array) => {
          const readings = { count: 1, starts, isCut: false };
          const { insertions } = toInversion(template, input, readings, views.raw, viewed, view);
          return !sameBut(insertions.map(withoutMarks), inversion.insertions.map(withoutMarks));
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
function hasOtherBlank(reading: SoleReading): boolean {
  const { form, input } = reading;
  if (form.view !== 'folded') return false;
  for (let k = 1; k < input.inserts.length; k++) {
    if (isBare(input.literals[k]!) && blanksOf(literalAt(reading, k)) !== blanksOf(form.written[k]!)) return true;
  }
  return false;
}

/**
 * Whether each blank of the literals stands in the text as the template has it, or as a space or tab: no export makes
 * another one of it, such as a no-break space, which then is a value's more likely.
 */
function hasBlanksOf(reading: SoleReading): boolean {
  const { form, input } = reading;
  if (form.view !== 'folded') return true;
  return input.literals.every((_, k) => {
    const own = literalAt(reading, k).match(BLANKS) ?? [];
    const written = form.written[k]!.match(BLANKS) ?? [];
    return own.every((blank, at) => blank === written[at] || blank === ' ' || blank === '\t');
  });
}

/** What stands of the text in the place of a literal. */
function literalAt({ input, starts, views, viewed }: SoleReading, k: number): string {
  const to = k < input.inserts.length ? valueStart(input, starts, k + 1) : input.to;
  return originalSlice(views.raw, viewed, starts[k]!, to);
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

/** Without what folding drops, at which a value's borders may lie on either side. */
function withoutMarks(text: string | null): string | null {
  if (text === null) return null;
  let kept = '';
  for (let at = 0; at < text.length; at++) if (foldCode(text.charCodeAt(at)) !== DROPPED) kept += text[at];
  return kept;
}
