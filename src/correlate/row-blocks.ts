import {
  CLOCK,
  DROPPED,
  HAS_IDENTITY,
  HAS_SIBLING,
  INPUT,
  OFFSET,
  type RowColumns,
  type RowStore,
} from './row-store.js';

/** Rows that stand one behind the other, as columns. The arrays are longer, and used again for the next block. */
export interface RowBlock extends RowColumns {
  /** The first row. */
  readonly from: number;
  readonly length: number;
  /** `NO_CONTRIBUTION` of a row that was taken out. */
  readonly contributions: Uint32Array;
  /** The interned names of their inputs. */
  readonly inputs: Uint32Array;
  /** How they stand beside others. */
  readonly standing: Uint8Array;
}

/** What blocks are filled into. */
export function createBlockRoom() {
  const words = () => new Uint32Array(BLOCK_ROWS + 2);
  const doubles = () => new Float64Array(BLOCK_ROWS + 2);
  return {
    block: {
      from: 0,
      length: 0,
      contributions: words(),
      inputs: words(),
      epochMs: doubles(),
      clocks: words(),
      standing: new Uint8Array(BLOCK_ROWS),
    },
    around: { clocks: words(), inputs: words(), offsets: doubles() },
  };
}

export type BlockRoom = ReturnType<typeof createBlockRoom>;

/** All rows in their order. With other arrays each time, V8 would compile anew what goes through them. */
export function* blocksOf(store: RowStore, { block, around }: BlockRoom): Generator<RowBlock> {
  for (let from = 0, to = 0; from < store.length; from = to) {
    to = Math.min(store.length, from + BLOCK_ROWS);
    block.from = from;
    block.length = to - from;
    store.copy(from, to, block);
    if (tellStanding(block)) tellNeighbours(store, from, to, around, block);
    yield block;
  }
}

/** What their flags say. @returns whether some have no identity. */
function tellStanding({ length, clocks, standing, contributions }: RowBlock): boolean {
  let isAnyUnproved = false;
  for (let at = 0; at < length; at++) {
    const clock = clocks[at]!;
    let stands = (clock & HAS_SIBLING) === 0 ? LONE : BESIDE_OTHERS;
    if ((clock & DROPPED) !== 0) {
      stands = TAKEN_OUT;
      contributions[at] = NO_CONTRIBUTION;
    } else if ((clock & HAS_IDENTITY) === 0) {
      stands = UNPROVED;
      isAnyUnproved = true;
    }
    standing[at] = stands;
  }
  return isAnyUnproved;
}

/** Without identity, what several definitions made of one event stands row after row. */
function tellNeighbours(
  store: RowStore,
  from: number,
  to: number,
  { clocks, inputs, offsets }: BlockRoom['around'],
  { standing }: RowBlock,
): void {
  const before = Math.max(0, from - 1);
  const behind = Math.min(store.length, to + 1);
  store.copyWords(CLOCK, before, behind, clocks);
  store.copyWords(INPUT, before, behind, inputs);
  store.copyDoubles(OFFSET, before, behind, offsets);
  let isAgain = false;
  for (let at = 0; at < behind - before; at++) {
    const wasAgain = isAgain;
    isAgain =
      at + 1 < behind - before &&
      ((clocks[at]! | clocks[at + 1]!) & (HAS_IDENTITY | DROPPED)) === 0 &&
      offsets[at] === offsets[at + 1] &&
      inputs[at] === inputs[at + 1];
    const row = before + at;
    if ((wasAgain || isAgain) && row >= from && row < to) standing[row - from] = UNPROVED_BESIDE_OTHERS;
  }
}

/** Rows of a list, as columns. The arrays are used again for the next batch. */
export interface RowBatch extends RowColumns {
  /** The place of the first in the list. */
  readonly from: number;
  readonly length: number;
}

/** The rows of a list in its order. */
export function* batchesOf(store: RowStore, list: Uint32Array): Generator<RowBatch> {
  const batch = {
    from: 0,
    length: 0,
    contributions: new Uint32Array(BATCH_ROWS),
    epochMs: new Float64Array(BATCH_ROWS),
    clocks: new Uint32Array(BATCH_ROWS),
  };
  for (let from = 0; from < list.length; from += BATCH_ROWS) {
    const to = Math.min(list.length, from + BATCH_ROWS);
    store.gather(list, from, to, batch);
    batch.from = from;
    batch.length = to - from;
    yield batch;
  }
}

/** Few enough that the columns of a block stay in the second cache of any machine. */
const BLOCK_ROWS = 8192;
/** Few enough that a batch stays in the first. */
const BATCH_ROWS = 512;

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
