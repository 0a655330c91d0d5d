import { type FileRange, openSweep, SWEPT_FORMAT, type SweepSettings, type Swept } from '../src/index.js';
import { LEAST_TO_DOUBLE } from './plan-shares.js';
import type { Share, ShareReader, ShareResult } from './shares.js';

/**
 * Opens a reader of shares that sweeps ranges where that pays: it takes code of a few kilobytes, and whoever reads all
 * ranges in their turn then reads what was kept of this one. A range most of which is kept is read, if there are `jobs`
 * enough, or is left unread. Everything else is for the reader that `open` opens, at the first need.
 */
export function sweepFirst(settings: SweepSettings, jobs: number, open: () => Promise<ShareReader>): ShareReader {
  const sweep = openSweep(settings);
  let reader: Promise<ShareReader> | undefined;
  let path: string | undefined;
  /** Whether most of the last one that was swept was kept, and it is left unread. */
  let isLeft = false;
  /** So many ranges are taken to be as the last one that was swept was, and how many that were before. */
  let pause = 0;
  let lastPause = 0;
  const pass = (range: FileRange): Passing | undefined => {
    // How a file begins is seen by who reads its start.
    if (range.units === undefined && range.format === SWEPT_FORMAT) return { kind: 'unread' };
    if (path !== range.path) lastPause = pause = 0;
    path = range.path;
    if (pause > 0) {
      pause -= 1;
      return isLeft ? { kind: 'unread', alike: pause } : undefined;
    }
    const swept = sweep?.(range);
    isLeft = swept?.isDense === true && jobs < LEAST_TO_DOUBLE;
    if (swept?.isDense === false && isMost(swept, range)) {
      lastPause = 0;
      return { kind: 'swept', swept };
    }
    lastPause = pause = Math.min(lastPause * 2 + 1, LONGEST_PAUSE);
    return isLeft ? { kind: 'unread', alike: pause } : undefined;
  };
  return async (share: Share, context) => {
    const passing = share.kind === 'range' ? pass(share.range) : undefined;
    if (passing?.kind === 'swept') context.onProgress(passing.swept.end - passing.swept.begin);
    if (passing !== undefined) return passing;
    reader ??= open();
    return (await reader)(share, context);
  };
}

/** What came of passing over a range; undefined: it is to be read. */
type Passing = Extract<ShareResult, { readonly kind: 'swept' | 'unread' }>;

const LONGEST_PAUSE = 31;

/** Whether most of the range was passed. */
function isMost({ begin, end, isWhole }: Swept, { to }: FileRange): boolean {
  return isWhole || to === Infinity || end - begin > to - end;
}
