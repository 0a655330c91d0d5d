import {
  ARE_ASCII,
  endEdge,
  foldForGrams,
  hasHiddenLosses,
  hashGram,
  isAnchor,
  LONG,
  SEAT_BITS,
  SHORT,
  seatOf,
  startEdge,
} from './folded-grams.js';
import type { GramTables } from './grams.js';
import type { CompiledTemplate } from './template.js';

/** Files each template under its rarest gram, for `lookUpGrams` to find. */
export function fileTemplates(templates: readonly CompiledTemplate[]): GramTables {
  const size = Math.min(1 << 22, powerOfTwo(templates.length * 128 + 1024));
  const mask = size - 1;
  const counts = new Uint16Array(size);
  const last = new Uint32Array(size);
  templates.forEach((template, number) => {
    for (const grams of gramsOf(template)) {
      for (const { hash } of grams) {
        const slot = hash & mask;
        if (last[slot] === number + 1) continue;
        last[slot] = number + 1;
        if (counts[slot]! < 0xffff) counts[slot]!++;
      }
    }
  });
  const filed = new Map<number, number[]>();
  const companions = new Uint32Array(templates.length);
  templates.forEach((template, number) => {
    const [long, short] = gramsOf(template);
    const best = rarest(
      long.length > 0 ? long : short,
      ({ hash, lasts, isAscii }) => counts[hash & mask]! * (lasts && isAscii ? 1 : 4),
    );
    if (best === undefined) return;
    const known = filed.get(best.hash);
    if (known === undefined) filed.set(best.hash, [number]);
    else known.push(number);
    companions[number] = companionsOf([...long, ...short], best, hash => counts[hash & mask]!);
  });
  return tabulate(filed, edgesOf(templates), companions);
}

/**
 * The seats of three more grams of the template that must stand in a message, far from the one that it is filed under and
 * from each other if there are such; and whether they are all ASCII, and so must be there though characters were lost.
 */
function companionsOf(all: readonly Gram[], first: Gram, countOf: (hash: number) => number): number {
  let chosen = first;
  let word = ARE_ASCII;
  let grams = all.filter(({ lasts }) => lasts);
  for (let shift = 0; shift < 3 * SEAT_BITS; shift += SEAT_BITS) {
    const { place, size } = chosen;
    grams = grams.filter(gram => gram.place >= place + size || place >= gram.place + gram.size);
    const next = rarest(grams, gram => countOf(gram.hash));
    if (next === undefined) break;
    chosen = next;
    word |= seatOf(next.hash) << shift;
    if (!next.isAscii) word &= ~ARE_ASCII;
  }
  return word >>> 0;
}

/** The first of those with the least score; none where all are infinite. */
function rarest(grams: readonly Gram[], scoreOf: (gram: Gram) => number): Gram | undefined {
  let best: Gram | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const gram of grams) {
    const score = scoreOf(gram);
    if (score >= bestScore) continue;
    bestScore = score;
    best = gram;
  }
  return best;
}

/** A gram of a template's literals. */
interface Gram {
  readonly hash: number;
  /**
   * It stands in the message whatever an export did, if no encoding lost its characters: it does not start a line, where it
   * would start no word if line breaks were left out.
   */
  readonly lasts: boolean;
  /** No encoding loses characters of it. */
  readonly isAscii: boolean;
  /** How many characters of literals stand before it, and how many it has. */
  readonly place: number;
  readonly size: number;
}

/** The long and the short grams of a template's literals. Line breaks and parameter references end a run. */
function gramsOf(template: CompiledTemplate): readonly [long: Gram[], short: Gram[]] {
  const long: Gram[] = [];
  const short: Gram[] = [];
  let start = 0;
  for (let number = 0; number < template.literals.length; number++) {
    const pieces = template.literals[number]!.split(/([\r\n\u0085\u2028\u2029]|%%\d+)/);
    // A run of text, what parts it from the next one, and so on.
    for (let run = 0; run < pieces.length; run += 2) {
      // An export may have cut the spaces at its end.
      const text = pieces[run]!.trimEnd();
      const isPlain = !hasHiddenLosses(text);
      const codes = foldForGrams(text);
      // What stands before a literal is a value; before the first, and before a line, nothing or white space.
      const isStart = run === 0 ? number === 0 : !pieces[run - 1]!.startsWith('%%');
      for (let at = 0; at + SHORT <= codes.length; at++) {
        const before = at > 0 ? codes[at - 1]! : isStart ? 32 : 97;
        if (!isAnchor(before, codes[at]!)) continue;
        const gram = (size: number): Gram => ({
          hash: hashGram(codes, at, size),
          lasts: at > 0 || run === 0,
          isAscii: isPlain && isAsciiIn(codes, at, at + size),
          place: start + at,
          size,
        });
        short.push(gram(SHORT));
        if (at + LONG <= codes.length) long.push(gram(LONG));
      }
      start += codes.length;
    }
  }
  return [long, short];
}

function isAsciiIn(codes: Uint16Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (codes[at]! >= 128) return false;
  return true;
}

/**
 * For each template its two edges, where no line break or space is part of them, which an export may drop, nor what is of
 * ASCII only once it is folded, which an encoding may lose.
 */
function edgesOf(templates: readonly CompiledTemplate[]): Uint32Array {
  const edges = new Uint32Array(templates.length * 2);
  const isPlain = (edge: number) => edge >>> 16 > 32 && (edge & 65_535) > 32;
  templates.forEach(({ literals, hasParameters }, number) => {
    if (hasParameters) return;
    const [start, end] = [literals[0]!, literals.at(-1)!];
    const first = startEdge(foldForGrams(start));
    const indent = start.length - start.trimStart().length;
    if (isPlain(first) && !hasHiddenLosses(start.slice(0, indent + 2))) edges[number * 2] = first;
    const last = endEdge(foldForGrams(end));
    const rest = end.trimEnd().length;
    if (isPlain(last) && !hasHiddenLosses(end.slice(Math.max(0, rest - 2)))) edges[number * 2 + 1] = last;
  });
  return edges;
}

function tabulate(
  filed: ReadonlyMap<number, readonly number[]>,
  edges: Uint32Array,
  companions: Uint32Array,
): GramTables {
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
    for (const number of numbers) {
      postings.push(number, edges[number * 2]!, edges[number * 2 + 1]!, companions[number]!);
    }
  }
  return { bits, slots, postings: Uint32Array.from(postings) };
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, least)));
}
