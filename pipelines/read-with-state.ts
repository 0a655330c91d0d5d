import { statSync } from 'node:fs';
import {
  type CompiledDefinitions,
  type CoverageLine,
  type Cursor,
  correlateFailures,
  type ExtractItem,
  type ExtractOptions,
  extractFailures,
  type FileRange,
  type InputReport,
  type InputSource,
  joinReports,
  Ledger,
  type LedgerOptions,
  lookAtFile,
  markFile,
  packLedger,
  type RangeReading,
  type ReadItem,
  readRange,
  type StateInput,
} from '../src/index.js';
import type { Command, Outcome } from './command.js';
import { type Incoming, InputReading } from './read-inputs.js';

/** What stands at the end of a growing file may be half-written: it is read anew each time. */
const TAIL_BYTES = 64 * 1024;

/**
 * Reads inputs that were read before: files that only grow go on where they ended, if their bytes before are the same;
 * all others are read whole and replace what was known of them. What is known of inputs that are not named stays.
 */
export class StatefulReading {
  readonly #command: Command;
  readonly #compiled: CompiledDefinitions;
  readonly #extract: ExtractOptions;
  readonly #ledgerOptions: LedgerOptions;
  readonly #known: Map<string, StateInput>;
  /** By input: its size and time of change when it was read here, which show whether there is anything to read. */
  readonly #stamps = new Map<string, string>();
  readonly #tailBytes: number;
  #isIncomplete = false;
  #hasRead = false;

  constructor(
    command: Command,
    options: {
      readonly compiled: CompiledDefinitions;
      readonly extract: ExtractOptions;
      readonly ledger: LedgerOptions;
      readonly known: ReadonlyMap<string, StateInput>;
      /** How much at the end of a file is read anew each time, in bytes. Default: 64 KiB. */
      readonly tailBytes?: number | undefined;
    },
  ) {
    this.#command = command;
    this.#compiled = options.compiled;
    this.#extract = options.extract;
    this.#ledgerOptions = options.ledger;
    this.#known = new Map(options.known);
    this.#tailBytes = options.tailBytes ?? TAIL_BYTES;
  }

