import {
  type CompiledDefinitions,
  correlateFailures,
  type ExtractItem,
  type ExtractOptions,
  type ExtractStage,
  extractFailures,
  type FileRange,
  type InputSource,
  Ledger,
  type LedgerOptions,
  packError,
  packLedger,
  readRange,
  type WindowMemory,
} from '../src/index.js';
import type { Command } from './command.js';
import { readInputs } from './read-inputs.js';
import { repeatsInto } from './repeats.js';
import type { ShareReader, ShareResult, Told } from './shares.js';

/** What all shares of a run are read with. */
export interface ShareSettings {
  readonly compiled: CompiledDefinitions;
  readonly extract: ExtractOptions;
  readonly ledger: LedgerOptions;
  readonly read: Command['read'];
  /** For the ranges that a thread reads, one after the other. */
  readonly memory?: WindowMemory | undefined;
}

/**
 * Opens a reader of shares: the stages of `summarize` as far as the ledger. The same answers in any thread. It reads one
 * share after the other, and what it learnt of an input in one range serves it in the next.
 */
export function openShareReader(settings: ShareSettings): ShareReader {
  let ranges: RangeReader | undefined;
  return async (share, context) => {
    const read = { ...settings.read, signal: context.signal, onProgress: context.onProgress };
    try {
      if (share.kind === 'inputs') return await readWhole(share.inputs, { ...settings, read });
      if (ranges?.input !== share.input.name) ranges = new RangeReader(share.input.name, settings);
      return await ranges.read(share.range, read);
    } catch (error) {
      if (error instanceof GivingUp) return { kind: 'given-up' };
      throw error;
    }
  };
}

async function readWhole(inputs: readonly InputSource[], settings: ShareSettings): Promise<ShareResult> {
  const { compiled, read } = settings;
  const told = new ToldList();
  const extractor = extractFailures(compiled, settings.extract);
  const ledger = new Ledger({ ...settings.extract, ...settings.ledger });
  const correlator = correlateFailures(ledger, { counts: extractor });
  const correlate = (item: ExtractItem) => correlator.push(item, () => undefined);
  const outcome = await readInputs(
    {
      tool: '',
      inputs,
      missing: [],
      read: { ...read, memory: settings.memory, ...repeatsInto(ledger, extractor, settings.extract) },
      definitions: undefined,
      options: {},
      output: NO_OUTPUT,
      tell: {
        reject: reject => told.add(reject),
        warning: warning => told.add(warning),
        failed: (input, error) => told.add({ type: 'failed', at: inputs.indexOf(input), error: packError(error) }),
      },
      onOwnLine() {
        throw new GivingUp();
      },
    },
    compiled.selection,
    item => {
      if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
      else extractor.push(item, correlate);
    },
  );
  return { kind: 'inputs', told: told.items, ledger: packLedger(ledger), outcome };
}

/** Reads ranges of one input. */
class RangeReader {
  readonly input: string;
  readonly #settings: ShareSettings;
  readonly #extractor: ExtractStage;
  readonly #ledger: Ledger;
  readonly #repeats: ReturnType<typeof repeatsInto>;

  constructor(input: string, settings: ShareSettings) {
    const { compiled, extract } = settings;
    this.input = input;
    this.#settings = settings;
    this.#extractor = extractFailures(compiled, extract);
    this.#ledger = new Ledger({ ...extract, ...settings.ledger });
    this.#repeats = repeatsInto(this.#ledger, this.#extractor, extract);
  }

  async read(range: FileRange, read: Command['read']): Promise<ShareResult> {
    const { compiled, memory } = this.#settings;
    const extractor = this.#extractor;
    const ledger = this.#ledger;
    extractor.restart();
    ledger.clear();
    const told = new ToldList();
    const take = (item: ExtractItem) => {
      if (item.type === 'failure' || item.type === 'unpaired') ledger.add(item);
      else if (item.type === 'warning') told.add({ type: 'noted', warning: item });
    };
    const options = { ...read, selection: compiled.selection, input: this.input, ...this.#repeats };
    const reading = await readRange(
      range,
      options,
      item => {
        if (item.type === 'event') extractor.push(item, take);
        else told.add(item);
      },
      memory,
    );
    const { report, isComplete, bytes } = reading;
    // The order of local dates is found from the whole file, and an error is told in its turn.
    const isOpen = report?.timezone !== undefined || report?.dateOrder !== undefined;
    if (isOpen || (!isComplete && read.signal?.aborted !== true)) return { kind: 'given-up' };
    if (report !== undefined) ledger.endInput({ type: 'input', path: this.input, bytes, ...report, isComplete });
    return {
      kind: 'range',
      told: told.items,
      ledger: packLedger(ledger),
      counts: { coverage: extractor.coverage(), withoutTimeExcluded: extractor.withoutTimeExcluded },
      reading,
    };
  }
}

/** Thrown through the readers. */
class GivingUp extends Error {}

/** A share's memory is bounded by what it holds of rejects, as elsewhere by what it holds of failures. */
const MOST_TOLD = 10_000;
const MOST_TOLD_BYTES = 16 << 20;

class ToldList {
  readonly items: Told[] = [];
  #bytes = 0;

  add(item: Told): void {
    this.items.push(item);
    if (item.type === 'reject') this.#bytes += item.bytes?.length ?? 0;
    if (this.items.length > MOST_TOLD || this.#bytes > MOST_TOLD_BYTES) throw new GivingUp();
  }
}

const NO_OUTPUT: Command['output'] = {
  line: () => undefined,
  lines: () => undefined,
  drain: () => undefined,
  flush: async () => undefined,
};
