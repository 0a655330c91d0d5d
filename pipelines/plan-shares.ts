import { statSync } from 'node:fs';
import { type FileOutlook, type FileRange, type InputSource, isClosedInRanges, lookAtFile } from '../src/index.js';
import type { Command } from './command.js';

/** How many threads there may be, and what for. */
export interface Jobs {
  /** Undefined: as many as pay, up to `available`. */
  readonly count: number | undefined;
  /** The processors that this process may use. */
  readonly available: () => number;
  /** In bytes. Default: of XML 8 MiB, else a sixteenth of a thread's part of the file, between 4 and 128 MiB. */
  readonly rangeBytes?: number | undefined;
  /** Small inputs are gathered in shares of so many bytes. Default: 8 MiB. */
  readonly shareBytes?: number | undefined;
}

/** What is done in turn: an input read here, a share of whole inputs read by a thread, or a file read in ranges. */
export type Step =
  | { readonly kind: 'here'; readonly input: InputSource }
  | { readonly kind: 'inputs'; readonly inputs: readonly InputSource[] }
  | { readonly kind: 'ranges'; readonly input: InputSource; readonly ranges: readonly FileRange[] };

/** What threads do: sweep as a rule, or read, for which they load all that reads. */
export type Help = 'none' | 'sweep' | 'read';

export interface Plan {
  readonly count: number;
  readonly help: Exclude<Help, 'none'>;
  readonly steps: readonly Step[];
}

/**
 * Plans who reads what. Undefined when threads would not pay: with one job, with less than two shares, and unless a
 * number was given with too little work: a thread takes 0.05 s to start and more until its code is compiled, and events
 * that are dropped unread cost little more than the copy of the file, which threads do not speed up.
 */
export function planShares({ inputs, read }: Pick<Command, 'inputs' | 'read'>, jobs: Jobs): Plan | undefined {
  if (jobs.count === 1) return undefined;
  const files = inputs.map(input => ({ input, size: sizeOf(input) }));
  const total = files.reduce((sum, { size = 0 }) => sum + size, 0);
  const isParsedWhole = read.parseAll === true;
  if (jobs.count === undefined && total < LEAST_BYTES) return undefined;
  // A look at a file takes as long as reading 15 MB of it. What is called XML and read in ranges is XML of events, which
  // gains nothing unless it is parsed whole; a single file of anything else is read by one thread.
  if (jobs.count === undefined && !isParsedWhole && inputs.length === 1 && isCalledXml(inputs[0]!)) return undefined;
  if (jobs.count === undefined && files.every(isDoubledByName) && jobs.available() < LEAST_TO_DOUBLE) return undefined;
  const looked = new Map<InputSource, FileOutlook>();
  const { rangeBytes } = jobs;
  for (const { input, size } of files) {
    if (input.path === undefined || size === undefined || size < 2 * (rangeBytes ?? LEAST_RANGE_BYTES)) continue;
    const outlook = lookAtFile(input.path, read);
    if (outlook !== undefined) looked.set(input, outlook);
  }
  const count = jobs.count ?? countThatPays(files, looked, isParsedWhole, jobs.available);
  if (count < 2) return undefined;
  const steps: Step[] = [];
  let gathered: InputSource[] = [];
  let bytes = 0;
  const flush = () => {
    if (gathered.length > 0) steps.push({ kind: 'inputs', inputs: gathered });
    gathered = [];
    bytes = 0;
  };
  for (const { input, size } of files) {
    const outlook = looked.get(input);
    if (input.path === undefined || size === undefined) {
      flush();
      steps.push({ kind: 'here', input });
    } else if (outlook?.units !== undefined && read.hash !== true) {
      flush();
      const length = rangeBytes ?? rangeBytesOf(size, count, outlook.format!);
      steps.push({ kind: 'ranges', input, ranges: rangesOf(input.path, outlook, length) });
    } else {
      gathered.push(input);
      bytes += size;
      if (bytes >= (jobs.shareBytes ?? SHARE_BYTES)) flush();
    }
  }
  flush();
  const shares = steps.reduce((sum, step) => sum + (step.kind === 'ranges' ? step.ranges.length : 1), 0);
  if (shares < 2) return undefined;
  const isSwept =
    count < LEAST_TO_DOUBLE && steps.every(step => step.kind === 'ranges' && isClosedInRanges(step.ranges[0]!.format));
  return { count: Math.min(count, shares), help: isSwept ? 'sweep' : 'read', steps };
}

