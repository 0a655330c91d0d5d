import { FALLBACK_LANGUAGES, type FallbackLanguage } from './fallback-languages.js';
import type { Inversion } from './inversion.js';
import { MessageViews, originalSlice } from './normalise.js';
import { READINGS_LIMIT } from './readings.js';
import type { CompiledTemplate } from './template.js';

/**
 * Windows shows a text of its own when it finds no template: that the description of the event cannot be found, and then
 * the raw strings, one a line (Event Viewer), or quoted or bare with commas between (Get-EventLog, Windows 2003). Gives
 * the strings back; undefined when the message is no such text.
 *
 * Nothing tells a line break inside a string from the one after it. So several lines are `exact` only where a template
 * of the event says how many strings there are; else `ambiguous`, each line taken for a string.
 */
export function invertFallback(
  message: string,
  candidates: readonly { readonly compiled: CompiledTemplate }[],
): (Inversion & { readonly culture: string }) | undefined {
  const openings = BY_START[message.charCodeAt(0)];
  if (openings === undefined) return undefined;
  const views = new MessageViews(message);
  const viewed = views.get('folded')!;
  for (const opening of openings) {
    const section = findStrings(viewed.text, opening);
    if (section === undefined) continue;
    const { language } = opening;
    const pieces = splitStrings(viewed.text, section.start, section.end, section.form);
    const insertions = pieces.map(([from, to]) => originalSlice(message, viewed, from, to));
    return { ...judge(insertions, candidates), culture: language.culture, view: viewed.begins ? 'folded' : 'verbatim' };
  }
  return undefined;
}

/** A cheap look whether `invertFallback` is worth calling. */
export function mayBeFallback(message: string): boolean {
  const first = message.charCodeAt(0);
  if (STARTS[first] !== 1) return false;
  for (const { start } of BY_START[first]!) if (startsLike(message, start)) return true;
  return false;
}

/** From the end, since more messages start with the same words; spaces and apostrophes may be of another form. */
function startsLike(message: string, start: string): boolean {
  for (let at = start.length - 1; at > 0; at--) {
    const code = start.charCodeAt(at);
    if (message.charCodeAt(at) !== code && code !== SPACE && code !== APOSTROPHE) return false;
  }
  return true;
}

const SPACE = 32;
const APOSTROPHE = 39;

function judge(
  insertions: readonly string[],
  candidates: readonly { readonly compiled: CompiledTemplate }[],
): Inversion {
  const count = insertions.length;
  if (count <= 1) return { certainty: 'exact', insertions };
  if (candidates.some(({ compiled }) => compiled.insertCount === count)) return { certainty: 'exact', insertions };
  return {
    certainty: 'ambiguous',
    insertions,
    readings: Math.min(READINGS_LIMIT, 2 ** (count - 1)),
    reason: 'strings',
  };
}

/** A first sentence of a language, by the code of its first character. */
const BY_START: Readonly<Record<number, readonly Opening[]>> = byStart();

interface Opening {
  readonly start: string;
  /** What follows the start, in order. */
  readonly pieces: readonly string[];
  readonly language: FallbackLanguage;
}

/** 1 for each of these characters. */
const STARTS = new Uint8Array(65_536);
for (const code of Object.keys(BY_START)) STARTS[Number(code)] = 1;

function byStart(): Record<number, Opening[]> {
  const groups: Record<number, Opening[]> = {};
  for (const language of FALLBACK_LANGUAGES) {
    for (const [start, ...pieces] of language.heads) {
      const code = start!.charCodeAt(0);
      groups[code] = [...(groups[code] ?? []), { start: start!, pieces, language }];
    }
  }
  return groups;
}

/** The first sentence names event ID and source; it ends within so many characters. */
const HEAD_LENGTH = 600;

type Form = 'lines' | 'quoted' | 'commas';

/**
 * Behind the first sentence stands a line that ends in a colon and an empty line, then the strings; or, all in one
 * paragraph, a colon and the strings in apostrophes. Where the words before the colon are known they are looked for first.
 */
function findStrings(
  text: string,
  { start: opening, pieces, language }: Opening,
): { start: number; end: number; form: Form } | undefined {
  const head = normaliseColon(text.slice(0, HEAD_LENGTH));
  if (!head.startsWith(opening)) return undefined;
  let at = opening.length;
  for (const piece of pieces) {
    const found = head.indexOf(piece, at);
    if (found < 0) return undefined;
    at = found + piece.length;
  }
  const marked = findMarker(normaliseColon(text), at, language);
  if (marked < 0) return undefined;
  const end = withoutTrailer(text, marked, language);
  let start = marked;
  while (start < end && text[start] === ' ') start++;
  if (text[start] === '\n') {
    start++;
    // The strings follow after one empty line.
    let next = start;
    while (next < end && (text[next] === ' ' || text[next] === '\t')) next++;
    if (text[next] === '\n') start = next + 1;
    return { start, end, form: 'lines' };
  }
  return { start, end, form: text[start] === "'" && text[end - 1] === "'" ? 'quoted' : 'commas' };
}

function normaliseColon(text: string): string {
  return text.replaceAll('\uff1a', ':').replaceAll('\uff0c', ',');
}

function findMarker(text: string, from: number, language: FallbackLanguage): number {
  for (const marker of language.markers) {
    const at = text.indexOf(marker, from);
    if (at >= 0) return at + marker.length;
  }
  const line = /:[ \t]*\n[ \t]*\n/g;
  line.lastIndex = from;
  const found = line.exec(text);
  if (found !== null) return found.index + 1;
  const quoted = text.indexOf(":'", from);
  return quoted < 0 || !text.trimEnd().endsWith("'") ? -1 : quoted + 1;
}

/** Where the strings end: before the known reason that may follow them, and before trailing line breaks. */
function withoutTrailer(text: string, from: number, language: FallbackLanguage): number {
  let end = text.length;
  while (end > from && text[end - 1] === '\n') end--;
  for (const trailer of language.trailers) {
    const plain = normaliseColon(text.slice(Math.max(from, end - trailer.length - 1), end));
    const at = plain.lastIndexOf(trailer);
    if (at < 0 || plain.length - at > trailer.length + 1) continue;
    end -= plain.length - at;
    while (end > from && (text[end - 1] === '\n' || text[end - 1] === ' ')) end--;
    break;
  }
  return end;
}

/** Bounds of the strings in `[start, end)`. */
function splitStrings(text: string, start: number, end: number, form: Form): [from: number, to: number][] {
  const separator = form === 'lines' ? '\n' : form === 'quoted' ? "', '" : ', ';
  let from = form === 'quoted' ? start + 1 : start;
  const last = form === 'quoted' ? end - 1 : form === 'commas' && text[end - 1] === '.' ? end - 1 : end;
  const pieces: [number, number][] = [];
  if (from >= last) return form === 'quoted' && end - start >= 2 ? [[from, from]] : [];
  for (;;) {
    const at = text.indexOf(separator, from);
    if (at < 0 || at >= last) break;
    pieces.push([from, at]);
    from = at + separator.length;
  }
  pieces.push([from, last]);
  return pieces;
}
