import {
  correlateFailures,
  EvpairError,
  type ExtractItem,
  extractFailures,
  type FileRange,
  type InputSource,
  Ledger,
  lookAtFile,
  type ReadItem,
  readRange,
} from '../../src/index.js';
import type { Command } from '../command.js';
import { type Incoming, InputReading } from '../read-inputs.js';
import type { ShareSettings } from '../read-share.js';
import { compareFile, type FileChange, type FilePrint, printFile } from './file-print.js';
import { joinFacts, type KnownInput, type Part, type Parts, type Whole } from './known-input.js';

/** What inputs are read with, and whom to tell. */
export interface ReadAnewSettings extends Omit<ShareSettings, 'memory'> {
  readonly command: Command;
  readonly readAs: string;
  /** Whether a file that looks untouched (size, time, number) need not be looked into. */
  readonly trustsTime: boolean;
  /** Told before an input is read: what became of it since it was read last, if that is known. */
  readonly onRead?: ((input: InputSource, change: FileChange | undefined, wasAppendOnly: boolean) => void) | undefined;
}

/**
 * What came of an input: it is as it was; it was read, whole or on from where it ended; it could not be opened (that was
 * told); or the signal ended the reading, and `ledger` holds what was found until then.
 */
export type ReadAnew =
  | { readonly kind: 'kept' }
  | { readonly kind: 'read'; readonly input: KnownInput }
  | { readonly kind: 'failed' }
  | { readonly kind: 'stopped'; readonly ledger: Ledger };

/** Brings what is known of an input up to what it holds now. */
export async function readInputAnew(
  input: InputSource,
  known: KnownInput | undefined,
  settings: ReadAnewSettings,
): Promise<ReadAnew> {
  const change = changeOf(input, known, settings);
  if (change === 'same') return { kind: 'kept' };
  settings.onRead?.(input, change, known?.held.kind === 'parts');
  let settled = change === 'grown' && known?.held.kind === 'parts' ? known.held.settled : undefined;
  const isWhole = (change === 'grown' || change === 'rewritten') && isReadWhole(known);
  for (let attempt = 1; ; attempt++) {
    const before = input.path === undefined ? undefined : printFile(input.path);
    const parts = isWhole ? undefined : await readParts(input, settled, before, settings);
    const read = parts ?? (await readWhole(input, settings));
    if (read.kind !== 'whole' && read.kind !== 'parts') return read;
    const print = before === undefined ? undefined : printAfter(input.path!, before, read);
    // Who changes a file while it is read cannot be read right: after some attempts it is left to the next run.
    if (print !== undefined || before === undefined || isCutShort(read) || attempt === ATTEMPTS) {
      return { kind: 'read', input: { name: input.name, print, readAs: settings.readAs, held: read } };
    }
    settled = undefined;
  }
}

const ATTEMPTS = 3;

function changeOf(
  { path }: InputSource,
  known: KnownInput | undefined,
  { readAs, trustsTime }: ReadAnewSettings,
): FileChange | undefined {
  if (known?.print === undefined || path === undefined || known.readAs !== readAs) return undefined;
  return compareFile(path, known.print, { isAppendOnly: known.held.kind === 'parts', trustsTime });
}

/** Whether it was large enough to be read in parts, and could not be: then it is not tried again. */
function isReadWhole(known: KnownInput | undefined): boolean {
  return known?.held.kind === 'whole' && (known.print?.size ?? 0) >= HEAD_BYTES + TAIL_BYTES;
}

/** The print of what was read; undefined when the file was changed meanwhile, or reading ended early. */
function printAfter(path: string, before: FilePrint, read: Whole | Parts): FilePrint | undefined {
  if (isCutShort(read)) return undefined;
  const change = compareFile(path, before, { isAppendOnly: read.kind === 'parts' });
  if (read.kind === 'parts') {
    return change === 'same' || change === 'grown' ? printFile(path, read.tail.facts.bytes) : undefined;
  }
  return change === 'same' ? before : undefined;
}

function isCutShort(read: Whole | Parts): boolean {
  return read.kind === 'whole' && read.ledger.inputs().some(({ report }) => !report.isComplete);
}

/** A file of less is read whole: what it is shows in its first 64 KiB, and these must have come. */
const HEAD_BYTES = 64 * 1024;
/** So much is left to the tail. */
const TAIL_BYTES = 64 * 1024;

