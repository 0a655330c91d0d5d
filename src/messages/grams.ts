import { DROPPED, foldCode } from './normalise.js';
import type { CompiledTemplate } from './template.js';

/**
 * Finds the templates whose literals can stand in a message, at a cost that does not grow with their number: each
 * template is filed under its rarest gram (a short run of characters of one of its literals, spaces folded as tolerance
 * folds them) that starts a word, and a message is looked up by the grams at its word starts.
 *
 * A template in which no word starts with three characters of text is not filed: it would fit nearly anything, and proves
 * nothing unless provider and event ID name it.
 */
export interface GramTables {
  /** One bit for each filed hash, so that most grams of a message end here. */
  readonly bits: Uint32Array;
  /** Open addressing, two words a slot: the gram's hash, and 1 + where its postings start. */
  readonly slots: Uint32Array;
  /**
   * For each gram a count, and for so many templates three words: the number, and what a message must start and end with
   * (two characters, or 0 for any).
   */
  readonly postings: Uint32Array;
}

/** Lengths of grams: the long one serves nearly all templates, the short one those with short literals only. */
const LONG = 16;
const SHORT = 3;
/** Files each template under its rarest gram. */
export function fileTemplates(templates: readonly CompiledTemplate[]): GramTables {
  const size = Math.min(1 << 22, powerOfTwo(templates.length * 128 + 1024));
  const mask = size - 1;
  const counts = new Uint16Array(size);
  const last = new Uint32Array(size);
  templates.forEach((template, number) => {
    forEachGram(template, hash => {
      const slot = hash & mask;
      if (last[slot] === number + 1) return;
      last[slot] = number + 1;
      if (counts[slot]! < 0xffff) counts[slot]!++;
    });
  });
  const filed = new Map<number, number[]>();
  templates.forEach((template, number) => {
    let best = -1;
    let bestScore = Number.POSITIVE_INFINITY;
    forEachGram(template, (hash, isLasting) => {
      const score = counts[hash & mask]! * (isLasting ? 1 : 4);
      if (score >= bestScore) return;
      bestScore = score;
      best = hash;
    });
    if (best < 0) return;
    const known = filed.get(best);
    if (known === undefined) filed.set(best, [number]);
    else known.push(number);
  });
  return tabulate(filed, edgesOf(templates));
}

/** Calls back with the number of every template that is filed under a gram of the message; a number may come twice. */
export function lookUpGrams(tables: GramTables, message: string, found: (number: number) => void): void {
  const length = foldInto(message);
  const { bits } = tables;
  const mask = bits.length * 32 - 1;
  const codes = folded;
  const first = startEdge(length);
  const last = endEdge(length);
  const isWhole = !message.includes('?') && !message.includes('\ufffd');
  const end = length - SHORT;
  for (let at = 0; at <= end; at++) {
    if (!isAnchor(at === 0 ? 32 : codes[at - 1]!, codes[at]!)) continue;
    let hash = hashShort(at);
    let bit = hash & mask;
    if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) probe(tables, hash, first, last, isWhole, found);
    if (at + LONG > length) continue;
    hash = hashLong(at);
    bit = hash & mask;
    if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) probe(tables, hash, first, last, isWhole, found);
  }
}

/** Grams start where words do, and at any character of scripts that may not part words: so few places need a look. */
function isAnchor(before: number, code: number): boolean {
  return isWordCode(code) ? before < 128 && !isWordCode(before) : code >= 128;
}

function probe(
  tables: GramTables,
  key: number,
  first: number,
  last: number,
  isWhole: boolean,
  found: (number: number) => void,
): void {
  const { slots, postings } = tables;
  const mask = slots.length / 2 - 1;
  for (let slot = (key >>> 7) & mask; ; slot = (slot + 1) & mask) {
    const start = slots[slot * 2 + 1]!;
    if (start === 0) return;
    if (slots[slot * 2] !== key) continue;
    const end = start + postings[start - 1]! * 3;
    for (let at = start; at < end; at += 3) {
      const firstEdge = postings[at + 1]!;
      if (firstEdge !== 0 && firstEdge !== first && (isWhole || isPlainEdge(firstEdge))) continue;
      const lastEdge = postings[at + 2]!;
      if (lastEdge !== 0 && lastEdge !== last && (isWhole || isPlainEdge(lastEdge))) continue;
      found(postings[at]!);
    }
    return;
  }
}

/** The first two characters of `folded`, spaces aside; 0 if there are none. */
function startEdge(length: number): number {
  const from = folded[0] === 32 ? 1 : 0;
  return length - from < 2 ? 0 : folded[from]! * 65_536 + folded[from + 1]!;
}

function endEdge(length: number): number {
  const to = length > 0 && folded[length - 1] === 32 ? length - 1 : length;
  return to < 2 ? 0 : folded[to - 2]! * 65_536 + folded[to - 1]!;
}

/** Of ASCII, which no encoding loses. */
function isPlainEdge(edge: number): boolean {
  return (edge & 0xff80_ff80) === 0;
}

