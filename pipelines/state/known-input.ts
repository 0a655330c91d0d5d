import {
  type CoverageLine,
  correlateFailures,
  type InputReport,
  Ledger,
  type RangeReading,
  type RangeStop,
  sumCoverage,
} from '../../src/index.js';
import type { FilePrint } from './file-print.js';

/** All that is kept of an input, so that it need not be read again, or only from where it ended. */
export interface KnownInput {
  /** The input's name, as positions and reports have it. */
  readonly name: string;
  /** What its file is known again by; undefined when it has to be read again whatever it is. */
  readonly print: FilePrint | undefined;
  /** What was read with: what changes the report of an input without changing what is extracted. */
  readonly readAs: string;
  readonly held: Whole | Parts;
}

/** Read from its first byte to its last, and so again when it changed: the ledger of what is in it. */
export interface Whole {
  readonly kind: 'whole';
  readonly ledger: Ledger;
}

/**
 * Append-only, read in two parts. What stands in front of `settled.stop` reads the same whatever comes behind it. The
 * tail behind is read again when the input has grown: its last event may have been half written.
 */
export interface Parts {
  readonly kind: 'parts';
  readonly settled: (Part & { readonly stop: RangeStop }) | undefined;
  readonly tail: Part;
}

export interface Part {
  /** Rows alone; what is known of the input stands in `facts`. */
  readonly ledger: Ledger;
  readonly facts: PartFacts;
}

/** What there is to say of a part of an input beside its rows. */
export interface PartFacts {
  /** The offset past the last byte that was looked at. */
  readonly bytes: number;
  readonly report: NonNullable<RangeReading['report']>;
  readonly coverage: readonly CoverageLine[];
  readonly excludedWithoutTime: number;
  /** Warnings that only extraction gives, each once an input. */
  readonly noted: readonly (readonly [code: string, message: string])[];
  /** Recognised events with identity, copies included. */
  readonly identified: number;
}

/** Adds a known input to a ledger, as one reading of all of it gives it. */
export function addKnown(ledger: Ledger, { name, held }: KnownInput, isNameTaken: boolean): void {
  if (held.kind === 'whole') {
    ledger.merge(held.ledger);
    return;
  }
  // Another input may hold what evpair wrote of this one: then both are one input.
  const to = isNameTaken ? new Ledger() : ledger;
  const parts = held.settled === undefined ? [held.tail] : [held.settled, held.tail];
  for (const part of parts) to.addRows(part.ledger);
  const facts = parts.map(part => part.facts).reduce(joinFacts);
  to.restoreInput({ report: reportOf(name, facts), range: 'all', identified: facts.identified });
  if (isNameTaken) ledger.merge(to);
}

/** The names of the inputs in a known input: of an archive its members', of evpair's own lines those that they tell of. */
export function namesIn({ name, held }: KnownInput): readonly string[] {
  return held.kind === 'whole' ? held.ledger.inputs().map(({ report }) => report.path) : [name];
}

/** What there is to say of two parts, one behind the other, taken as one. */
export function joinFacts(one: PartFacts, other: PartFacts): PartFacts {
  const [a, b] = [one.report, other.report];
  const warnings: Record<string, number> = { ...a.warnings };
  for (const [code, count] of Object.entries(b.warnings)) warnings[code] = (warnings[code] ?? 0) + count;
  return {
    bytes: other.bytes,
    report: {
      ...b,
      encoding: a.events > 0 ? a.encoding : b.encoding,
      events: a.events + b.events,
      unparsed: a.unparsed + b.unparsed,
      malformed: a.malformed + b.malformed,
      rejects: a.rejects + b.rejects,
      withoutTime: a.withoutTime + b.withoutTime,
      warnings,
    },
    coverage: sumCoverage([one.coverage, other.coverage]),
    excludedWithoutTime: one.excludedWithoutTime + other.excludedWithoutTime,
    noted: [...one.noted, ...other.noted.filter(([code, message]) => !one.noted.some(isNote(code, message)))],
    identified: one.identified + other.identified,
  };
}

function isNote(code: string, message: string) {
  return (note: readonly [string, string]) => note[0] === code && note[1] === message;
}

/** The report of the whole input, made by the stage that makes it in a run without a state. */
function reportOf(path: string, { bytes, report, coverage, excludedWithoutTime, noted }: PartFacts): InputReport {
  const ledger = new Ledger();
  const correlator = correlateFailures(ledger, {
    counts: {
      coverage: () => coverage.map(({ event_id: eventId, ...line }) => ({ ...line, eventId })),
      withoutTimeExcluded: excludedWithoutTime,
    },
  });
  for (const [code, message] of noted) {
    correlator.push({ type: 'warning', code, input: path, message }, () => undefined);
  }
  correlator.push({ type: 'input', path, bytes, ...report, isComplete: true }, () => undefined);
  return ledger.inputs()[0]!.report;
}
