import { findFirst } from './find.js';
import { type Alignable, findReadings } from './readings.js';

/**
 * An export that cuts spaces at the ends of lines takes those of a literal too, where nothing but an empty value stood
 * between them and the line break, or a value that starts with one: `Name: %1%n` then reads `Name:`. If the rest of the text still fits the template in
 * one way as it stands, that reading is wrong; so it is proven only where no reading with such a seam exists.
 *
 * A literal of nothing but spaces leaves no trace where it is cut: `%1 %2` at the end of a line could always have been
 * `a b` and nothing. Unless the text shows that spaces were cut (`isCut`), it is then taken at its word.
 */
export function hasCutReading(input: Alignable, isCut: boolean): boolean {
  return CUT.some(isSpace => {
    const seams = seamsOf(input.literals, isCut, isSpace);
    if (hasSpacesAtEnds(input.text, isSpace)) return false;
    if (!input.hasRepeats) return hasReading(input, [...seams, ...openSeamsOf(input.literals, isCut, isSpace)]);
    if (seams.length > MOST_SEAMS) return hasReading(input, seams);
    for (let subset = 1; subset < 2 ** seams.length; subset++) {
      const chosen = seams.filter((_, index) => subset & (1 << index));
      if (hasReadingWith(chosen, input, isSpace)) return true;
    }
    return false;
  });
}

type IsSpace = (code: number) => boolean;

/** What exports cut: spaces and tabs; or no-break spaces and those of other widths too. */
const CUT: readonly IsSpace[] = [isBlank, isAnySpace];

/** Where inserts repeat, the sets of seams are tried; with more seams it is not looked at whether the values agree. */
const MOST_SEAMS = 6;

/** A reading with a seam. */
function hasReading({ text, from, to, literals }: Alignable, seams: readonly Seam[]): boolean {
  if (seams.length === 0) return false;
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
  return seamed[last]! < NOWHERE;

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

/** The inserts at seams are empty, and so they are wherever else they stand: what is left may fit or not. */
function hasReadingWith(seams: readonly Seam[], input: Alignable, isSpace: IsSpace): boolean {
  const empty = new Set(seams.flatMap(({ after, before }) => input.inserts.slice(after, before)));
  const literals = [input.literals[0]!];
  const inserts: number[] = [];
  input.inserts.forEach((number, index) => {
    const next = input.literals[index + 1]!;
    if (!empty.has(number)) {
      inserts.push(number);
      literals.push(next);
      return;
    }
    const joined = literals.pop()!;
    literals.push(
      (endsLine(next, index === input.inserts.length - 1, isSpace) ? withoutSpaces(joined, isSpace) : joined) + next,
    );
  });
  const { count, isCut } = findReadings({ ...input, literals, inserts });
  return count > 0 || isCut;
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
}

/** All seams of literals whose line breaks are LF, whatever exports cut. */
export function allSeams(literals: readonly string[], hasRepeats: boolean): Seam[] {
  const found: Seam[] = [];
  for (const isSpace of CUT) {
    const seams = seamsOf(literals, false, isSpace);
    if (!hasRepeats) seams.push(...openSeamsOf(literals, false, isSpace));
    for (const seam of seams) if (!found.some(other => isSame(other, seam))) found.push(seam);
  }
  return found;
}

function isSame(left: Seam, right: Seam): boolean {
  return (
    left.after === right.after &&
    left.before === right.before &&
    left.length === right.length &&
    left.isOpen === right.isOpen
  );
}

function seamsOf(literals: readonly string[], isCut: boolean, isSpace: IsSpace): Seam[] {
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
      if (hasSpaces && (kept !== '' || isCut)) {
        seams.push({ after, before, literal: kept + next, length: kept.length, isOpen: false });
      }
      if (kept !== '') break;
    }
  }
  return seams;
}

/** Where inserts repeat these are not looked for: what then agrees takes a search of its own. */
function openSeamsOf(literals: readonly string[], isCut: boolean, isSpace: IsSpace): Seam[] {
  const seams: Seam[] = [];
  for (let after = 0; after < literals.length - 1; after++) {
    const own = literals[after]!;
    const kept = withoutSpaces(own, isSpace);
    let hasSpaces = kept.length < own.length;
    if (kept === '' && !isCut) continue;
    for (let before = after + 1; before < literals.length; before++) {
      if (hasSpaces) seams.push({ after, before, literal: `${kept}\n`, length: kept.length, isOpen: true });
      const next = literals[before]!;
      if (withoutSpaces(next, isSpace) !== '') break;
      hasSpaces ||= next !== '';
    }
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
function hasSpacesAtEnds(text: string, isSpace: IsSpace): boolean {
  if (isSpace(text.charCodeAt(text.length - 1))) return true;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (at > 0 && isSpace(text.charCodeAt(at - 1))) return true;
  }
  return false;
}

/** False where a space or tab stands before a line break or at the end: no export cut those of this message. */
export function mayBeCut(message: string): boolean {
  if (isBlank(message.charCodeAt(message.length - 1))) return false;
  for (const lineBreak of ['\n', '\r']) {
    for (let at = message.indexOf(lineBreak); at >= 0; at = message.indexOf(lineBreak, at + 1)) {
      if (at > 0 && isBlank(message.charCodeAt(at - 1))) return false;
    }
  }
  return message !== '';
}

const LF = 10;

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isAnySpace(code: number): boolean {
  if (isBlank(code)) return true;
  return (
    code !== LF && code !== 13 && (code > 127 || code === 11 || code === 12) && /\s/.test(String.fromCharCode(code))
  );
}
