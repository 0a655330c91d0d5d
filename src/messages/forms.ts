import { DROPPED, foldCode, type MessageViews, type View, viewLiteral } from './normalise.js';
import type { Alignable } from './readings.js';
import type { CompiledTemplate } from './template.js';

/** A template's literals under a view. */
export interface Form {
  readonly view: View;
  readonly literals: readonly string[];
  /** The same as the template has them. */
  readonly written: readonly string[];
  readonly inserts: readonly number[];
  readonly hasRepeats: boolean;
  /** Only tried where the forms before it do not fit. */
  readonly isLastResort: boolean;
}

const cachedForms = new WeakMap<CompiledTemplate, Partial<Record<View, readonly Form[]>>>();

export function forms(template: CompiledTemplate, view: View): readonly Form[] {
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
    return { view, literals: pad(viewed, view), written: literals, inserts, hasRepeats, isLastResort: false };
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
export function damagedForms(template: CompiledTemplate, views: MessageViews, view: View): Form[] {
  const kept = new Set(views.raw);
  const damaged: Form[] = [];
  for (const isFolding of [true, false]) {
    let hasLost = false;
    const written = template.literals.map(literal => {
      let lossy = '';
      for (let at = 0; at < literal.length; at++) {
        const code = literal.charCodeAt(at);
        const isKept = code < 128 || kept.has(literal[at]!) || (isFolding && foldsToAscii(code));
        lossy += isKept ? literal[at]! : '?';
        hasLost ||= !isKept;
      }
      return lossy;
    });
    if (!hasLost) continue;
    const { inserts, hasRepeats } = template;
    const literals = written.map(literal => viewLiteral(literal, view));
    damaged.push({ view, literals: pad(literals, view), written, inserts, hasRepeats, isLastResort: false });
  }
  return damaged;
}

function foldsToAscii(code: number): boolean {
  const folded = foldCode(code);
  return folded < 128 || folded === DROPPED;
}

/**
 * White space at a message's ends comes and goes: message tables end in a line break that viewers cut off, and text
 * forms add some. It only counts where a value stands at the end.
 */
export function* ends(form: Form, text: string): Generator<Alignable> {
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
  const trimmed = spacesAfter(text, from);
  if (from === 0 && trimmed === text.length && final === literals[last] && first === literals[0]) return;
  const cut = [...literals];
  cut[0] = first;
  cut[last] = last === 0 ? final.slice(spacesBefore(final)) : final;
  const to = final === '' && last > 0 ? text.length : trimmed;
  // What stands in the place of a template's final line break is no value's.
  const dropsEnd = to > trimmed && literals[last] !== '' && !hasRepeats;
  yield { text, from, to, literals: cut, inserts, hasRepeats, sharesSpaces, dropsEnd };
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
