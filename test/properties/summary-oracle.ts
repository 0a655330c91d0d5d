import type { Failure } from '../../src/index.js';
import type { FakeInput, Item } from './fake-rows.js';

// Brute force, written from the design alone: plain arrays and nested loops over the items themselves. What it shares
// with the code under test is the form of the answer.

const KINDS = ['failure', 'recovery', 'context', 'no_pair', 'not_extracted'];
const BASES = ['export', 'given', 'assumed'];

const kindOf = (item: Item) => (item.type === 'failure' ? item.kind : item.bucket);

function identityOf(item: Item): string | undefined {
  const { observer, channel, recordId, time } = item;
  if (observer === undefined || channel === undefined || recordId === undefined || time === undefined) return undefined;
  return `${observer.toLowerCase()}|${channel}|${recordId}|${Math.floor(time.epochMs / 1000)}`;
}

/** Exact comparison of times in nanoseconds. */
function nanosOf(item: Item): bigint | undefined {
  return item.time === undefined ? undefined : BigInt(item.time.epochMs) * 1_000_000n + BigInt(item.time.nanos);
}

function textOf(items: readonly Item[]): string {
  const [best] = [...items].sort(
    (a, b) => b.time!.digits - a.time!.digits || BASES.indexOf(a.time!.basis) - BASES.indexOf(b.time!.basis),
  );
  const { epochMs, nanos, digits, basis } = best!.time!;
  const seconds = new Date(epochMs).toISOString().slice(0, 19);
  const fraction = `${String(epochMs % 1000).padStart(3, '0')}${String(nanos).padStart(6, '0')}`.slice(0, digits);
  return `${seconds}${digits === 0 ? '' : '.'}${fraction}${basis === 'assumed' ? '' : 'Z'}`;
}

/** Which of two copies says more: the ranks of the design, one after the other. */
function ranks(item: Item): number[] {
  const isFailure = item.type === 'failure';
  return [
    KINDS.indexOf(kindOf(item)),
    isFailure && item.extractedFrom === 'message' ? 1 : 0,
    isFailure ? -Object.values(item.placeholders).filter(value => value !== '').length : 0,
    isFailure && item.certainty === 'ambiguous' ? 1 : 0,
    isFailure && item.damaged !== undefined ? 1 : 0,
    -item.time!.digits,
    BASES.indexOf(item.time!.basis),
    item.time!.epochMs,
    item.time!.nanos,
  ];
}

function isRicher(one: Item, other: Item): boolean {
  const [a, b] = [ranks(one), ranks(other)];
  const at = a.findIndex((rank, place) => rank !== b[place]);
  return at >= 0 && a[at]! < b[at]!;
}

function isBefore(a: Item['position'], b: Item['position']): boolean {
  return a.input === b.input ? a.offset < b.offset : a.input < b.input;
}

/** The set of rows: of those with one identity and one definition, the richer contents and the least position. */
function union(inputs: readonly FakeInput[]): Item[] {
  const rows: Item[] = [];
  for (const item of inputs.flatMap(input => input.items)) {
    const identity = identityOf(item);
    const at = rows.findIndex(
      row => identity !== undefined && identityOf(row) === identity && row.definition === item.definition,
    );
    if (at < 0) {
      rows.push(item);
      continue;
    }
    const row = rows[at]!;
    const position = isBefore(item.position, row.position) ? item.position : row.position;
    rows[at] = { ...(isRicher(item, row) ? item : row), position };
  }
  return rows;
}

function joinHost(name: string, names: readonly string[]): string {
  const host = name.toLowerCase();
  if (host.includes('.')) return host;
  const fitting = new Set(names.map(each => each.toLowerCase()).filter(each => each.startsWith(`${host}.`)));
  return fitting.size === 1 ? [...fitting][0]! : host;
}

