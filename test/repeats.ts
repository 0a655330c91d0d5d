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
 * knows nothing. It wants the first `told` insertions, and gives those behind them as the first event had them.
 */
export function variationsTo(
  taken: EventRecord[],
  first: EventRecord,
  texts: NumberedTexts,
  isRefused: (event: EventRecord) => boolean,
  told = first.insertions?.length ?? 0,
): Variation {
  const { recordId: _, channel: __, computer: ___, ...same } = first;
  const insertions = first.insertions?.slice(0, told) ?? [];
  const untold = first.insertions?.slice(told) ?? [];
  let last: EventRecord = first;
  let expected: EventRecord[] = [];
  const eventOf = (numbers: Uint16Array, start: number): EventRecord => {
    const [channel, computer, ...values] = Array.from(numbers.subarray(start, start + 2 + insertions.length), number =>
      texts.text(number),
    );
    const event: Mutable<EventRecord> = { ...same, insertions: [...values, ...untold] };
    if (channel !== '') event.channel = channel!;
    if (computer !== '') event.computer = computer!;
    return event;
  };
  return {
    places: [0, 1, ...insertions.map((_, at) => at + 2)],
    expect(numbers, starts, count, known) {
      expected = [];
      for (let at = 0; at < count; at++) {
        const event = eventOf(numbers, starts[at]!);
        known[at] = isRefused(event) ? 0 : 1;
        if (known[at] === 1) expected.push(event);
      }
    },
    add(input, epochMs, nanos, digits, recordId, offset, length) {
      last = {
        ...expected.shift()!,
        time: { epochMs, nanos, digits, basis: 'export' },
        position: { input, offset, length },
        ...(recordId < 0 ? {} : { recordId: `${recordId}` }),
      };
      taken.push(last);
    },
    repeat: () => repeatsTo(taken, last),
  };
}
