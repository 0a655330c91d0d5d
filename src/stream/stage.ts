/**
 * A stage of the pipeline as plain code: synchronous, deterministic, without I/O, clock, locale or environment.
 * `push` emits a bounded number of items for each item it takes. `end` is pulled at the reader's pace, so that a ledger
 * of a million pairs is never pushed at once; it is called once, after the last `push`.
 */
export interface Stage<In, Out> {
  push(item: In, emit: (out: Out) => void): void;
  end?(): Iterable<Out>;
}
