import {
  CLOCK,
  CONTRIBUTION,
  DROPPED,
  EPOCH_MS,
  HAS_IDENTITY,
  HAS_SIBLING,
  INPUT,
  OFFSET,
  type RowStore,
} from './row-store.js';

/** Rows that stand one behind the other, as columns. The arrays are longer, and used again for the next block. */
export interface RowBlock {
  readonly length: number;
  /** `NO_CONTRIBUTION` of a row that was taken out. */
  readonly contributions: Uint32Array;
  /** The interned names of their inputs. */
  readonly inputs: Uint32Array;
  /** Times in epoch milliseconds, NaN where there is none. */
  readonly epochMs: Float64Array;
  /** How they stand beside others. */
  readonly standing: Uint8Array;
}

/** All rows in their order. */
export function* blocksOf(store: RowStore): Generator<RowBlock> {
  const words = () => new Uint32Array(BLOCK_ROWS + 2);
  const doubles = () => new Float64Array(BLOCK_ROWS + 2);
  const block = {
    length: 0,
    contributions: words(),
    inputs: words(),
    epochMs: doubles(),
    standing: new Uint8Array(BLOCK_ROWS),
  };
  const around: Around = { clocks: words(), inputs: words(), offsets: doubles() };
  for (let from = 0; from < store.length; from += BLOCK_ROWS) {
    const to = Math.min(store.length, from + BLOCK_ROWS);
    block.length = to - from;
    store.copyWords(CONTRIBUTION, from, to, block.contributions);
    store.copyWords(INPUT, from, to, block.inputs);
    store.copyDoubles(EPOCH_MS, from, to, block.epochMs);
    tellStanding(store, from, to, around, block);
    yield block;
  }
}

/** Of the rows of a block, and of one before and one behind them. */
interface Around {
  readonly clocks: Uint32Array;
  readonly inputs: Uint32Array;
  readonly offsets: Float64Array;
}

/** One plain loop: most runs end before anything else would be compiled. */
function tellStanding(
  store: RowStore,
  from: number,
  to: number,
  { clocks, inputs, offsets }: Around,
  { standing, contributions }: RowBlock,
): void {
  const before = Math.max(0, from - 1);
  const behind = Math.min(store.length, to + 1);
  store.copyWords(CLOCK, before, behind, clocks);
  store.copyWords(INPUT, before, behind, inputs);
  store.copyDoubles(OFFSET, before, behind, offsets);
  let isAgain = false;
  for (let at = 0; at < behind - before; at++) {
    const clock = clocks[at]!;
    // Without identity, what several definitions made of one event stands row after row.
    const wasAgain = isAgain;
    isAgain =
      at + 1 < behind - before &&
      ((clock | clocks[at + 1]!) & (HAS_IDENTITY | DROPPED)) === 0 &&
      offsets[at] === offsets[at + 1] &&
      inputs[at] === inputs[at + 1];
    const row = before + at;
    if (row < from || row >= to) continue;
    let stands = wasAgain || isAgain ? UNPROVED_BESIDE_OTHERS : UNPROVED;
    if ((clock & DROPPED) !== 0) stands = TAKEN_OUT;
    else if ((clock & HAS_IDENTITY) !== 0) stands = (clock & HAS_SIBLING) === 0 ? LONE : BESIDE_OTHERS;
    standing[row - from] = stands;
    if (stands === TAKEN_OUT) contributions[row - from] = NO_CONTRIBUTION;
  }
}

/** Few enough that the columns of a block stay in the second cache of any machine. */
const BLOCK_ROWS = 8192;

// How a row may stand beside others.
export const TAKEN_OUT = 0;
/** Alone of its event, which has an identity. */
export const LONE = 1;
/** Of an event with identity that has other rows. */
export const BESIDE_OTHERS = 2;
/** Alone of its event, which has none. */
export const UNPROVED = 3;
export const UNPROVED_BESIDE_OTHERS = 4;

/** Where a row that was taken out would have a contribution. */
export const NO_CONTRIBUTION = 0xffff_ffff;
