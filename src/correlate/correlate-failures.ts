import type { CoverageLine, ExtractItem, InputReport } from '../model/index.js';
import type { Stage } from '../stream/stage.js';
import type { Ledger } from './ledger.js';

/** What the extractor counted so far; `extractFailures` gives such a stage. */
export interface ExtractCounts {
  coverage(): readonly {
    readonly provider: string;
    readonly eventId: number;
    readonly exact: number;
    readonly ambiguous: number;
    readonly none: number;
  }[];
  readonly withoutTimeExcluded: number;
}

export interface CorrelateOptions {
  /** The extractor before this stage: at each input's end, what it counted since the last goes into the report. */
  readonly counts?: ExtractCounts | undefined;
}

/**
 * Gathers what was extracted in a ledger, and gives nothing itself. Rejects are counted in their input's report; so are
 * the warnings that only the extractor gives.
 */
export function correlateFailures(ledger: Ledger, options: CorrelateOptions = {}): Stage<ExtractItem, never> {
  const counts = options.counts === undefined ? undefined : new CountsSince(options.counts);
  const warnings = new Map<string, Map<string, number>>();

  return {
    push(item) {
      if (item.type === 'failure' || item.type === 'unpaired') {
        ledger.add(item);
      } else if (item.type === 'warning' && item.input !== undefined) {
        const ofInput = warnings.get(item.input) ?? new Map<string, number>();
        warnings.set(item.input, ofInput.set(item.code, (ofInput.get(item.code) ?? 0) + 1));
      } else if (item.type === 'input') {
        // Of what the reader warned, its report says itself how often it arose.
        const all = { ...Object.fromEntries(warnings.get(item.path) ?? []), ...item.warnings };
        warnings.delete(item.path);
        ledger.endInput({ ...item, warnings: all, ...counts?.take(item) });
      }
    },
  };
}

/** Gives each count once, to the input that ended after it. */
class CountsSince {
  readonly #counts: ExtractCounts;
  #before: ReturnType<ExtractCounts['coverage']> = [];
  #excludedBefore = 0;

  constructor(counts: ExtractCounts) {
    this.#counts = counts;
  }

  take(report: InputReport): Pick<InputReport, 'coverage' | 'excludedWithoutTime'> {
    const now = this.#counts.coverage();
    const lines: CoverageLine[] = [...(report.coverage ?? [])];
    for (const { provider, eventId, exact, ambiguous, none } of now) {
      const before = this.#before.find(line => line.provider === provider && line.eventId === eventId);
      const line = {
        provider,
        event_id: eventId,
        exact: exact - (before?.exact ?? 0),
        ambiguous: ambiguous - (before?.ambiguous ?? 0),
        none: none - (before?.none ?? 0),
      };
      if (line.exact + line.ambiguous + line.none > 0) lines.push(line);
    }
    this.#before = now.map(line => ({ ...line }));
    const excluded = this.#counts.withoutTimeExcluded - this.#excludedBefore + (report.excludedWithoutTime ?? 0);
    this.#excludedBefore = this.#counts.withoutTimeExcluded;
    return {
      ...(lines.length === 0 ? {} : { coverage: lines }),
      ...(excluded === 0 ? {} : { excludedWithoutTime: excluded }),
    };
  }
}
