import type { Stage } from './stage.js';

/** Two stages as one: what `first` gives goes into `second`. */
export function chainStages<In, Middle, Out>(first: Stage<In, Middle>, second: Stage<Middle, Out>): Stage<In, Out> {
  return {
    push(item, emit) {
      first.push(item, middle => second.push(middle, emit));
    },
    *end() {
      const waiting: Out[] = [];
      for (const middle of first.end?.() ?? []) {
        second.push(middle, out => waiting.push(out));
        yield* waiting.splice(0);
      }
      yield* second.end?.() ?? [];
    },
  };
}

/**
 * Drives a stage in a plain loop, without streams: the same stage, the same items, several times the speed.
 * Items of `end` are handed on one at a time.
 */
export function runStages<In, Out>(source: Iterable<In>, stage: Stage<In, Out>, emit: (item: Out) => void): void {
  for (const item of source) stage.push(item, emit);
  for (const item of stage.end?.() ?? []) emit(item);
}
