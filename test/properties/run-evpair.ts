import { repeatsInto } from '../../pipelines/repeats.js';
import {
  type CompiledDefinitions,
  compileDefinitions,
  correlateFailures,
  type EventRecord,
  ExportReader,
  type ExportReaderOptions,
  type ExtractItem,
  extractFailures,
  Ledger,
  type PairSummary,
  parseLine,
  type ReadItem,
  type RunSummary,
  SHIPPED_DEFINITIONS,
  summarise,
  summariseRun,
  writeItem,
  writeRun,
} from '../../src/index.js';

export interface TestInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface RunOptions extends Omit<ExportReaderOptions, 'input'> {
  /** Where the bytes are cut into chunks. Default: not at all. */
  readonly chunkBytes?: number;
  readonly dedupe?: 'record-id' | 'none';
  /** Put the failures of repeated events straight into the ledger, as `evpair summarize` does. Default: true. */
  readonly takesRepeats?: boolean;
  /** The definitions in force. Default: those that are shipped. */
  readonly compiled?: CompiledDefinitions;
}

export interface RunResult {
  readonly pairs: readonly PairSummary[];
  readonly run: RunSummary;
}

const shipped: CompiledDefinitions = compileDefinitions(SHIPPED_DEFINITIONS);

/** evpair in process: reads the inputs one after the other and summarises them. */
export function runEvpair(inputs: readonly TestInput[], options: RunOptions = {}): RunResult {
  return resultOf(ledgerOf(inputs, options));
}

export function ledgerOf(inputs: readonly TestInput[], options: RunOptions = {}): Ledger {
  const { compiled = shipped } = options;
  const ledger = new Ledger({ dedupe: options.dedupe });
  const correlator = correlateFailures(ledger);
  const extractor = extractFailures(compiled);
  const repeats = options.takesRepeats === false ? {} : repeatsInto(ledger, extractor, {});
  for (const input of inputs) {
    readEach(input, { selection: compiled.selection, ...repeats, ...options }, item =>
      extractor.push(item, each => correlator.push(each, () => undefined)),
    );
  }
  return ledger;
}

export function resultOf(ledger: Ledger): RunResult {
  return {
    pairs: [...summarise(ledger)],
    run: summariseRun(ledger, { tool: 'evpair', options: {}, definitions: [] }),
  };
}

/** All items of one input. */
export function readItems(input: TestInput, options: RunOptions = {}): ReadItem[] {
  const items: ReadItem[] = [];
  readEach(input, options, item => items.push(item));
  return items;
}

/** All items of each of several inputs, of which readers take chunks in turn: some end while others are at work. */
export function readInTurns(inputs: readonly (TestInput & { readonly options: RunOptions })[]): ReadItem[][] {
  const items = inputs.map((): ReadItem[] => []);
  const readers = inputs.map(({ name, options: { chunkBytes: _, ...options } }) => {
    return new ExportReader({ ...options, input: name });
  });
  for (let left = inputs.length, turn = 0; left > 0; turn++) {
    for (const [at, { bytes, options }] of inputs.entries()) {
      const { chunkBytes = Math.max(1, bytes.length) } = options;
      const from = turn * chunkBytes;
      if (from < bytes.length)
        readers[at]!.push(bytes.subarray(from, from + chunkBytes), item => items[at]!.push(item));
      else if (from - chunkBytes < bytes.length) {
        items[at]!.push(...readers[at]!.end());
        left -= 1;
      }
    }
  }
  return items;
}

function readEach(input: TestInput, options: RunOptions, emit: (item: ReadItem) => void): void {
  const { chunkBytes = Math.max(1, input.bytes.length), ...readOptions } = options;
  const reader = new ExportReader({ ...readOptions, input: input.name });
  for (let at = 0; at < input.bytes.length; at += chunkBytes) {
    reader.push(input.bytes.subarray(at, at + chunkBytes), emit);
  }
  for (const item of reader.end()) emit(item);
}

/** `evpair events | evpair extract | evpair summarize`, line by line. */
export function runThroughPipes(inputs: readonly TestInput[], options: RunOptions = {}): RunResult {
  const eventLines = writeLines(inputs.flatMap(input => readItems(input, options)));
  const extractor = extractFailures(options.compiled ?? shipped);
  const extracted: ExtractItem[] = [];
  for (const item of readLines(eventLines)) extractor.push(item as EventRecord, each => extracted.push(each));
  const failureLines = writeLines(extracted);
  const ledger = new Ledger();
  const correlator = correlateFailures(ledger);
  for (const item of readLines(failureLines)) correlator.push(item as ExtractItem, () => undefined);
  return resultOf(ledger);
}

function writeLines(items: readonly (ReadItem | ExtractItem)[]): string[] {
  const lines: string[] = [];
  const ledger = new Ledger();
  for (const item of items) {
    if (item.type === 'event' || item.type === 'failure' || item.type === 'unpaired') lines.push(writeItem(item));
    else if (item.type === 'input') ledger.endInput(item);
  }
  return [...lines, writeRun(summariseRun(ledger, { tool: 'evpair', options: {}, definitions: [] }))];
}

function readLines(lines: readonly string[]): (ReadItem | ExtractItem)[] {
  return lines.flatMap((line): (ReadItem | ExtractItem)[] => {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(`${parsed.reason}: ${line}`);
    if (parsed.item.type === 'run') return [...parsed.item.inputs];
    if (parsed.item.type === 'reject' || parsed.item.type === 'pair') return [];
    return [parsed.item as EventRecord]; // an event, a failure or an unpaired: the caller knows which it wrote
  });
}
