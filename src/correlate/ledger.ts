import type {
  Failure,
  InputReport,
  Instant,
  NumberedTexts,
  Repeat,
  Unpaired,
  Variation,
  VariedEvent,
} from '../model/index.js';
import { type Clock, packClock, unpackClock } from '../time/clock.js';
import { Float64Column } from './column.js';
import { bounds, KnownInputs, type LedgerInput } from './known-inputs.js';
import { type LedgerRow, LedgerRows } from './ledger-rows.js';
import { addPackedRows, type PackedLedger } from './pack-ledger.js';
import { VariedContributions } from './varied-contributions.js';

export interface LedgerOptions {
  /** Count copies of an event once, by its identity. Default: record-id. */
  readonly dedupe?: 'record-id' | 'none' | undefined;
  /** Epoch milliseconds; a row whose date order is decided late is dropped then if it lies before. */
  readonly since?: number | undefined;
  /** Epoch milliseconds; a row whose date order is decided late is dropped then if it lies at it or after. */
  readonly until?: number | undefined;
}

/**
 * The table of what was recognised: a set of compact rows, at most 64 bytes each, from which every summary follows.
 * `merge` is set union: commutative, associative, idempotent. An input counts once, by its path and range, however
 * often it is read or merged.
 */
export class Ledger {
  /** The rows; read them, and add by `add` and `merge` only. */
  readonly rows = new LedgerRows();
  readonly #options: LedgerOptions;
  #inputs = new KnownInputs();
  /** Inputs with rows and without a report as yet. */
  readonly #open = new Map<number, OpenInput>();
  #current: OpenInput | undefined;
  #lastEnded: LedgerInput | undefined;
  /** The other reading of undecided local dates, from row `#alternativesFrom` on; NaN where there is none. */
  #alternatives: Float64Column | undefined;
  #alternativesFrom = 0;

  constructor(options: LedgerOptions = {}) {
    this.#options = options;
  }

  /** Begins anew without rows and inputs. What failures said stays interned, and who takes repeats goes on doing so. */
  clear(): void {
    this.rows.clear();
    this.#inputs = new KnownInputs();
    this.#open.clear();
    this.#current = undefined;
    this.#lastEnded = undefined;
    this.#alternatives = undefined;
  }

  /** Adds what one definition made of one event. What several made of it comes one after the other. */
  add(item: Failure | Unpaired): void {
    const { rows } = this;
    const { time, position } = item;
    const input = rows.inputNames.intern(position.input);
    const open = this.#openInput(input);
    const alternative = time?.alternative;
    const hasIdentity =
      alternative === undefined && time !== undefined && item.recordId !== undefined && this.#namesLog(item);
    if (hasIdentity) identify(open, position.offset);
    const size = rows.size;
    const row = rows.place(
      hasIdentity,
      time === undefined ? Number.NaN : time.epochMs,
      time === undefined ? 0 : packClock(time),
      rows.contributions.intern(item),
      rows.packRecordId(item.recordId),
      input,
      position.offset,
      position.length,
    );
    if (row === size) open.lastRow = row;
    if (alternative !== undefined) this.#setAlternative(row, alternative);
  }

  /** Takes more events of which would be made what was made of one, which was added: a tenth of the work. */
  repeatOf(items: readonly (Failure | Unpaired)[]): Repeat {
    const contributions = items.map(item => this.rows.contributions.intern(item));
    return this.#repeatOf(
      contributions,
      items.every(item => this.#namesLog(item)),
    );
  }

  /** Takes events that are like one of which all was added, and have other texts. */
  variationOf(event: VariedEvent, texts: NumberedTexts): Variation {
    const contributions = new VariedContributions(this.rows.contributions, event, texts);
    const items = [...event.failures.map(({ failure }) => failure), ...event.unpaired];
    const namesLog = items.every(item => this.#namesLog(item));
    return {
      places: event.places,
      expect: (numbers, starts, count, known) => contributions.expect(numbers, starts, count, known),
      add: (path, epochMs, nanos, digits, recordId, offset, length, basis = 'export') => {
        contributions.next();
        const clock = packClock({ nanos, digits, basis });
        this.#addRepeat(
          contributions.ids,
          contributions.logs,
          namesLog,
          path,
          epochMs,
          clock,
          recordId,
          offset,
          length,
        );
      },
      repeat: () => this.#repeatOf(contributions.ids, namesLog),
    };
  }

