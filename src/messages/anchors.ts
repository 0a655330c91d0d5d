/**
 * What stands of a literal in a message whatever was done to white space: the longest piece without any but single spaces
 * between words. Where the anchors of all literals have one place, so have the literals, and the values.
 */
export function anchorOf(literal: string): { readonly offset: number; readonly length: number } {
  let offset = 0;
  let length = 0;
  for (const { index, 0: piece } of literal.matchAll(/\S+(?: \S+)*/g)) {
    if (piece.length <= length) continue;
    offset = index;
    length = piece.length;
  }
  return { offset, length };
}

/** White space alone: a literal without an anchor, as what is empty is. */
export function isBare(literal: string): boolean {
  return literal !== '' && literal.trim() === '';
}

/** How bare literals may have gone without a trace, with empty values beside them. Line breaks do not (see ./cut.ts). */
export interface Hiding {
  /** Spaces, at a line's end: the text reads so too if those were cut. */
  readonly atEnd: boolean;
  /** Spaces, at the message's start. */
  readonly atStart: boolean;
  /** What is neither spaces nor line breaks alone. */
  readonly mixed: boolean;
}

export function hidingOf(literals: readonly string[]): Hiding {
  const hiding = { atEnd: false, atStart: false, mixed: false };
  for (let k = 1; k < literals.length - 1; k++) {
    const literal = literals[k]!;
    if (!isBare(literal) || /^\n+$/.test(literal)) continue;
    if (!/^[ \t]+$/.test(literal)) hiding.mixed = true;
    let after = k + 1;
    while (after < literals.length && /^[^\S\n]*$/.test(literals[after]!)) after++;
    const next = literals[after];
    if (next === undefined || /^[^\S\n]*\n/.test(next)) hiding.atEnd = true;
    let before = k - 1;
    while (before >= 0 && /^[^\S\n]*$/.test(literals[before]!)) before--;
    if (before < 0) hiding.atStart = true;
    else if (literals.slice(0, before + 1).every(one => one.trim() === '')) hiding.mixed = true;
  }
  return hiding;
}
