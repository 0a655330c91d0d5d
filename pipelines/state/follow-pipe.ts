import {
  type CompiledDefinitions,
  correlateFailures,
  ExportReader,
  type ExtractItem,
  extractFailures,
  type InputSource,
  Ledger,
} from '../../src/index.js';
import { type Incoming, InputReading } from '../read-inputs.js';
import type { SummarizeCommand } from '../summarize.js';

/** An input that is read once, as it comes: a pipe. */
export interface FollowedPipe {
  readonly name: string;
  /** What came, once it has ended. */
  readonly ledger: Ledger;
  /** The rows of what came so far. */
  rows(): Ledger;
  readonly hasEnded: boolean;
  /** Resolves when it has; never rejects. */
  readonly ended: Promise<void>;
  /** Whether something came since this was asked last. @throws what ended the reading, if it was a fault. */
  takeMore(): boolean;
}

/** Below it no reader has been chosen yet: what an input is shows in its first 64 KiB. */
const HEAD_BYTES = 64 * 1024;

/**
 * Starts to read a pipe, whose events go into a ledger as they come. Until enough came to tell for good what it is, the
 * little that there is is read again whenever its rows are asked for.
 */
export function followPipe(input: InputSource, command: SummarizeCommand, compiled: CompiledDefinitions): FollowedPipe {
  const extractor = extractFailures(compiled, command.extract);
  const ledger = new Ledger({ ...command.extract, ...command.ledger });
  const correlator = correlateFailures(ledger, { counts: extractor });
  let hasMore = false;
  let hasEnded = false;
  let fault: { readonly error: unknown } | undefined;
  const head: Uint8Array[] = [];
  let headBytes = 0;
  const onBytes = (bytes: Uint8Array) => {
    if (headBytes >= HEAD_BYTES) return;
    head.push(bytes.slice());
    headBytes += bytes.length;
    hasMore = true;
  };
  const correlate = (item: ExtractItem) => {
    if (item.type !== 'warning' && item.type !== 'reject') hasMore = true;
    correlator.push(item, () => undefined);
  };
  const take = (item: Incoming) => {
    if (item.type === 'failure' || item.type === 'unpaired') correlate(item);
    else extractor.push(item, correlate);
  };
  const ended = new InputReading({ ...command, read: { ...command.read, onBytes } }, compiled.selection, take)
    .read(input)
    .catch((error: unknown) => {
      fault = { error };
    })
    .then(() => {
      hasEnded = true;
      hasMore = true;
    });
  const rowsOfHead = () => {
    const rows = new Ledger({ ...command.extract, ...command.ledger });
    const headExtractor = extractFailures(compiled, command.extract);
    const add = (item: ExtractItem) => {
      if (item.type === 'failure' || item.type === 'unpaired') rows.add(item);
    };
    const reader = new ExportReader({ ...command.read, selection: compiled.selection, input: input.name });
    for (const bytes of head) reader.push(bytes, item => headExtractor.push(item, add));
    for (const item of reader.end()) headExtractor.push(item, add);
    return rows;
  };
  return {
    name: input.name,
    ledger,
    rows: () => (ledger.rows.size > 0 || headBytes >= HEAD_BYTES ? ledger : rowsOfHead()),
    ended,
    get hasEnded() {
      return hasEnded;
    },
    takeMore() {
      if (fault !== undefined) throw fault.error;
      const answer = hasMore;
      hasMore = false;
      return answer;
    },
  };
}
