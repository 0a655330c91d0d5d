// Where the literals of a template were placed in the message, and in how many ways they could be.

import { OUT, PLACES_A, PLACES_B, WAYS_A, WAYS_B } from './fit-layout';
import { textStart } from './message-text';
import { GAVE_UP, NOT_FOUND, UNSURE, find, literalSize, literalStart } from './template-row';

/** Readings are counted no further, as in ../../messages/readings.ts. */
const READINGS_LIMIT: u32 = 1000;

/** Where literal `k` was placed: behind the values' words, so that both fit. */
// @ts-ignore: decorator
@inline
export function placed(k: u32): usize {
  return <usize>load<u32>(OUT + 1024 + k * 4);
}

// @ts-ignore: decorator
@inline
export function place(k: u32, at: usize): void {
  store<u32>(OUT + 1024 + k * 4, <u32>at);
}

// @ts-ignore: decorator
@inline
export function valueOf(k: u32): usize {
  return placed(k) + literalSize(k);
}

/** How many readings there are, as `countReadings` of ../../messages/readings.ts counts them. */
export function count(last: u32, end: usize): i32 {
  let places = PLACES_A;
  let ways = WAYS_A;
  let nextPlaces = PLACES_B;
  let nextWays = WAYS_B;
  let many: u32 = 1;
  store<u32>(places, <u32>textStart);
  store<u32>(ways, 1);
  // The rightmost places, after the leftmost ones.
  let limit = end;
  for (let k = last - 1; k >= 1; k--) {
    const literal = literalStart(k);
    const own = literalSize(k);
    let at = own == 0 ? limit : placed(k);
    while (own > 0) {
      const later = find(literal, own, at + 2, limit);
      if (later == GAVE_UP) return UNSURE;
      if (later == NOT_FOUND) break;
      at = later;
    }
    store<u32>(OUT + 2048 + k * 4, <u32>at);
    limit = at;
  }
  for (let k: u32 = 1; k < last; k++) {
    const literal = literalStart(k);
    const own = literalSize(k);
    const reach = literalSize(k - 1);
    const rightmost = <usize>load<u32>(OUT + 2048 + k * 4);
    let before: u32 = 0;
    let sum: u32 = 0;
    let total: u32 = 0;
    let found: u32 = 0;
    let at = placed(k);
    for (;;) {
      while (before < many && load<u32>(places + before * 4) + reach <= at) sum += load<u32>(ways + before++ * 4);
      if (sum > 0) {
        store<u32>(nextPlaces + found * 4, <u32>at);
        store<u32>(nextWays + found * 4, sum);
        found++;
        total += sum;
      }
      if (total >= READINGS_LIMIT) return READINGS_LIMIT;
      if (at >= rightmost) break;
      at = find(literal, own, at + 2, rightmost + own);
      if (at == GAVE_UP) return UNSURE;
      if (at == NOT_FOUND) break;
    }
    let swap = places;
    places = nextPlaces;
    nextPlaces = swap;
    swap = ways;
    ways = nextWays;
    nextWays = swap;
    many = found;
  }
  let total: u32 = 0;
  for (let k: u32 = 0; k < many; k++) total += load<u32>(ways + k * 4);
  return total >= READINGS_LIMIT ? READINGS_LIMIT : total;
}