/** Below it no thread pays, whatever the work. */
const LEAST_BYTES = 30e6;
const LEAST_RANGE_BYTES = 4 << 20;
const MOST_RANGE_BYTES = 128 << 20;
/** What can be told in its turn is not packed, and so costs no more in small ranges, for which nobody waits long. */
const CLOSED_RANGE_BYTES = 8 << 20;
const SHARE_BYTES = 8 << 20;
/** A thread that works less than this is started in vain. */
const LEAST_SECONDS = 0.4;

/** Bytes a second on one core, measured roughly, of the part of the work that threads share. */
const RATES: Readonly<Record<string, number>> = {
  'event-json': 2500e6,
  'viewer-csv': 2000e6,
  'tool-csv': 800e6,
  'event-text': 150e6,
  clixml: 100e6,
  evtx: 150e6,
};
const PARSED_XML_RATE = 700e6;
/**
 * What one reader reads fastest, by what it learns on the way: each thread learns it anew and hands each row over, which makes
 * the work of 1 GB up to twice as much. Fewer than four do not make up for that.
 */
const DOUBLED: ReadonlySet<string> = new Set(['event-json', 'viewer-csv']);
export const LEAST_TO_DOUBLE = 4;
/** What is packed or too small to be looked at. */
const OTHER_RATE = 150e6;

interface SizedInput {
  readonly input: InputSource;
  /** Undefined for what is no regular file. */
  readonly size: number | undefined;
}

function countThatPays(
  files: readonly SizedInput[],
  looked: ReadonlyMap<InputSource, FileOutlook>,
  isParsedWhole: boolean,
  available: () => number,
): number {
  let seconds = 0;
  let doubled = 0;
  for (const { input, size = 0 } of files) {
    const format = looked.get(input)?.format ?? (isCalledXml(input) ? 'event-xml' : '');
    if (format === 'event-xml') seconds += isParsedWhole ? size / PARSED_XML_RATE : 0;
    else if (DOUBLED.has(format)) doubled += size / RATES[format]!;
    else seconds += size / (RATES[format] ?? OTHER_RATE);
  }
  if (Math.min(available(), doubled / LEAST_SECONDS) >= LEAST_TO_DOUBLE) seconds += doubled;
  return Math.min(available(), Math.floor(seconds / LEAST_SECONDS));
}

function isCalledXml({ name }: InputSource): boolean {
  return /\.xml$/i.test(name);
}

/** Of small files each reader learns anew as well. */
function isDoubledByName({ input, size = 0 }: SizedInput): boolean {
  return size >= 2 * LEAST_RANGE_BYTES && /\.(csv|json|jsonl|ndjson)$/i.test(input.name);
}

function rangeBytesOf(size: number, count: number, format: string): number {
  if (isClosedInRanges(format)) return CLOSED_RANGE_BYTES;
  return Math.min(MOST_RANGE_BYTES, Math.max(LEAST_RANGE_BYTES, Math.ceil(size / count / 16)));
}

function rangesOf(path: string, { size, format, units }: FileOutlook, length: number): FileRange[] {
  const ranges: FileRange[] = [];
  for (let from = 0; from < size; from += length) {
    ranges.push({
      path,
      format: format!,
      from,
      to: from + length < size ? from + length : Infinity,
      units: from === 0 ? undefined : units,
      isExact: from === 0,
    });
  }
  return ranges;
}

function sizeOf({ path }: InputSource): number | undefined {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}
