import { isBare } from './anchors.js';
import { BLANK, hasUnevenReading } from './cut-repeats.js';
import { findFirst } from './find.js';
import type { Alignable } from './readings.js';

/**
 * What an export cuts off leaves no trace where nothing but empty values stood between it and an end: `Name: %1%n` reads
 * `Name:` once the spaces at the ends of lines are cut. Where two literals meet so, a seam, the rest of the text may still
 * fit the template in one way as it stands, and that reading may be wrong: it is proven only where no reading with a seam
 * exists. The spaces may be those at the ends of lines; any white space at the message's ends; or one of two in a row.
 *
 * @param isAsItStands the template fits the text unchanged. Then it is not supposed that what stood between two values was
 *   cut where that was white space alone, nor that two spaces were made one: nothing would speak for it, and `%1 %2` would
 *   never be read.
 * @param message as it was found: a mark of direction, which views drop, keeps a space before it from being an end's.
 */
export function hasCutReading(input: Alignable, isAsItStands: boolean, message: string): boolean {
  return CUT.some(isSpace => {
    const isLined = !hasSpacesAtEnds(message, isSpace);
    const supposed = (seams: Seam[], literals: readonly string[]) =>
      isAsItStands ? seams.filter(seam => seam.isDouble !== true && !hides(seam, literals)) : seams;
    const firstSeams = supposed(firstSeamsOf(input), input.literals).filter(
      ({ literal }) => !isAsItStands || literal !== '',
    );
    if (input.hasRepeats) {
      const seams = supposed(seamsOf(input, isLined, isSpace), input.literals);
      return hasAgreeingReading(input, [...seams, ...firstSeams]);
    }
    return [input, ...withoutFirst(input, firstSeams)].some(own => {
      const seams = seamsOf(own, isLined, isSpace);
      if (isLined) seams.push(...openSeamsOf(own.literals, isSpace));
      return hasReading(own, supposed(seams, own.literals), own !== input);
    });
  });
}

/** Some of what is gone was white space alone between two values. */
function hides({ after, before }: Seam, literals: readonly string[]): boolean {
  if (after > 0 && isBare(literals[after]!)) return true;
  for (let k = after + 1; k < before; k++) if (literals[k] !== '') return true;
  return false;
}

type IsSpace = (code: number) => boolean;

/** What exports cut: spaces and tabs; or no-break spaces and those of other widths too. */
const CUT: readonly IsSpace[] = [isBlank, isAnySpace];

/** Where inserts repeat, the sets of seams are tried; with more seams it is not looked at whether the values agree. */
const MOST_SEAMS = 6;

/** A reading with a seam, or any at all. */
function hasReading({ text, from, to, literals }: Alignable, seams: readonly Seam[], isAny: boolean): boolean {
  if (seams.length === 0 && !isAny) return false;
  const last = literals.length - 1;
  // The least place behind each literal, without and with a seam before it: the least is as good as any other.
  const plain = [text.startsWith(literals[0]!, from) ? from + literals[0]!.length : NOWHERE];
  const seamed = [NOWHERE];
  openAt(0);
  for (let k = 1; k <= last; k++) {
    plain.push(behind(literals[k]!, plain[k - 1]!, k));
    let least = behind(literals[k]!, seamed[k - 1]!, k);
    for (const { after, before, literal, isOpen } of seams) {
      if (before !== k || isOpen) continue;
      least = Math.min(least, after === 0 ? atStart(literal, k) : behindSeam(literal, after, k));
    }
    seamed.push(least);
    if (k < last) openAt(k);
  }
  return (
    seamed[last]! < NOWHERE || (isAny && (last > 0 ? plain[last]! < NOWHERE : text.slice(from, to) === literals[0]))
  );

  /** The value behind literal `k` starts with the line break that an open seam ends in. */
  function openAt(k: number): void {
    for (const { after, before, literal, isOpen } of seams) {
      if (before !== k + 1 || !isOpen) continue;
      const end = after === 0 ? startOfOpen(literal) : openBehind(literal, after);
      if (end < NOWHERE) seamed[k] = Math.min(seamed[k]!, end - 1);
    }
  }

  function startOfOpen(literal: string): number {
    return text.startsWith(literal, from) && from + literal.length <= to ? from + literal.length : NOWHERE;
  }

  function openBehind(literal: string, after: number): number {
    const at = Math.min(plain[after - 1]!, seamed[after - 1]!);
    const place = at > to ? -1 : findFirst(text, literal, at, to);
    return place < 0 ? NOWHERE : place + literal.length;
  }

  function behindSeam(literal: string, after: number, k: number): number {
    return behind(literal, Math.min(plain[after - 1]!, seamed[after - 1]!), k);
  }

  function behind(literal: string, at: number, k: number): number {
    if (at > to) return NOWHERE;
    if (k === last) return to - literal.length >= at && text.startsWith(literal, to - literal.length) ? to : NOWHERE;
    const place = findFirst(text, literal, at, to);
    return place < 0 ? NOWHERE : place + literal.length;
  }

  function atStart(literal: string, k: number): number {
    const end = from + literal.length;
    return text.startsWith(literal, from) && (k === last ? end === to : end <= to) ? end : NOWHERE;
  }
}

