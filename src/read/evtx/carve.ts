import { BinXmlChunk } from './binxml-chunk.js';
import { hasWholeRecord, nextMark, RECORD_HEADER } from './frame-records.js';

/**
 * Finds records in bytes that are no chunk any more. Names and templates are given by their offset in the chunk the
 * record was written in: a record that defines its template itself tells where that chunk began, and the ones behind it
 * are read from the same beginning. Calls `found` for every whole record; what it makes of it is its own matter.
 */
export function carveRecords(
  region: Buffer,
  found: (chunk: BinXmlChunk, from: number, to: number, at: number, size: number) => void,
): void {
  let base: number | undefined;
  let chunk: BinXmlChunk | undefined;
  for (let at = nextMark(region, 0, region.length); at < region.length; at = nextMark(region, at + 4, region.length)) {
    if (!hasWholeRecord(region, at)) continue;
    const told = chunkBeginning(region, at);
    if (told !== undefined && told !== base) {
      base = told;
      chunk = new BinXmlChunk(bytesOfChunk(region, base));
    }
    if (chunk === undefined || base === undefined) continue;
    const size = region.readUInt32LE(at + 4);
    const from = at - base + RECORD_HEADER;
    const to = at - base + size - 4;
    if (from < 0 || to > chunk.bytes.length) continue;
    found(chunk, from, to, at, size);
    at += size - 4;
  }
}

/** Where the record's chunk began, by the template that it defines; the template's number stands twice. */
function chunkBeginning(region: Buffer, at: number): number | undefined {
  const template = at + RECORD_HEADER + STREAM_START;
  const definition = template + TEMPLATE_TOKEN;
  if (definition + 24 > region.length || region[template] !== TEMPLATE) return undefined;
  if (region.readUInt32LE(template + 2) !== region.readUInt32LE(definition + 4)) return undefined;
  const offset = region.readUInt32LE(template + 6);
  return offset < CHUNK_BYTES ? definition - offset : undefined;
}

function bytesOfChunk(region: Buffer, base: number): Buffer {
  const bytes = Buffer.alloc(CHUNK_BYTES);
  region.copy(bytes, Math.max(0, -base), Math.max(0, base), Math.min(region.length, base + CHUNK_BYTES));
  return bytes;
}

export const CHUNK_BYTES = 65_536;
const STREAM_START = 4;
const TEMPLATE = 0x0c;
/** Token, version, number, offset. */
const TEMPLATE_TOKEN = 10;
