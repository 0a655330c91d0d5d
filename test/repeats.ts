import type { EventRecord, Repeat } from '../src/index.js';

/** Makes events again of the repeats of one. */
export function repeatsTo(taken: EventRecord[], first: EventRecord): Repeat {
  const { recordId: _, ...same } = first;
  return {
    add: (input, epochMs, nanos, digits, recordId, offset, length, basis = 'export', alternative) =>
      taken.push({
        ...same,
        ...(recordId < 0 ? {} : { recordId: `${recordId}` }),
        time: { epochMs, nanos, digits, basis, ...(alternative === undefined ? {} : { alternative }) },
        position: { input, offset, length },
      }),
  };
}