function hasAgreeingReading(input: Alignable, seams: readonly Seam[]): boolean {
  if (seams.length > MOST_SEAMS) return hasReading(input, seams, false);
  for (let subset = 1; subset < 2 ** seams.length; subset++) {
    const chosen = seams.filter((_, index) => subset & (1 << index));
    if (hasReadingWith(chosen, input)) return true;
  }
  return false;
}

/**
 * The inserts at seams are empty, and wherever else they stand they are so but for white space, of which some was cut: what
 * is left may fit or not.
 */
function hasReadingWith(seams: readonly Seam[], input: Alignable): boolean {
  const empty = new Set(seams.flatMap(({ after, before }) => input.inserts.slice(after, before)));
  const literals: string[] = [];
  const inserts: number[] = [];
  let joined = input.literals[0]!;
  for (let index = 0; index < input.inserts.length; index++) {
    const number = input.inserts[index]!;
    const seam = seams.find(({ after }) => after === index);
    if (seam !== undefined) {
      // What stands before the seam's first literal stays.
      joined = joined.slice(0, joined.length - input.literals[index]!.length) + seam.literal;
      index = seam.before - 1;
    } else {
      literals.push(joined);
      inserts.push(empty.has(number) ? BLANK : number);
      joined = input.literals[index + 1]!;
    }
  }
  literals.push(joined);
  return hasUnevenReading({ ...input, literals, inserts }, () => true);
}

const NOWHERE = Number.MAX_SAFE_INTEGER;

/** What is left of the literals from `after` to `before` when all values between them are empty and spaces are cut. */
export interface Seam {
  readonly after: number;
  readonly before: number;
  readonly literal: string;
  /** How much of `literal` comes from `after`. */
  readonly length: number;
  /** The value before `before` starts with the line break that `literal` ends in; else it is empty. */
  readonly isOpen: boolean;
  /** One of two spaces in a row is gone, and nothing else. */
  readonly isDouble?: true;
}

function seamsOf({ text, literals }: Alignable, isLined: boolean, isSpace: IsSpace): Seam[] {
  const seams: Seam[] = [];
  if (isLined) seams.push(...lineSeamsOf(literals, isSpace));
  if (!isWhite(text.charCodeAt(text.length - 1))) seams.push(...finalSeamsOf(literals));
  if (!/\s\s|[^\S ]/.test(text)) seams.push(...doubleSeamsOf(literals));
  return seams;
}

/** Spaces at the ends of lines. */
function lineSeamsOf(literals: readonly string[], isSpace: IsSpace): Seam[] {
  const seams: Seam[] = [];
  const last = literals.length - 1;
  for (let before = 1; before <= last; before++) {
    const next = literals[before]!;
    if (!endsLine(next, before === last, isSpace)) continue;
    let hasSpaces = false;
    for (let after = before - 1; after >= 0; after--) {
      const own = literals[after]!;
      const kept = withoutSpaces(own, isSpace);
      hasSpaces ||= kept.length < own.length;
      if (hasSpaces) seams.push({ after, before, literal: kept + next, length: kept.length, isOpen: false });
      if (kept !== '') break;
    }
  }
  return seams;
}