export function expectedPairs(inputs: readonly FakeInput[], options: { gapMs: number; values: number }) {
  const rows = union(inputs).filter(item => item.type === 'failure');
  const names = rows.flatMap(row => [row.source, row.destination]);
  const keyed = rows.map(row => ({
    row,
    definition: row.definition,
    source: joinHost(row.source, names),
    destination: joinHost(row.destination, names),
  }));
  const keys: { definition: string; source: string; destination: string }[] = [];
  for (const { row, ...key } of keyed) {
    if (row.kind === 'failure' && !keys.some(each => JSON.stringify(each) === JSON.stringify(key))) keys.push(key);
  }
  const rowsOf = (definition: string, source: string, destination: string, kind: Failure['kind']) =>
    keyed
      .filter(each => each.definition === definition && each.source === source && each.destination === destination)
      .map(each => each.row)
      .filter(row => row.kind === kind);
  const pairs = keys.map(({ definition, source, destination }) => {
    const failures = rowsOf(definition, source, destination, 'failure');
    const timed = failures.filter(row => row.time !== undefined);
    const instants = [...new Set(timed.map(row => nanosOf(row)!))].sort((a, b) => (a < b ? -1 : 1));
    const at = (instant: bigint) => timed.filter(row => nanosOf(row) === instant);
    const recoveries = rowsOf(definition, source, destination, 'recovery');
    const episodes: bigint[][] = [];
    for (const instant of instants) {
      const before = episodes.at(-1)?.at(-1);
      const isApart =
        before === undefined ||
        instant - before > BigInt(options.gapMs) * 1_000_000n ||
        recoveries.some(row => row.time !== undefined && nanosOf(row)! >= before && nanosOf(row)! < instant);
      if (isApart) episodes.push([instant]);
      else episodes.at(-1)!.push(instant);
    }
    const evidenceFrom = timed.length > 0 ? timed : failures;
    const ordered = [...evidenceFrom].sort((a, b) => {
      const [m, n] = [nanosOf(a) ?? 0n, nanosOf(b) ?? 0n];
      if (m !== n) return m < n ? -1 : 1;
      return isBefore(a.position, b.position) ? -1 : 1;
    });
    return {
      definition,
      source: { host: source, names: sorted(failures.map(row => row.source)) },
      destination: { host: destination, names: sorted(failures.map(row => row.destination)) },
      self: source === destination ? true : undefined,
      observers: sorted(failures.map(row => row.observer!)),
      count: failures.length,
      first_seen: instants.length === 0 ? undefined : textOf(at(instants[0]!)),
      last_seen: instants.length === 0 ? undefined : textOf(at(instants.at(-1)!)),
      time_basis: countEach(timed.map(row => row.time!.basis)),
      episodes: episodes.map(each => ({
        start: textOf(at(each[0]!)),
        end: textOf(at(each.at(-1)!)),
        count: each.flatMap(at).length,
      })),
      episodes_total: episodes.length,
      placeholders: Object.fromEntries(
        ['%1', '%2', '%3'].map(name => [
          name,
          top(
            failures.map(row => row.placeholders[name as '%1']!),
            options.values,
          ),
        ]),
      ),
      attributes: {
        status: top(
          failures.map(row => row.attributes.status!),
          options.values,
        ),
      },
      recognized_by: countEach(failures.map(row => row.recognizedBy)),
      extracted_from: countEach(failures.map(row => row.extractedFrom)),
      ambiguous: failures.filter(row => row.certainty === 'ambiguous').length,
      damaged: failures.filter(row => row.damaged !== undefined).length,
      recoveries: recoveries.length,
      context: rowsOf(definition, source, destination, 'context').length,
      reverse_count: rowsOf(definition, destination, source, 'failure').length,
      evidence: { first: ordered[0]!.position, last: ordered.at(-1)!.position },
    };
  });
  const text = (pair: (typeof pairs)[number]) => [pair.source.host, pair.destination.host, pair.definition].join('\0');
  return pairs.sort((a, b) => b.count - a.count || (text(a) < text(b) ? -1 : 1));
}

export function expectedRun(inputs: readonly FakeInput[]) {
  const copies = inputs.flatMap(input =>
    [...new Set(input.items.map(item => item.position.offset))].map(offset =>
      input.items.filter(item => item.position.offset === offset),
    ),
  );
  const events: Item[][] = [];
  let duplicates = 0;
  for (const copy of copies) {
    const identity = identityOf(copy[0]!);
    const known = events.find(event => identity !== undefined && identityOf(event[0]!) === identity);
    if (known === undefined) events.push([...copy]);
    else {
      duplicates += 1;
      known.push(...copy);
    }
  }
  const buckets = { failure: 0, recovery: 0, context: 0, no_pair: 0, not_extracted: 0 };
  for (const event of events) {
    const best = KINDS.find(kind => event.some(item => kindOf(item) === kind));
    buckets[best as keyof typeof buckets] += 1;
  }
  const rows = union(inputs).filter(item => item.type === 'failure' && item.kind === 'failure') as Failure[];
  // Of each group of equal failures one, with an identity if there is one, is no copy.
  const contents = ({ position: _, time, recordId: __, ...rest }: Failure) =>
    JSON.stringify([rest, time === undefined ? 'none' : Math.floor(time.epochMs / 1000)]);
  let possibleDuplicates = 0;
  rows.forEach((row, at) => {
    if (identityOf(row) !== undefined) return;
    const equals = (other: Failure) => contents(other) === contents(row);
    const isCopy =
      rows.slice(0, at).some(other => equals(other) && identityOf(other) === undefined) ||
      rows.some(other => equals(other) && identityOf(other) !== undefined);
    if (isCopy) possibleDuplicates += 1;
  });
  const total = inputs.reduce((sum, input) => sum + input.report.events, 0);
  return {
    events: total,
    failures: buckets.failure,
    recoveries: buckets.recovery,
    context: buckets.context,
    no_pair: buckets.no_pair,
    duplicates,
    not_extracted: buckets.not_extracted,
    not_selected: total - events.length - duplicates,
    extracted: rows.length,
    ambiguous: rows.filter(row => row.certainty === 'ambiguous').length,
    without_time: rows.filter(row => row.time === undefined).length,
    possible_duplicates: possibleDuplicates,
  };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
}

function countEach(values: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(values)].map(value => [value, values.filter(each => each === value).length]));
}

function top(values: readonly string[], most: number) {
  const counted = Object.entries(countEach(values))
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const other = counted.slice(most).reduce((sum, each) => sum + each.count, 0);
  return { values: counted.slice(0, most), ...(other === 0 ? {} : { other_count: other }) };
}
