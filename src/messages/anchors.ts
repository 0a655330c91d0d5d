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

/**
 * Some bare literal may have gone without a trace, with nothing but empty values around it: spaces at a line's end or at
 * the message's start, and what is neither spaces nor line breaks alone. Line breaks do not go so (see ./cut.ts).
 */
export function mayHide(literals: readonly string[]): boolean {
  return literals.some((literal, k) => {
    if (!isBare(literal) || k === 0 || k === literals.length - 1 || /^\n+$/.test(literal)) return false;
    if (!/^[ \t]+$/.test(literal)) return true;
    let after = k + 1;
    while (after < literals.length && /^[ \t]*$/.test(literals[after]!)) after++;
    const next = literals[after];
    if (next === undefined || /^[ \t]*\n/.test(next)) return true;
    let before = k - 1;
    while (before >= 0 && literals[before]!.trim() === '') before--;
    return before < 0;
  });
}