/** Where inserts repeat these are not looked for: what then agrees takes a search of its own. */
function openSeamsOf(literals: readonly string[], isSpace: IsSpace): Seam[] {
  const seams: Seam[] = [];
  for (let after = 0; after < literals.length - 1; after++) {
    const own = literals[after]!;
    const kept = withoutSpaces(own, isSpace);
    let hasSpaces = kept.length < own.length;
    for (let before = after + 1; before < literals.length; before++) {
      if (hasSpaces) seams.push({ after, before, literal: `${kept}\n`, length: kept.length, isOpen: true });
      const next = literals[before]!;
      if (withoutSpaces(next, isSpace) !== '') break;
      hasSpaces ||= next !== '';
    }
  }
  return seams;
}

/**
 * White space at the message's end, line breaks too: behind the last value stands nothing else. But a line break alone
 * between two values is not taken to have been cut, nor at the start.
 */
function finalSeamsOf(literals: readonly string[]): Seam[] {
  const seams: Seam[] = [];
  const before = literals.length - 1;
  if (literals[before]!.trim() !== '') return seams;
  let hasSpaces = false;
  for (let after = before - 1; after >= 0; after--) {
    const own = literals[after]!;
    const literal = own.trimEnd();
    if (literal === '' && own.includes('\n')) break;
    hasSpaces ||= literal !== own;
    if (hasSpaces) seams.push({ after, before, literal, length: literal.length, isOpen: false });
    if (literal !== '') break;
  }
  return seams;
}

/** White space at the message's start, where that at its end was cut too: nobody cuts the one alone. */
function firstSeamsOf({ text, literals }: Alignable): Seam[] {
  const seams: Seam[] = [];
  if (isWhite(text.charCodeAt(0)) || isWhite(text.charCodeAt(text.length - 1)) || literals[0]!.trim() !== '')
    return seams;
  let hasSpaces = false;
  for (let before = 1; before < literals.length; before++) {
    const next = literals[before]!;
    const literal = next.trimStart();
    if (literal === '' && next.includes('\n')) break;
    hasSpaces ||= literal !== next;
    if (hasSpaces) seams.push({ after: 0, before, literal, length: 0, isOpen: false });
    if (literal !== '') break;
  }
  return seams;
}

/** What is left where white space at the message's start was cut. */
function withoutFirst(input: Alignable, firstSeams: readonly Seam[]): Alignable[] {
  return firstSeams.map(({ before, literal }) => ({
    ...input,
    literals: [literal, ...input.literals.slice(before + 1)],
    inserts: input.inserts.slice(before),
  }));
}

/**
 * One of two spaces in a row. Where the literals are nothing but spaces they leave no trace, and two are taken to have
 * been one.
 */
function doubleSeamsOf(literals: readonly string[]): Seam[] {
  const seams: Seam[] = [];
  for (let before = 1; before < literals.length; before++) {
    const own = literals[before - 1]!;
    const next = literals[before]!;
    if (!own.endsWith(' ') || !next.startsWith(' ') || own === ' ' || next === ' ') continue;
    seams.push({
      after: before - 1,
      before,
      literal: own + next.slice(1),
      length: own.length,
      isOpen: false,
      isDouble: true,
    });
  }
  return seams;
}

/** A literal before which spaces are cut. */
function endsLine(literal: string, isLast: boolean, isSpace: IsSpace): boolean {
  if (literal.charCodeAt(0) === LF) return true;
  if (!isLast) return false;
  for (let at = 0; at < literal.length; at++) {
    const code = literal.charCodeAt(at);
    if (code !== LF && !isSpace(code)) return false;
  }
  return true;
}

function withoutSpaces(text: string, isSpace: IsSpace): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Then these were not cut. */
function hasSpacesAtEnds(message: string, isSpace: IsSpace): boolean {
  const isBehindSpace = (at: number) => at > 0 && isSpace(message.charCodeAt(at - 1));
  if (isBehindSpace(message.length)) return true;
  for (let at = message.indexOf('\n'); at >= 0; at = message.indexOf('\n', at + 1)) {
    if (isBehindSpace(message[at - 1] === '\r' ? at - 1 : at)) return true;
  }
  return false;
}

const LF = 10;

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** White space of any kind but line breaks. */
function isAnySpace(code: number): boolean {
  return code !== LF && code !== 13 && isWhite(code);
}

function isWhite(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13)) return true;
  return code > 127 && /\s/.test(String.fromCharCode(code));
}
