import type { EventRecord, Mutable, NumberedTexts, Repeat, Variation } from '../src/model/index.js';

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

/**
 * Makes events again of the variations of one, as long as their texts stand where its own do; `isRefused` says of which it
 * knows nothing.
 */
export function variationsTo(
  taken: EventRecord[],
  first: EventRecord,
  texts: NumberedTexts,
  isRefused: (event: EventRecord) => boolean,
): Variation {
  const { recordId: _, channel: __, computer: ___, ...same } = first;
  const { insertions = [] } = first;
  let last: EventRecord = first;
  return {
    places: [0, 1, ...insertions.map((_, at) => at + 2)],
    add(input, epochMs, nanos, digits, recordId, offset, length, numbers, from) {
      const [channel, computer, ...values] = Array.from(numbers.subarray(from, from + 2 + insertions.length), number =>
        texts.text(number),
      );
      const event: Mutable<EventRecord> = { ...same, insertions: values, position: { input, offset, length } };
      event.time = { epochMs, nanos, digits, basis: 'export' };
      if (recordId >= 0) event.recordId = `${recordId}`;
      if (channel !== '') event.channel = channel!;
      if (computer !== '') event.computer = computer!;
      if (isRefused(event)) return false;
      last = event;
      taken.push(event);
      return true;
    },
    repeat: () => repeatsTo(taken, last),
  };
}
