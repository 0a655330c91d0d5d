import type { Instant, TimeBasis } from '../model/index.js';

/** Each basis has the number of its place. */
export const BASES: readonly TimeBasis[] = ['export', 'given', 'assumed'];

/** Nanoseconds past the millisecond, digits and basis of a time in one number below 2^26. */
export type Clock = number;

export function packClock(time: Pick<Instant, 'nanos' | 'digits' | 'basis'>): Clock {
  return time.nanos | (time.digits << 20) | (BASES.indexOf(time.basis) << 24);
}

export function unpackClock(clock: Clock): Pick<Instant, 'nanos' | 'digits' | 'basis'> {
  return { nanos: nanosOf(clock), digits: digitsOf(clock), basis: basisOf(clock) };
}

export function nanosOf(clock: Clock): number {
  return clock & 0xfffff;
}

export function digitsOf(clock: Clock): number {
  return (clock >> 20) & 15;
}

export function basisOf(clock: Clock): TimeBasis {
  return BASES[basisNumberOf(clock)]!;
}

export function basisNumberOf(clock: Clock): number {
  return (clock >> 24) & 3;
}

/** Below 0 when `a` tells a time better: with more digits, then with a better known zone. */
export function compareClarity(a: Clock, b: Clock): number {
  return digitsOf(b) - digitsOf(a) || (a >> 24) - (b >> 24);
}
