/** All lists of so many of the items, which may come again. */
export function tuplesOf<Item>(items: readonly Item[], length: number): Item[][] {
  if (length === 0) return [[]];
  return tuplesOf(items, length - 1).flatMap(tuple => items.map(item => [...tuple, item]));
}
