import {
  ARE_ASCII,
  endEdge,
  foldForGrams,
  hashGram,
  isAnchor,
  LONG,
  SEAT_BITS,
  SHORT,
  seatOf,
  startEdge,
} from './folded-grams.js';

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
   * For each gram a count, and for so many templates four words: the number, what a message must start and end with (two
   * characters, or 0 for any), and its companions.
   */
  readonly postings: Uint32Array;
}

const POSTING_WORDS = 4;

/** Calls back with the number of every template that is filed under a gram of the message; a number may come twice. */
export function lookUpGrams(tables: GramTables, message: string, found: (number: number) => void): void {
  const codes = foldForGrams(message);
  const { bits } = tables;
  const mask = bits.length * 32 - 1;
  const hashes: number[] = [];
  const seats = new Uint8Array(1 << SEAT_BITS);
  seats[0] = 1;
  const meet = (hash: number) => {
    seats[seatOf(hash)] = 1;
    const bit = hash & mask;
    if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) hashes.push(hash);
  };
  for (let at = 0; at + SHORT <= codes.length; at++) {
    if (!isAnchor(at === 0 ? 32 : codes[at - 1]!, codes[at]!)) continue;
    meet(hashGram(codes, at, SHORT));
    if (at + LONG <= codes.length) meet(hashGram(codes, at, LONG));
  }
  const traits: Traits = {
    first: startEdge(codes),
    last: endEdge(codes),
    isWhole: !message.includes('?') && !message.includes('\ufffd'),
    seats,
  };
  for (const hash of hashes) probe(tables, hash, traits, found);
}

/** What a message shows beside its grams. `isWhole`: no encoding has lost any of its characters. */
interface Traits {
  readonly first: number;
  readonly last: number;
  readonly isWhole: boolean;
  readonly seats: Uint8Array;
}

function probe(tables: GramTables, key: number, traits: Traits, found: (number: number) => void): void {
  const { slots, postings } = tables;
  const mask = slots.length / 2 - 1;
  for (let slot = (key >>> 7) & mask; ; slot = (slot + 1) & mask) {
    const start = slots[slot * 2 + 1]!;
    if (start === 0) return;
    if (slots[slot * 2] !== key) continue;
    const end = start + postings[start - 1]! * POSTING_WORDS;
    for (let at = start; at < end; at += POSTING_WORDS) {
      if (!hasEdge(postings[at + 1]!, traits.first, traits) || !hasEdge(postings[at + 2]!, traits.last, traits))
        continue;
      if (hasCompanions(postings[at + 3]!, traits)) found(postings[at]!);
    }
    return;
  }
}

function hasEdge(edge: number, own: number, { isWhole }: Traits): boolean {
  return edge === 0 || edge === own || !(isWhole || isPlainEdge(edge));
}

function hasCompanions(companions: number, { isWhole, seats }: Traits): boolean {
  if (!isWhole && (companions & ARE_ASCII) === 0) return true;
  for (let shift = 0; shift < 3 * SEAT_BITS; shift += SEAT_BITS) {
    if (seats[(companions >>> shift) & ((1 << SEAT_BITS) - 1)] === 0) return false;
  }
  return true;
}

/** Of ASCII, which no encoding loses. */
function isPlainEdge(edge: number): boolean {
  return (edge & 0xff80_ff80) === 0;
}