/** For each template its two edges, where no line break or space is part of them: an export may drop those. */
function edgesOf(templates: readonly CompiledTemplate[]): Uint32Array {
  const edges = new Uint32Array(templates.length * 2);
  const isPlain = (edge: number) => edge >>> 16 > 32 && (edge & 65_535) > 32;
  templates.forEach(({ literals, hasParameters }, number) => {
    if (hasParameters) return;
    const first = startEdge(foldInto(literals[0]!));
    if (isPlain(first)) edges[number * 2] = first;
    const last = endEdge(foldInto(literals.at(-1)!));
    if (isPlain(last)) edges[number * 2 + 1] = last;
  });
  return edges;
}

function tabulate(filed: ReadonlyMap<number, readonly number[]>, edges: Uint32Array): GramTables {
  const bits = new Uint32Array(Math.max(32, powerOfTwo(filed.size * 24)) / 32);
  const slots = new Uint32Array(2 * powerOfTwo(filed.size * 2 + 2));
  const mask = slots.length / 2 - 1;
  const postings: number[] = [];
  for (const [hash, numbers] of filed) {
    const bit = hash & (bits.length * 32 - 1);
    bits[bit >>> 5]! |= 1 << (bit & 31);
    let slot = (hash >>> 7) & mask;
    while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
    slots[slot * 2] = hash;
    slots[slot * 2 + 1] = postings.length + 1;
    postings.push(numbers.length);
    for (const number of numbers) postings.push(number, edges[number * 2]!, edges[number * 2 + 1]!);
  }
  return { bits, slots, postings: Uint32Array.from(postings) };
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, least)));
}

/**
 * Long grams of the template, or, if it has none, short ones. Line breaks and parameter references end a run. `isLasting`:
 * it stands in the message whatever an export did: it is of ASCII, which no encoding loses, and does not start a line,
 * where it would start no word if line breaks were left out.
 */
function forEachGram(template: CompiledTemplate, use: (hash: number, isLasting: boolean) => void): void {
  let hasLong = false;
  for (const size of [LONG, SHORT]) {
    if (hasLong) return;
    for (let number = 0; number < template.literals.length; number++) {
      const pieces = template.literals[number]!.split(/([\r\n\u0085\u2028\u2029]|%%\d+)/);
      // A run of text, what parts it from the next one, and so on.
      for (let run = 0; run < pieces.length; run += 2) {
        // An export may have cut the spaces at its end.
        const length = foldInto(pieces[run]!.trimEnd());
        // What stands before a literal is a value; before the first, and before a line, nothing or white space.
        const isStart = run === 0 ? number === 0 : !pieces[run - 1]!.startsWith('%%');
        for (let at = 0; at + size <= length; at++) {
          const before = at > 0 ? folded[at - 1]! : isStart ? 32 : 97;
          if (!isAnchor(before, folded[at]!)) continue;
          let isAscii = true;
          for (let index = at; index < at + size; index++) isAscii &&= folded[index]! < 128;
          hasLong = true;
          use(size === LONG ? hashLong(at) : hashShort(at), isAscii && (at > 0 || run === 0));
        }
      }
    }
  }
}

/** Letters and digits of ASCII, and Latin, Greek, Cyrillic, Armenian and Hebrew letters. */
function isWordCode(code: number): boolean {
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return (code >= 0xc0 && code < 0x250) || (code >= 0x370 && code < 0x600);
}

let folded = new Uint16Array(4096);

/** Folds a text into `folded` with any white space as one space; returns the length. */
function foldInto(text: string): number {
  if (text.length > folded.length) folded = new Uint16Array(text.length * 2);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code > 96 && code < 127) {
      folded[length++] = code;
      continue;
    }
    if (code >= 127 || code === 96) code = foldCode(code);
    if (code === DROPPED) continue;
    if (code <= 32 && (code === 32 || (code >= 9 && code <= 13))) {
      if (length > 0 && folded[length - 1] === 32) continue;
      code = 32;
    }
    folded[length++] = code;
  }
  return length;
}

/** Products of pairs of characters, which do not wait for each other as a rolling hash does. */
function hashLong(at: number): number {
  let sum = 0;
  for (let pair = 0; pair < LONG / 2; pair++) {
    sum += Math.imul(folded[at + pair * 2]! | (folded[at + pair * 2 + 1]! << 16), MULTIPLIERS[pair]!);
  }
  return mix(sum);
}

function hashShort(at: number): number {
  return mix(
    Math.imul(folded[at]! | (folded[at + 1]! << 16), MULTIPLIERS[0]!) + Math.imul(folded[at + 2]!, MULTIPLIERS[1]!),
  );
}

const MULTIPLIERS = Int32Array.of(
  ...[0x2c1b3c6d, 0x297a2d39, 0x5bd1e995, 0x1b873593, 0x38b34ae5, 0x27d4eb2f, 0x165667b1, 0x3c6ef373],
);

function mix(sum: number): number {
  const hash = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