  /** Reads what is new. @returns whether there was anything. */
  async read(): Promise<boolean> {
    const { inputs, read } = this.#command;
    const isStopped = () => read.signal?.aborted === true;
    let hasChanged = false;
    for (const input of inputs) {
      if (isStopped()) break;
      const stamp = stampOf(input);
      if (stamp !== undefined && this.#stamps.get(input.name) === stamp) continue;
      hasChanged = true;
      const now = (await this.#readOn(input)) ?? (await this.#readWhole(input));
      // What was read in part is read again; until then what is known of it stands.
      if (now === undefined || isStopped()) continue;
      this.#known.set(input.name, now);
      if (stamp !== undefined) this.#stamps.set(input.name, stamp);
    }
    return hasChanged;
  }

  /** Everything that is known, as one run over all of it would have it. */
  ledger(): Ledger {
    const ledger = new Ledger({ ...this.#extract, ...this.#ledgerOptions });
    for (const { ledger: kept, tail } of this.#known.values()) {
      ledger.merge(kept);
      if (tail !== undefined) ledger.merge(tail);
    }
    return ledger;
  }

  /** What the next run may go on from. */
  get inputs(): ReadonlyMap<string, StateInput> {
    return this.#known;
  }

  outcome(): Outcome {
    return { isIncomplete: this.#isIncomplete, readNothing: !this.#hasRead && this.#known.size === 0 };
  }

  /** Reads on in a file that is read in ranges. Undefined: it is not such a file, and nothing was told. */
  async #readOn(input: InputSource): Promise<StateInput | undefined> {
    const { read } = this.#command;
    if (input.path === undefined || read.hash === true) return undefined;
    const outlook = lookAtFile(input.path, read);
    if (outlook?.units === undefined || outlook.format === undefined) return undefined;
    const before = this.#goesOn(input, outlook.format);
    if (before !== undefined && outlook.size - this.#tailBytes <= before.cursor.end) {
      return this.#readOnlyTail(input, { path: input.path, format: outlook.format, isExact: true }, before, []);
    }
    const kept = new Ledger({ ...this.#extract, ...this.#ledgerOptions });
    const told: (() => void)[] = [];
    let report: InputReport | undefined;
    let cursor = before?.cursor;
    if (before !== undefined) {
      kept.absorb(packLedger(before.ledger));
      report = before.ledger.inputs()[0]?.report;
    }
    const range = { path: input.path, format: outlook.format, isExact: true } as const;
    const from = cursor?.end ?? 0;
    let tailFrom: Pick<FileRange, 'from' | 'units'> = { from, units: cursor?.units };
    if (outlook.size - this.#tailBytes > from) {
      const part = await this.#readRange(
        input,
        { ...range, ...tailFrom, to: outlook.size - this.#tailBytes },
        kept,
        told,
      );
      if (part === undefined) return undefined;
      const mark = part.reading.stop && markFile(input.path, part.reading.stop.offset);
      if (part.reading.stop === undefined || mark === undefined || !part.reading.isComplete) {
        // No place between two events came: all of it is read again the next time.
        return this.#readOnlyTail(input, range, before, told);
      }
      const { offset: end, units } = part.reading.stop;
      cursor = { end, units, format: outlook.format, ...mark };
      const grown = { ...part.report, bytes: end - from };
      report = report === undefined ? grown : joinReports(report, grown);
      tailFrom = { from: end, units };
    }
    if (report !== undefined && cursor !== undefined) kept.endInput(report, `0-${cursor.end}`);
    const tail = await this.#readTail(input, { ...range, ...tailFrom, to: Infinity }, told);
    if (tail === undefined) return undefined;
    for (const tell of told) tell();
    return { ledger: kept, tail, cursor };
  }

  async #readOnlyTail(
    input: InputSource,
    range: Pick<FileRange, 'path' | 'format' | 'isExact'>,
    before: (StateInput & { readonly cursor: Cursor }) | undefined,
    told: (() => void)[],
  ): Promise<StateInput | undefined> {
    told.length = 0;
    const from = { from: before?.cursor.end ?? 0, units: before?.cursor.units };
    const tail = await this.#readTail(input, { ...range, ...from, to: Infinity }, told);
    if (tail === undefined) return undefined;
    for (const tell of told) tell();
    return { ledger: before?.ledger ?? new Ledger(), tail, cursor: before?.cursor };
  }

  /** What is known of a file that still begins with it. */
  #goesOn(input: InputSource, format: string): (StateInput & { readonly cursor: Cursor }) | undefined {
    const known = this.#known.get(input.name);
    if (known === undefined) return undefined;
    const { cursor } = known;
    const mark = cursor && markFile(input.path!, cursor.end);
    if (cursor !== undefined && cursor.format === format && mark?.head === cursor.head && mark.tail === cursor.tail) {
      return { ...known, cursor };
    }
    if (cursor !== undefined) {
      this.#command.tell.warning({
        type: 'warning',
        code: 'input-replaced',
        input: input.name,
        message: 'this is no longer the file that was read before; what was known of it is replaced',
      });
    }
    return undefined;
  }

  async #readTail(input: InputSource, range: FileRange, told: (() => void)[]): Promise<Ledger | undefined> {
    const ledger = new Ledger({ ...this.#extract, ...this.#ledgerOptions });
    const part = await this.#readRange(input, range, ledger, told);
    if (part === undefined) return undefined;
    const { bytes, isComplete } = part.reading;
    if (!isComplete) this.#isIncomplete = true;
    this.#hasRead = true;
    const end = Math.max(bytes, range.from);
    ledger.endInput({ ...part.report, bytes: end - range.from }, `${range.from}-${end}`);
    return ledger;
  }

  /** Undefined when the range cannot be read by itself: the order of its local dates is found from the whole file. */
  async #readRange(
    input: InputSource,
    range: FileRange,
    ledger: Ledger,
    told: (() => void)[],
  ): Promise<{ readonly reading: RangeReading; readonly report: InputReport } | undefined> {
    const { read, tell } = this.#command;
    const extractor = extractFailures(this.#compiled, this.#extract);
    const noted: Record<string, number> = {};
    const take = (item: ExtractItem) => {
      if (item.type === 'failure' || item.type === 'unpaired') ledger.add(item);
      else if (item.type === 'warning') noted[item.code] = (noted[item.code] ?? 0) + 1;
    };
    const options = { ...read, selection: this.#compiled.selection, input: input.name };
    const reading = await readRange(range, options, (item: ReadItem) => {
      if (item.type === 'event') extractor.push(item, take);
      else if (item.type === 'warning') told.push(() => tell.warning(item));
      else if (item.type === 'reject') {
        told.push(() => {
          this.#isIncomplete = true;
          tell.reject(item);
        });
      }
    });
    const { report } = reading;
    if (report === undefined || report.timezone !== undefined || report.dateOrder !== undefined) return undefined;
    const coverage = extractor.coverage().map(({ provider, eventId, exact, ambiguous, none }): CoverageLine => {
      return { provider, event_id: eventId, exact, ambiguous, none };
    });
    const excludedWithoutTime = extractor.withoutTimeExcluded;
    return {
      reading,
      report: {
        type: 'input',
        path: input.name,
        bytes: 0,
        ...report,
        warnings: { ...noted, ...report.warnings },
        ...(coverage.length === 0 ? {} : { coverage }),
        ...(excludedWithoutTime === 0 ? {} : { excludedWithoutTime }),
        isComplete: reading.isComplete,
      },
    };
  }

  /** Undefined when nothing could be read. */
  async #readWhole(input: InputSource): Promise<StateInput | undefined> {
    const ledger = new Ledger({ ...this.#extract, ...this.#ledgerOptions });
    const extractor = extractFailures(this.#compiled, this.#extract);
    const correlator = correlateFailures(ledger, { counts: extractor });
    const correlate = (item: ExtractItem) => correlator.push(item, () => undefined);
    const reading = new InputReading(this.#command, this.#compiled.selection, (item: Incoming) => {
      if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
      else extractor.push(item, correlate);
    });
    await reading.read(input);
    const { isIncomplete, readNothing } = reading.outcome();
    this.#isIncomplete ||= isIncomplete;
    this.#hasRead ||= !readNothing;
    return ledger.inputs().length === 0 && ledger.rows.size === 0 ? undefined : { ledger };
  }
}

function stampOf({ path }: InputSource): string | undefined {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : undefined;
}
