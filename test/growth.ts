/** Below this nothing can be told from a quotient, and nothing that is not linear stays below it. */
const TOO_SHORT_SECONDS = 0.2;
const ROUNDS = 5;

/**
 * How much more processor time some work takes for four times the size: about 4 where it is linear, 16 where it is
 * quadratic; 0 where it takes next to none. A quotient of two times of one process, since a machine may be slow or busy.
 */
export function growthByFour(work: (size: number) => void, size: number): number {
  const secondsFor = (of: number): number => {
    const from = process.cpuUsage();
    work(of);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1e6;
  };
  work(size >> 4);
  // The least of several: a collection of garbage, or a neighbour, may have fallen into one.
  let large = Number.POSITIVE_INFINITY;
  let small = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    large = Math.min(large, secondsFor(size));
    if (large < TOO_SHORT_SECONDS) return 0;
    small = Math.min(small, secondsFor(size >> 2));
    // Linear beyond doubt.
    if (large < 6 * small) break;
  }
  return large / small;
}
