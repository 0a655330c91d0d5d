import type { Catalogue } from '../messages/catalogue.js';
import { type EventRecord, type ExtractItem, isSelected, type ReadItem, type VariedEvent } from '../model/index.js';
import type { Stage } from '../stream/index.js';
import type { CompiledDefinition, CompiledDefinitions } from './compile-definitions.js';
import { isWarnedOf, type Outcome, outcomeOf } from './outcome.js';
import { varyEvent } from './vary-event.js';

export interface ExtractOptions {
  /** Epoch milliseconds; earlier events are not recognised. */
  readonly since?: number;
  /** Epoch milliseconds; events at or after it are not recognised. */
  readonly until?: number;
  /** Further message templates, tried after the definition's own. */
  readonly catalogue?: Catalogue;
}

/** How the messages of one kind of event could be read. */
export interface Coverage {
  readonly provider: string;
  readonly eventId: number;
  readonly exact: number;
  readonly ambiguous: number;
  readonly none: number;
}

/** The extractor as a stage, with what it counted. */
export interface ExtractStage extends Stage<ReadItem, ExtractItem> {
  /** By provider and event ID, ordered by them: recognised events whose message was inverted, or could not be. */
  coverage(): Coverage[];
  /**
   * What an event that differs from this one in time, record ID and place alone would make, without a trace of it here;
   * `count` counts one such event, and is undefined where nothing would be counted. No items where it makes none, or where
   * each input is warned of it.
   */
  again(event: EventRecord): { readonly items: readonly Outcome['found'][]; readonly count: (() => void) | undefined };
  /** What events make that are like this one and differ from it in texts too; undefined where that is not known. */
  varied(event: EventRecord): VariedEvent | undefined;
  /** Begins to count and to warn anew. */
  restart(): void;
  /** Selected events that were left out because a bound was set and they hold no time. */
  readonly withoutTimeExcluded: number;
}

/**
 * Finds the failures that events tell of. For each event it emits a `Failure` for every definition that yields one
 * (recoveries and context events too); if none does, an `Unpaired` for every definition that recognised it; if none
 * did, nothing. Rejects, warnings and input reports go through unchanged.
 *
 * Values come from the event's data; where it has none, from its message by inversion. When a message has several
 * readings, the failure carries the inverter's choice and says `certainty: 'ambiguous'`. With a bound, an event whose
 * date order is still open (`Instant.alternative`) goes through if either reading lies inside; the correlator decides.
 */