/** Reads an append-only input in its parts; undefined when it is none, or cannot be read so. */
async function readParts(
  input: InputSource,
  settled: Parts['settled'],
  before: FilePrint | undefined,
  settings: ReadAnewSettings,
): Promise<Parts | Exclude<ReadAnew, { kind: 'kept' | 'read' }> | undefined> {
  const { path } = input;
  if (path === undefined || before === undefined || settings.read.hash === true) return undefined;
  const outlook = settled === undefined ? lookAtFile(path, settings.read) : undefined;
  const format = settled?.facts.report.format ?? outlook?.format;
  if (format === undefined || (settled === undefined && outlook?.units === undefined)) return undefined;
  const stopAt = before.size - TAIL_BYTES;
  if (stopAt < HEAD_BYTES) return undefined;
  const range = (from: Parts['settled'], to: number): FileRange => ({
    path,
    format,
    from: from?.stop.offset ?? 0,
    to,
    units: from?.stop.units,
    isExact: true,
  });
  let front = settled;
  if (stopAt > (front?.stop.offset ?? 0)) {
    const part = await readPart(input, range(front, stopAt), settings);
    if (part === undefined || part.kind !== 'part') return stoppedWith(front, part);
    // No event starts in the tail: then nothing tells that the last one is whole.
    if (part.stop === undefined) return { kind: 'parts', settled: front, tail: part };
    const facts = front === undefined ? part.facts : joinFacts(front.facts, part.facts);
    const ledger = new Ledger();
    if (front !== undefined) ledger.addRows(front.ledger);
    ledger.addRows(part.ledger);
    front = { ledger, facts, stop: part.stop };
  }
  const tail = await readPart(input, range(front, Infinity), settings);
  if (tail === undefined || tail.kind !== 'part') return stoppedWith(front, tail);
  return { kind: 'parts', settled: front, tail };
}

function stoppedWith(
  front: Parts['settled'],
  part: { readonly kind: 'failed' } | { readonly kind: 'stopped'; readonly ledger: Ledger } | undefined,
) {
  if (part?.kind !== 'stopped') return part;
  const ledger = new Ledger();
  if (front !== undefined) ledger.addRows(front.ledger);
  ledger.addRows(part.ledger);
  return { kind: 'stopped' as const, ledger };
}

type ReadPart =
  | (Part & { readonly kind: 'part'; readonly stop: NonNullable<Parts['settled']>['stop'] | undefined })
  | { readonly kind: 'failed' }
  | { readonly kind: 'stopped'; readonly ledger: Ledger };

/** Undefined where only a reading of the whole can tell: local times, whose order of day and month shows late, and errors. */
async function readPart(
  input: InputSource,
  range: FileRange,
  { compiled, extract, ledger: ledgerOptions, command, read }: ReadAnewSettings,
): Promise<ReadPart | undefined> {
  const extractor = extractFailures(compiled, extract);
  const ledger = new Ledger({ ...extract, ...ledgerOptions });
  const noted: [string, string][] = [];
  const take = (item: ExtractItem) => {
    if (item.type === 'failure' || item.type === 'unpaired') ledger.add(item);
    else if (item.type === 'warning') noted.push([item.code, item.message]);
  };
  const tell = (item: ReadItem) => {
    if (item.type === 'reject') command.tell.reject(item);
    else if (item.type === 'warning') command.tell.warning(item);
    else if (item.type === 'event') extractor.push(item, take);
  };
  const options = {
    ...read,
    selection: compiled.selection,
    input: input.name,
    afterWindow: () => command.output.drain(),
  };
  let reading: Awaited<ReturnType<typeof readRange>>;
  try {
    reading = await readRange(range, options, tell);
  } catch (error) {
    if (!(error instanceof EvpairError) || error.code !== 'ERR_INPUT') throw error;
    command.tell.failed(input, error);
    return { kind: 'failed' };
  }
  const { report, bytes, stop } = reading;
  if (!reading.isComplete && read.signal?.aborted === true) return { kind: 'stopped', ledger };
  if (report === undefined || !reading.isComplete) return undefined;
  if (report.timezone !== undefined || report.dateOrder !== undefined) return undefined;
  ledger.endInput({ type: 'input', path: input.name, bytes, ...report, isComplete: true });
  const facts = {
    bytes,
    report,
    coverage: extractor.coverage().map(({ eventId: event_id, ...line }) => ({ ...line, event_id })),
    excludedWithoutTime: extractor.withoutTimeExcluded,
    noted,
    identified: ledger.inputs()[0]!.identified,
  };
  const rows = new Ledger();
  rows.addRows(ledger);
  return { kind: 'part', ledger: rows, facts, stop };
}

async function readWhole(
  input: InputSource,
  { compiled, extract, ledger: ledgerOptions, command, read }: ReadAnewSettings,
): Promise<Whole | Exclude<ReadAnew, { kind: 'kept' | 'read' }>> {
  const extractor = extractFailures(compiled, extract);
  const ledger = new Ledger({ ...extract, ...ledgerOptions });
  const correlator = correlateFailures(ledger, { counts: extractor });
  const correlate = (item: ExtractItem) => correlator.push(item, () => undefined);
  let hasFailed = false;
  const tell: Command['tell'] = {
    reject: reject => command.tell.reject(reject),
    warning: warning => command.tell.warning(warning),
    failed(failing, error) {
      hasFailed = true;
      command.tell.failed(failing, error);
    },
  };
  const take = (item: Incoming) => {
    if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
    else extractor.push(item, correlate);
  };
  await new InputReading({ ...command, read, tell }, compiled.selection, take).read(input);
  if (hasFailed) return { kind: 'failed' };
  // Whether members of an archive are missing shows nowhere.
  if (read.signal?.aborted === true) return { kind: 'stopped', ledger };
  return { kind: 'whole', ledger };
}