  #repeatOf(said: ArrayLike<number>, namesLog: boolean): Repeat {
    // `from` takes five times as long.
    const ids = new Uint32Array(said);
    const logs = new Int32Array(ids.length);
    for (let each = 0; each < ids.length; each++) logs[each] = this.rows.contributions.logOf(ids[each]!);
    return {
      add: (path, epochMs, nanos, digits, recordId, offset, length, basis = 'export', alternative) => {
        const clock = packClock({ nanos, digits, basis });
        this.#addRepeat(ids, logs, namesLog, path, epochMs, clock, recordId, offset, length, alternative);
      },
    };
  }

  /** Typed arrays from whoever calls: with others among them V8 would compile it three times. */
  #addRepeat(
    ids: Uint32Array,
    logs: Int32Array,
    namesLog: boolean,
    path: string,
    epochMs: number,
    clock: Clock,
    recordId: number,
    offset: number,
    length: number,
    alternative?: number,
  ): void {
    const { rows } = this;
    const open = this.#openPath(path);
    const { input } = open;
    const hasIdentity = namesLog && recordId >= 0;
    if (hasIdentity) identify(open, offset);
    const packedId = rows.packRecordNumber(recordId);
    for (let each = 0; each < ids.length; each++) {
      const size = rows.size;
      const log = logs[each]!;
      if (rows.place(hasIdentity, epochMs, clock, ids[each]!, packedId, input, offset, length, log) !== size) continue;
      open.lastRow = size;
      if (alternative !== undefined) this.#setAlternative(size, alternative);
    }
  }

  /**
   * Ends an input: its report is kept, and its rows whose date order was undecided take the reading that holds (and
   * their identity, where all else of it is known). Of an input that is known already, rows without identity go again.
   * @throws EvpairError `ERR_PARTIAL` when the input is known with another size or an overlapping range.
   */
  endInput(report: InputReport, range = 'all'): void {
    const input = this.rows.inputNames.intern(report.path);
    const open = this.#open.get(input);
    if (open !== undefined) this.#resolve(input, open, report.dateOrder?.swap === true);
    const ended: LedgerInput = { report, range, identified: open?.identified ?? 0 };
    if (this.#inputs.add(ended)) this.#lastEnded = ended;
    else if (open !== undefined) this.#forget(input, open);
    this.#open.delete(input);
    this.#current = undefined;
    if (this.#open.size === 0) this.#alternatives = undefined;
  }

  /** The inputs whose rows are here, by path and range. */
  inputs(): readonly LedgerInput[] {
    this.#settle();
    return this.#inputs.list();
  }

  /** Adds all rows and inputs of another ledger. @throws EvpairError `ERR_PARTIAL` as `endInput` does. */
  merge(other: Ledger): void {
    this.#settle();
    const known = new KnownRanges();
    for (const input of other.inputs()) known.add(input, !this.#addInput(input));
    const adopt = this.rows.contributions.adopt(other.rows.contributions);
    for (let row = 0; row < other.rows.size; row++) {
      if (other.rows.isDropped(row)) continue;
      if (!other.rows.hasIdentity(row)) {
        const path = other.rows.inputNames.text(other.rows.inputOf(row));
        if (known.holds(path, other.rows.offsetOf(row))) continue;
      }
      const taken = other.rows.row(row);
      this.restore({ ...taken, contribution: adopt(taken.contribution) });
    }
  }

  /** Adds a row that was taken from a ledger; its contribution is one of this ledger's. */
  restore(row: LedgerRow): void {
    this.rows.place(
      row.hasIdentity,
      row.epochMs,
      row.clock,
      row.contribution,
      this.rows.packRecordId(row.recordId),
      this.rows.inputNames.intern(row.input),
      row.offset,
      row.length,
    );
  }

  /** Adds an input that was taken from a ledger. @throws EvpairError `ERR_PARTIAL` as `endInput` does. */
  restoreInput(input: LedgerInput): void {
    this.#addInput(input);
  }

  /** Adds all rows and inputs that were packed, as `merge` does. @throws EvpairError `ERR_PARTIAL` as `endInput` does. */
  mergePacked(packed: PackedLedger): void {
    this.#settle();
    const known = new KnownRanges();
    for (const input of packed.inputs) known.add(input, !this.#addInput(input));
    addPackedRows(packed, this.rows, { isKnown: (path, offset) => known.holds(path, offset) });
  }

  /** Adds the packed rows of a part of an input, as if they had been added here one by one; `endInput` ends it here. */
  absorb(packed: PackedLedger): void {
    const { rows } = this;
    addPackedRows(packed, rows, {
      onNew: (row, input) => {
        this.#openInput(input, row).lastRow = row;
      },
    });
    for (const { report, identified } of packed.inputs) {
      if (identified > 0) this.#openInput(rows.inputNames.intern(report.path)).identified += identified;
    }
  }

  /** Adds all rows of another ledger, which may still be filled and stays as it is, and nothing of its inputs. */
  addRows(other: Ledger): void {
    const adopt = this.rows.contributions.adopt(other.rows.contributions);
    for (let row = 0; row < other.rows.size; row++) {
      if (other.rows.isDropped(row)) continue;
      const taken = other.rows.row(row);
      this.restore({ ...taken, contribution: adopt(taken.contribution) });
    }
  }

  timeOf(row: number): Instant | undefined {
    const epochMs = this.rows.epochMsOf(row);
    return Number.isNaN(epochMs) ? undefined : { epochMs, ...unpackClock(this.rows.clockOf(row)) };
  }

  #addInput(input: LedgerInput): boolean {
    const isNew = this.#inputs.add(input);
    if (isNew) this.#lastEnded = input;
    return isNew;
  }

  #namesLog({ observer, channel }: Failure | Unpaired): boolean {
    return this.#options.dedupe !== 'none' && observer !== undefined && channel !== undefined;
  }

  #openPath(path: string): OpenInput {
    if (this.#current?.path === path) return this.#current;
    return this.#openInput(this.rows.inputNames.intern(path));
  }

  /** `firstRow` is the first that the input may have here. */
  #openInput(input: number, firstRow = this.rows.size): OpenInput {
    if (this.#current?.input === input) return this.#current;
    let open = this.#open.get(input);
    if (open === undefined) {
      open = {
        input,
        path: this.rows.inputNames.text(input),
        firstRow,
        lastRow: firstRow - 1,
        identified: 0,
        lastIdentified: -1,
      };
      this.#open.set(input, open);
    }
    this.#current = open;
    return open;
  }

  #setAlternative(row: number, alternative: number): void {
    if (this.#alternatives === undefined) {
      this.#alternatives = new Float64Column();
      this.#alternativesFrom = row;
    }
    while (this.#alternativesFrom + this.#alternatives.length < row) this.#alternatives.push(Number.NaN);
    this.#alternatives.push(alternative);
  }

  /** Decides the undecided rows of an input. */
  #resolve(input: number, { firstRow, lastRow }: OpenInput, isSwapped: boolean): void {
    const { rows } = this;
    const alternatives = this.#alternatives;
    if (alternatives === undefined) return;
    const { since = -Infinity, until = Infinity } = this.#options;
    const end = Math.min(lastRow + 1, this.#alternativesFrom + alternatives.length);
    for (let row = Math.max(firstRow, this.#alternativesFrom); row < end; row++) {
      const alternative = alternatives.get(row - this.#alternativesFrom);
      if (Number.isNaN(alternative) || rows.inputOf(row) !== input || rows.isDropped(row)) continue;
      if (isSwapped) rows.setEpochMs(row, alternative);
      const epochMs = rows.epochMsOf(row);
      if (epochMs < since || epochMs >= until) rows.drop(row);
      else this.#identifyLate(row);
    }
  }

  #identifyLate(row: number): void {
    const { rows } = this;
    const isPlaced = rows.contributions.logOf(rows.contributionOf(row)) >= 0 && rows.recordIdOf(row) !== undefined;
    if (this.#options.dedupe === 'none' || !isPlaced) return;
    const open = this.#openInput(rows.inputOf(row));
    identify(open, rows.offsetOf(row));
    rows.identify(row);
  }

  /** Drops an input's open rows without identity: the same bytes were read before. */
  #forget(input: number, { firstRow, lastRow }: OpenInput): void {
    for (let row = firstRow; row <= lastRow; row++) {
      if (this.rows.inputOf(row) === input && !this.rows.hasIdentity(row)) this.rows.drop(row);
    }
  }

  /** Inputs that no report names (an interrupted pipe) are counted with the input that ended last. */
  #settle(): void {
    for (const [input, open] of this.#open) this.#resolve(input, open, false);
    const identified = [...this.#open.values()].reduce((sum, open) => sum + open.identified, 0);
    if (identified > 0 && this.#lastEnded !== undefined) {
      const settled = { ...this.#lastEnded, identified: this.#lastEnded.identified + identified };
      this.#inputs.replace(this.#lastEnded, settled);
      this.#lastEnded = settled;
    }
    this.#open.clear();
    this.#current = undefined;
    this.#alternatives = undefined;
  }
}

interface OpenInput {
  readonly input: number;
  readonly path: string;
  readonly firstRow: number;
  lastRow: number;
  identified: number;
  /** The offset of the last event with identity: an event's rows stand together. */
  lastIdentified: number;
}

/** Counts the event at an offset, once, as one with identity. */
function identify(open: OpenInput, offset: number): void {
  if (offset === open.lastIdentified) return;
  open.identified += 1;
  open.lastIdentified = offset;
}

/** Which rows of a ledger that is merged were read from inputs that are known here already. */
class KnownRanges {
  readonly #known = new Map<string, (readonly [from: number, to: number])[]>();
  readonly #paths = new Set<string>();
  #areAllKnown = true;

  add({ report, range }: LedgerInput, isKnown: boolean): void {
    this.#paths.add(report.path);
    if (!isKnown) {
      this.#areAllKnown = false;
      return;
    }
    const ranges = this.#known.get(report.path) ?? [];
    this.#known.set(report.path, ranges);
    ranges.push(bounds(range));
  }

  holds(path: string, offset: number): boolean {
    // Rows of a pipe without its reports belong to no input that is named: they are known if all else is.
    if (!this.#paths.has(path)) return this.#paths.size > 0 && this.#areAllKnown;
    return this.#known.get(path)?.some(([from, to]) => offset >= from && offset < to) === true;
  }
}