export function extractFailures(compiled: CompiledDefinitions, options: ExtractOptions = {}): ExtractStage {
  const hasBound = options.since !== undefined || options.until !== undefined;
  const coverage = new Map<string, Counts>();
  /** Those of the kind of event that came last: one failure often repeats. */
  let counts: Counts | undefined;
  const warned = new Set<string>();
  let withoutTimeExcluded = 0;

  return {
    push(item, emit) {
      if (item.type !== 'event') return emit(item);
      const definitions = compiled.byProvider.get(item.provider);
      if (!definitions) return;
      if (hasBound && item.time === undefined && isSelected(compiled.selection, item.provider, item.eventId)) {
        withoutTimeExcluded += 1;
      }
      if (hasBound && !isInside(item, options)) return;

      if (definitions.length === 1) {
        const outcome = outcomeOf(item, definitions[0]!, options.catalogue);
        if (outcome?.found.type === 'failure' && outcome.inversion === undefined) return emit(outcome.found);
        return tell(item, definitions, outcome === undefined ? [] : [outcome], emit);
      }
      tell(item, definitions, outcomesOf(item, definitions), emit);
    },
    again(event) {
      const definitions = compiled.byProvider.get(event.provider) ?? [];
      const outcomes = outcomesOf(event, definitions);
      const best = certaintyOf(event, definitions, outcomes);
      const count = best === undefined ? undefined : () => void (countsOf(event)[best] += 1);
      const items = itemsOf(outcomes);
      return { items: items.some(isWarnedOf) ? [] : items, count };
    },
    restart() {
      coverage.clear();
      counts = undefined;
      warned.clear();
      withoutTimeExcluded = 0;
    },
    varied: event => varyEvent(event, compiled.byProvider.get(event.provider) ?? []),
    coverage: () => [...coverage.values()].sort((a, b) => compare(a.provider, b.provider) || a.eventId - b.eventId),
    get withoutTimeExcluded() {
      return withoutTimeExcluded;
    },
  };

  function tell(
    event: EventRecord,
    definitions: readonly CompiledDefinition[],
    outcomes: readonly Outcome[],
    emit: (item: ExtractItem) => void,
  ): void {
    const best = certaintyOf(event, definitions, outcomes);
    if (best !== undefined) countsOf(event)[best] += 1;
    for (const found of itemsOf(outcomes)) {
      if (isWarnedOf(found)) warnOnce(event, found.definition, emit);
      emit(found);
    }
  }

  function outcomesOf(event: EventRecord, definitions: readonly CompiledDefinition[]): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const definition of definitions) {
      const outcome = outcomeOf(event, definition, options.catalogue);
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  function countsOf({ provider, eventId }: EventRecord): Counts {
    if (counts === undefined || counts.eventId !== eventId || counts.provider !== provider) {
      const key = `${eventId} ${provider}`;
      counts = coverage.get(key) ?? { provider, eventId, exact: 0, ambiguous: 0, none: 0 };
      coverage.set(key, counts);
    }
    return counts;
  }

  function warnOnce(event: EventRecord, definition: string, emit: (item: ExtractItem) => void): void {
    const key = `${definition} ${event.position.input}`;
    if (warned.has(key)) return;
    warned.add(key);
    emit({
      type: 'warning',
      code: 'definition-needs-computer',
      input: event.position.input,
      message: `definition ${definition} takes the computer that logged the event as one end, and the export names none: give --computer NAME`,
    });
  }
}

type Certainty = 'exact' | 'ambiguous' | 'none';

type Counts = { -readonly [Key in keyof Coverage]: Coverage[Key] };

/** What is told of an event: its failures, else why it has none. */
function itemsOf(outcomes: readonly Outcome[]): Outcome['found'][] {
  const found = outcomes.map(outcome => outcome.found);
  const failures = found.filter(({ type }) => type === 'failure');
  return failures.length > 0 ? failures : found;
}

/** How its message could be read, where it had to be. */
function certaintyOf(
  event: EventRecord,
  definitions: readonly CompiledDefinition[],
  outcomes: readonly Outcome[],
): Certainty | undefined {
  return bestOf(outcomes) ?? (outcomes.length === 0 && isUnread(event, definitions) ? 'none' : undefined);
}

/** The best that inversion gave to any definition; undefined when it was not tried. */
function bestOf(outcomes: readonly Outcome[]): Certainty | undefined {
  let best: Certainty | undefined;
  for (const { inversion } of outcomes) {
    if (inversion === 'exact') return 'exact';
    if (inversion === 'ambiguous' || best === undefined) best = inversion;
  }
  return best;
}

/** Whether an event lies inside the bounds, by one of its readings; without time it does not. */
function isInside({ time }: EventRecord, { since = -Infinity, until = Infinity }: ExtractOptions): boolean {
  if (time === undefined) return false;
  const readings = time.alternative === undefined ? [time.epochMs] : [time.epochMs, time.alternative];
  return readings.some(epochMs => epochMs >= since && epochMs < until);
}

/** Whether only its message could have told the event, and no template fitted it. */
function isUnread({ message, insertions }: EventRecord, definitions: readonly CompiledDefinition[]): boolean {
  if (message === undefined || (insertions !== undefined && insertions.length > 0)) return false;
  return definitions.some(({ rules }) => rules.some(rule => rule.recognizeBy.includes('message')));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
