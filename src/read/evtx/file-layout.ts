import { Crc32 } from '../../bytes/crc32.js';

/** Whether the bytes begin as an .evtx file does. */
export function isFileHeader(bytes: Uint8Array): boolean {
  return startsWith(bytes, FILE_MARK);
}

/** Whether the bytes begin as a chunk of one does. */
export function isChunk(bytes: Uint8Array): boolean {
  return startsWith(bytes, CHUNK_MARK);
}

/** How many chunks the file's header announces; none while the log is open for writing, since it is out of date then. */
export function announcedChunks(header: Buffer): number {
  return (header.readUInt32LE(FLAGS) & DIRTY) === 0 ? header.readUInt16LE(CHUNK_COUNT) : 0;
}

/** Where a chunk's records end, by its header. */
export function endOfRecords(chunk: Buffer): number {
  return chunk.readUInt32LE(FREE_SPACE);
}

/** The chunk's header has a checksum of itself and of its tables, and one of the records, which end at `end`. */
export function hasGoodSums(chunk: Buffer, end: number): boolean {
  const header = new Crc32();
  header.update(chunk.subarray(0, FLAGS));
  header.update(chunk.subarray(CHUNK_HEADER, FIRST_RECORD));
  if (header.value !== chunk.readUInt32LE(HEADER_SUM)) return false;
  const records = new Crc32();
  records.update(chunk.subarray(FIRST_RECORD, end));
  return records.value === chunk.readUInt32LE(RECORDS_SUM);
}

function startsWith(bytes: Uint8Array, mark: Buffer): boolean {
  return bytes.length >= mark.length && mark.every((byte, at) => bytes[at] === byte);
}

const FILE_MARK = Buffer.from('ElfFile\0', 'latin1');
export const CHUNK_MARK = Buffer.from('ElfChnk\0', 'latin1');
export const FILE_HEADER = 4096;
const CHUNK_HEADER = 128;
/** Records follow the chunk's header and its tables of names and templates. */
export const FIRST_RECORD = 512;
// Offsets in the file's header.
const CHUNK_COUNT = 42;
/** The flag of a log that is open for writing. */
const DIRTY = 1;
// Offsets in both headers, and in the chunk's.
const FLAGS = 120;
const FREE_SPACE = 48;
const RECORDS_SUM = 52;
const HEADER_SUM = 124;
