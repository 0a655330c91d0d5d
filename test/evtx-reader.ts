import assert from 'node:assert/strict';
import { ExportReader, type ReadItem, writeItem } from '../src/index.js';
import { type RunOptions, readItems } from './properties/run-evpair.js';

/** How many events were given as lines so far. */
export const linesGiven = { count: 0 };

/**
 * All items of a log by the strict reader, and a proof that WebAssembly gives the same: where everything is wanted as lines,
 * in their places among the rejects and warnings; with a selection the same events, rejects and counts.
 */
export function readEvtx(bytes: Uint8Array, options: RunOptions = {}): ReadItem[] {
  const input = { name: 'log "ä".evtx', bytes };
  const items = readItems(input, { ...options, search: 'plain' });
  if (options.selection !== undefined) assert.deepEqual(readItems(input, options), items);
  else assert.deepEqual(linesOf(input.name, bytes, options), items.map(lineOf));
  return items;
}

function linesOf(input: string, bytes: Uint8Array, options: RunOptions): string[] {
  const { chunkBytes = Math.max(1, bytes.length), ...rest } = options;
  const lines: string[] = [];
  const onEventLines = (written: Uint8Array, count: number) => {
    const texts = Buffer.from(written).toString('utf8').split('\n');
    assert.equal(texts.pop(), '', 'each line has its end');
    assert.equal(texts.length, count);
    linesGiven.count += count;
    lines.push(...texts);
  };
  const reader = new ExportReader({ ...rest, input, onEventLines });
  const emit = (item: ReadItem) => lines.push(lineOf(item));
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes), emit);
  reader.finish(emit, {});
  return lines;
}

function lineOf(item: ReadItem): string {
  return item.type === 'event' ? writeItem(item) : JSON.stringify(item);
}
