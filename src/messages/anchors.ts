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
 * Whether a bare literal between values may have gone without a trace together with others: it is neither spaces nor line
 * breaks alone, or white space stands in front of it where nothing else does.
 */
export function mayHide(literals: readonly string[]): boolean {
  const startsBare = isBare(literals[0]!);
  for (let k = 1; k < literals.length - 1; k++) {
    const literal = literals[k]!;
    if (isBare(literal) && !/^\n+$/.test(literal) && (startsBare || !/^[ \t]+$/.test(literal))) return true;
  }
  return false;
}
