import {
  type CompiledDefinitions,
  correlateFailures,
  type ExtractItem,
  type ExtractOptions,
  extractFailures,
  type FileRange,
  type InputSource,
  Ledger,
  type LedgerOptions,
  packError,
  packLedger,
  readRange,
  type TaskContext,
  type WindowMemory,
} from '../src/index.js';
import type { Command } from './command.js';
import { readInputs } from './read-inputs.js';
import { repeatsInto } from './repeats.js';
import type { Share, ShareResult, Told } from './shares.js';

/** What all shares of a run are read with. */
export interface ShareSettings {
  readonly compiled: CompiledDefinitions;
  readonly extract: ExtractOptions;
  readonly ledger: LedgerOptions;
  readonly read: Command['read'];
  /** For the ranges that a thread reads, one after the other. */
  readonly memory?: WindowMemory | undefined;
}

/** Reads a share: the stages of `summarize` as far as the ledger. The same answers in any thread. */
export async function readShare(share: Share, settings: ShareSettings, context: TaskContext): Promise<ShareResult> {
  const read = { ...settings.read, signal: context.signal, onProgress: context.onProgress };
  try {
    return share.kind === 'inputs'
      ? await readWhole(share.inputs, { ...settings, read })
      : await readPart(share.input, share.range, { ...settings, read });
  } catch (error) {
    if (error instanceof GivingUp) return { kind: 'given-up' };
    throw error;
  }
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

async function readPart(input: InputSource, range: FileRange, settings: ShareSettings): Promise<ShareResult> {
  const { compiled, read } = settings;
  const told = new ToldList();
  const extractor = extractFailures(compiled, settings.extract);
  const ledger = new Ledger({ ...settings.extract, ...settings.ledger });
  const take = (item: ExtractItem) => {
    if (item.type === 'failure' || item.type === 'unpaired') ledger.add(item);
    else if (item.type === 'warning') told.add({ type: 'noted', warning: item });
  };
  const repeats = repeatsInto(ledger, extractor, settings.extract);
  const options = { ...read, selection: compiled.selection, input: input.name, ...repeats };
  const reading = await readRange(
    range,
    options,
    item => {
      if (item.type === 'event') extractor.push(item, take);
      else told.add(item);
    },
    settings.memory,
  );
  const { report, isComplete, bytes } = reading;
  // The order of local dates is found from the whole file, and an error is told in its turn.
  const isOpen = report?.timezone !== undefined || report?.dateOrder !== undefined;
  if (isOpen || (!isComplete && read.signal?.aborted !== true)) return { kind: 'given-up' };
  if (report !== undefined) {
    ledger.endInput({ type: 'input', path: input.name, bytes, ...report, isComplete });
  }
  return {
    kind: 'range',
    told: told.items,
    ledger: packLedger(ledger),
    counts: { coverage: extractor.coverage(), withoutTimeExcluded: extractor.withoutTimeExcluded },
    reading,
  };
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
  drain: () => undefined,
  flush: async () => undefined,
};
