const DIGIT = 1 << 16;

/** Below this, comparing costs less than counting 65,536 digits. Both are stable. */
const FEW = 2048;

/**
 * Sorts items (whole numbers) by keys of 32 bits, stably, in linear time and without a comparison: pass by pass over
 * the keys' 16-bit digits, least first, skipping those that all items share. Several keys: sort by the last one first.
 * @returns the items in order; the array handed in may be reused and must not be read again.
 */
export function radixSort(items: Uint32Array<ArrayBuffer>, keyOf: (item: number) => number): Uint32Array<ArrayBuffer> {
  const { length } = items;
  if (length < FEW) return items.slice().sort((a, b) => (keyOf(a) >>> 0) - (keyOf(b) >>> 0));
  const keys = new Uint32Array(length);
  let ones = 0;
  let zeros = 0;
  for (let at = 0; at < length; at++) {
    const key = keyOf(items[at]!);
    keys[at] = key;
    ones |= keys[at]!;
    zeros |= ~keys[at]!;
  }
  const differing = (ones & zeros) >>> 0;
  let [sorted, sortedKeys] = [items, keys];
  for (const shift of [0, 16]) {
    if (((differing >>> shift) & (DIGIT - 1)) === 0) continue;
    const starts = new Uint32Array(DIGIT + 1);
    for (let at = 0; at < length; at++) starts[((sortedKeys[at]! >>> shift) & (DIGIT - 1)) + 1]! += 1;
    for (let digit = 0; digit < DIGIT; digit++) starts[digit + 1]! += starts[digit]!;
    const [next, nextKeys] = [new Uint32Array(length), new Uint32Array(length)];
    for (let at = 0; at < length; at++) {
      const place = starts[(sortedKeys[at]! >>> shift) & (DIGIT - 1)]!++;
      next[place] = sorted[at]!;
      nextKeys[place] = sortedKeys[at]!;
    }
    [sorted, sortedKeys] = [next, nextKeys];
  }
  return sorted;
}
