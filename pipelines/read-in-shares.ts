import {
  type CompiledDefinitions,
  correlateFailures,
  createWindowMemory,
  EvpairError,
  type ExtractItem,
  type ExtractOptions,
  type ExtractStage,
  extractFailures,
  type FileRange,
  type InputReport,
  type InputSource,
  isClosedInRanges,
  type Ledger,
  type RangeReading,
  type ReadItem,
  readRange,
  readSwept,
  type SweepSettings,
  type Swept,
  type Threads,
  unpackError,
  type WindowMemory,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import type { Plan, Step } from './plan-shares.js';
import { type Incoming, InputReading } from './read-inputs.js';
import { openShareReader, type ShareSettings } from './read-share.js';
import { repeatsInto } from './repeats.js';
import { ShareQueue } from './share-queue.js';
import type { Share, ShareCounts, ShareResult, Told } from './shares.js';
import { sweepFirst } from './sweep-first.js';

export interface ReadInSharesOptions {
  readonly compiled: CompiledDefinitions;
  readonly extract: ExtractOptions;
  readonly ledger: Ledger;
  readonly ledgerOptions: ShareSettings['ledger'];
  /** How what is read here, in its turn, is read, and who takes its items. */
  readonly read: Command['read'];
  readonly take: (item: Incoming) => void;
  readonly plan: Plan;
  readonly threads: Threads<Share, ShareResult>;
  readonly sweep: SweepSettings;
}

/**
 * Reads the inputs of a command into a ledger with the help of threads. They read ahead; what they found is told and
 * added in the order of the inputs, so that everything is as if it had been read here, one byte after the other.
 */
export async function readInShares(command: Command, options: ReadInSharesOptions): Promise<Outcome> {
  const { plan, threads, ledger } = options;
  const { signal } = command.read;
  const reading = new InputReading({ ...command, read: options.read }, options.compiled.selection, options.take);
  const { compiled, extract, ledgerOptions } = options;
  const memory = createWindowMemory();
  const readShare = openShareReader({ compiled, extract, ledger: ledgerOptions, read: command.read, memory });
  const context = {
    signal: signal ?? new AbortController().signal,
    onProgress: command.read.onProgress ?? (() => undefined),
  };
  const here: Here = { memory, readShare: share => readShare(share, context) };
  const readAhead = sweepFirst(options.sweep, plan.count, async () => readShare);
  const results = new ShareQueue(plan, threads, share => readAhead(share, context));
  const stop = () => threads.stop();
  signal?.addEventListener('abort', stop, { once: true });
  let wasIncomplete = false;
  let hasRead = false;
  const readHere = async (inputs: readonly InputSource[]) => {
    for (const input of inputs) if (signal?.aborted !== true) await reading.read(input);
  };
  try {
    reading.tellMissing();
    for (const step of plan.steps) {
      if (signal?.aborted === true) break;
      if (step.kind === 'here') {
        await readHere([step.input]);
      } else if (step.kind === 'ranges') {
        const outcome = await new RangedInput(step, command, options, reading, here).read(results);
        wasIncomplete ||= outcome.isIncomplete;
      } else {
        const result = await results.next();
        if (result.kind === 'inputs') {
          for (const told of result.told) tellWhole(reading, told, step.inputs);
          ledger.mergePacked(result.ledger);
          wasIncomplete ||= result.outcome.isIncomplete;
          hasRead ||= !result.outcome.readNothing;
        } else await readHere(step.inputs);
      }
      const wait = command.output.drain();
      if (wait !== undefined) await wait;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  const { isIncomplete, hasFailed, readNothing } = reading.outcome();
  return { isIncomplete: isIncomplete || wasIncomplete, hasFailed, readNothing: readNothing && !hasRead };
}

function tellWhole(reading: InputReading, told: Told, inputs: readonly InputSource[]): void {
  if (told.type === 'failed') reading.tellFailed(inputs[told.at]!, unpackError(told.error));
  else if (told.type !== 'noted') reading.tell(told);
}

/** What this thread reads with. */
interface Here {
  readonly memory: WindowMemory;
  readonly readShare: (share: Share) => Promise<ShareResult>;
}

/**
 * One file in ranges. A thread guessed where its range's first event starts: its result holds if the range before ended
 * in front of that very event, in the same units. Otherwise the range is read again, here, from where it really starts.
 */
class RangedInput {
  readonly #input: InputSource;
  readonly #ranges: readonly FileRange[];
  readonly #options: Parameters<typeof readRange>[1];
  readonly #here: Here;
  readonly #ledger: Ledger;
  readonly #reading: InputReading;
  readonly #extractor: ExtractStage;
  readonly #correlator: ReturnType<typeof correlateFailures>;
  readonly #counts: ShareCounts[] = [];
  readonly #told = new Set<string>();
  readonly #noted = new Set<string>();
  readonly #parts: RangeReading[] = [];

  constructor(
    { input, ranges }: Step & { readonly kind: 'ranges' },
    { read, output }: Command,
    { compiled, extract, ledger }: ReadInSharesOptions,
    reading: InputReading,
    here: Here,
  ) {
    this.#input = input;
    this.#ranges = ranges;
    this.#here = here;
    this.#ledger = ledger;
    this.#reading = reading;
    this.#extractor = extractFailures(compiled, extract);
    this.#options = {
      ...read,
      selection: compiled.selection,
      input: input.name,
      afterWindow: () => output.drain(),
      readAhead: true,
      ...repeatsInto(ledger, this.#extractor, extract),
    };
    const counts = this.#counts;
    const extractor = this.#extractor;
    this.#correlator = correlateFailures(ledger, {
      counts: {
        coverage: () => sumCoverage([...counts.map(each => each.coverage), extractor.coverage()]),
        get withoutTimeExcluded() {
          return counts.reduce((sum, each) => sum + each.withoutTimeExcluded, extractor.withoutTimeExcluded);
        },
      },
    });
  }

  async read(results: ShareQueue): Promise<Pick<Outcome, 'isIncomplete'>> {
    let next: { readonly offset: number; readonly units: FileRange['units'] } | undefined = {
      offset: 0,
      units: undefined,
    };
    let isIncomplete = false;
    const { signal } = this.#options;
    for (const [at, range] of this.#ranges.entries()) {
      // An event that began before the range may end behind it, and several may have been read as one.
      if (next !== undefined && next.offset >= range.to) {
        results.skip();
        continue;
      }
      const result = await results.next();
      if (signal?.aborted === true && (result.kind !== 'range' || isIncomplete)) {
        isIncomplete = true;
        break;
      }
      if (next === undefined || isIncomplete) continue;
      const { offset: from, units } = next;
      // What is known to be read here is read in one.
      const alike = result.kind === 'unread' ? (result.alike ?? 0) : 0;
      const { to } = this.#ranges[Math.min(at + alike, this.#ranges.length - 1)]!;
      const exact: FileRange = { ...range, from, to, units, isExact: true };
      const holds = beginOf(result) === from && units === range.units;
      const part = await this.#readRange(holds || result.kind === 'given-up' ? result : { kind: 'unread' }, exact);
      isIncomplete = part?.isComplete !== true;
      next = part?.stop;
    }
    if (this.#parts.length > 0) this.#end(!isIncomplete);
    return { isIncomplete };
  }

  /** Takes what a thread made of a range, or reads it here. Undefined when the file cannot be opened. */
  async #readRange(result: ShareResult, range: FileRange): Promise<RangeReading | undefined> {
    if (result.kind === 'swept') return this.#takeKept(result.swept, range);
    if (result.kind === 'unread' && isClosedInRanges(range.format)) return this.#readHere(range);
    const share = result.kind === 'unread' ? await this.#here.readShare(this.#shareOf(range)) : result;
    // What one range cannot be read without, the next cannot either.
    if (share.kind !== 'range') return this.#readHere({ ...range, to: Infinity });
    this.#ledger.absorb(share.ledger);
    this.#counts.push(share.counts);
    for (const told of share.told) this.#hear(told);
    this.#parts.push(share.reading);
    return share.reading;
  }

  #shareOf(range: FileRange): Share {
    return { kind: 'range', input: this.#input, range };
  }

  async #takeKept(swept: Swept, range: FileRange): Promise<RangeReading | undefined> {
    const part = readSwept(swept, range, this.#options, this.#take, this.#here.memory);
    this.#parts.push(part);
    return swept.isWhole ? part : this.#readHere({ ...range, from: swept.end });
  }

  /** Reads as one reader of the whole file does: what is found is told at once. */
  async #readHere(range: FileRange): Promise<RangeReading | undefined> {
    try {
      const part = await readRange(range, this.#options, this.#take, this.#here.memory);
      this.#parts.push(part);
      return part;
    } catch (error) {
      if (!(error instanceof EvpairError) || error.code !== 'ERR_INPUT') throw error;
      this.#reading.tellFailed(this.#input, error);
      return undefined;
    }
  }

  #hear(told: Told): void {
    if (told.type === 'noted') this.#correlate(told.warning);
    else if (told.type !== 'failed') this.#take(told);
  }

  /** A warning is told once an input, by whichever range gave it first. */
  readonly #take = (item: ReadItem): void => {
    if (item.type === 'warning' && isKnown(this.#told, item)) return;
    if (item.type !== 'event') this.#reading.tell(item);
    this.#extractor.push(item, this.#correlate);
  };

  readonly #correlate = (item: ExtractItem): void => {
    if (item.type === 'warning' && isKnown(this.#noted, item)) return;
    this.#correlator.push(item, () => undefined);
  };

  /** Ends the input with one report, as one reader gives it. */
  #end(isComplete: boolean): void {
    const reports = this.#parts.flatMap(({ report }) => report ?? []);
    const last = reports.at(-1)!;
    const sum = (of: (report: (typeof reports)[number]) => number) =>
      reports.reduce((total, each) => total + of(each), 0);
    const warnings: Record<string, number> = {};
    for (const each of reports) {
      for (const [code, count] of Object.entries(each.warnings)) warnings[code] = (warnings[code] ?? 0) + count;
    }
    const report: InputReport = {
      type: 'input',
      path: this.#input.name,
      bytes: this.#parts.at(-1)!.bytes,
      format: last.format,
      encoding: (reports.find(({ events }) => events > 0) ?? last).encoding,
      events: sum(({ events }) => events),
      unparsed: sum(({ unparsed }) => unparsed),
      malformed: sum(({ malformed }) => malformed),
      rejects: sum(({ rejects }) => rejects),
      withoutTime: sum(({ withoutTime }) => withoutTime),
      // A range that holds local times is read to the file's end by one reader.
      ...(last.timezone === undefined ? {} : { timezone: last.timezone }),
      ...(last.dateOrder === undefined ? {} : { dateOrder: last.dateOrder }),
      warnings,
      isComplete,
    };
    this.#take(report);
  }
}

function beginOf(result: ShareResult): number | undefined {
  if (result.kind === 'swept') return result.swept.begin;
  return result.kind === 'range' ? result.reading.begin : undefined;
}

function isKnown(known: Set<string>, { code, message }: { readonly code: string; readonly message: string }): boolean {
  const key = `${code} ${message}`;
  if (known.has(key)) return true;
  known.add(key);
  return false;
}

/** By provider and event ID, ordered by them, as the extractor gives it. */
function sumCoverage(lists: readonly ShareCounts['coverage'][]): ShareCounts['coverage'] {
  const sums = new Map<string, ShareCounts['coverage'][number]>();
  for (const line of lists.flat()) {
    const key = `${line.eventId} ${line.provider}`;
    const sum = sums.get(key);
    sums.set(key, {
      provider: line.provider,
      eventId: line.eventId,
      exact: line.exact + (sum?.exact ?? 0),
      ambiguous: line.ambiguous + (sum?.ambiguous ?? 0),
      none: line.none + (sum?.none ?? 0),
    });
  }
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...sums.values()].sort((a, b) => compare(a.provider, b.provider) || a.eventId - b.eventId);
}
