/** What the bytes of a chunk turned out to be, in order; `at` and `to` are indices in the chunk. */
export interface RecordSink {
  /** Reads what it can of sound records from `at` on, in a way of its own. @returns where the first begins that it left. */
  skip(at: number): number;
  /** A record whose mark and sizes hold. */
  record(at: number, size: number): void;
  /** A record's mark, and a size that does not hold: the next record or the end lies at `to`. */
  misframed(at: number, to: number, size: number): void;
  /** No record's mark where a record should begin. */
  region(at: number, to: number): void;
}

/**
 * Cuts [from, end) of a chunk into records: mark, size, record ID, time written, binary XML, size again. Where one is
 * damaged it goes on at the next mark. Linear: bytes are searched once.
 * @returns where the records end.
 */
export function frameRecords(chunk: Buffer, from: number, end: number, sink: RecordSink): number {
  let at = from;
  while (at + RECORD_HEADER <= end) {
    at = sink.skip(at);
    if (at + RECORD_HEADER > end) break;
    const size = chunk.readUInt32LE(at + 4);
    const isMarked = chunk.readUInt32LE(at) === RECORD_MARK;
    if (fits(at, size, end) && (isMarked ? endsWell(chunk, at, size, end) : endsTwice(chunk, at, size, end))) {
      sink.record(at, size);
      at += size;
      continue;
    }
    const next = nextMark(chunk, isMarked ? at + 4 : at + 1, end);
    if (isMarked) sink.misframed(at, next, size);
    else sink.region(at, next);
    at = next;
  }
  if (at < end) sink.region(at, end);
  return Math.max(at, end);
}

/** Whether a record stands at `at` of which mark and both sizes hold: in unused parts of a chunk nothing less will do. */
export function hasWholeRecord(chunk: Buffer, at: number): boolean {
  if (at + RECORD_HEADER > chunk.length || chunk.readUInt32LE(at) !== RECORD_MARK) return false;
  const size = chunk.readUInt32LE(at + 4);
  return fits(at, size, chunk.length) && chunk.readUInt32LE(at + size - 4) === size;
}

/**
 * The size of the record in [at, to) by its copy at the end, which stands nowhere else; undefined when there is none: such
 * a record is torn, and what is left of it may be half of a value. Each byte of it is looked at once.
 */
export function sizeByItsCopy(chunk: Buffer, at: number, to: number): number | undefined {
  for (let size = (to - at) & ~3; size >= RECORD_HEADER + 4; size -= 4) {
    if (chunk.readUInt32LE(at + size - 4) === size) return size;
  }
  return undefined;
}

/** Where the next record's mark stands; `end` when there is none. */
export function nextMark(chunk: Buffer, from: number, end: number): number {
  const next = chunk.indexOf(RECORD_MARK_BYTES, from);
  return next >= 0 && next + RECORD_HEADER <= end ? next : end;
}

/** Mark, size, record ID, time written. */
export const RECORD_HEADER = 24;

function fits(at: number, size: number, end: number): boolean {
  return size >= RECORD_HEADER + 4 && at + size <= end;
}

/** The size stands again at the end; where that copy is lost, what follows speaks for the first, if it is the next mark. */
function endsWell(chunk: Buffer, at: number, size: number, end: number): boolean {
  if (chunk.readUInt32LE(at + size - 4) === size) return true;
  return isBoundary(chunk, at + size, end) && nextMark(chunk, at + 4, at + size) === at + size;
}

/** Without its mark only a size that stands at both ends, and what follows, make a record of the bytes. */
function endsTwice(chunk: Buffer, at: number, size: number, end: number): boolean {
  return chunk.readUInt32LE(at + size - 4) === size && isBoundary(chunk, at + size, end);
}

function isBoundary(chunk: Buffer, at: number, end: number): boolean {
  return at === end || (at + 4 <= end && chunk.readUInt32LE(at) === RECORD_MARK);
}

const RECORD_MARK = 0x0000_2a2a;
const RECORD_MARK_BYTES = Buffer.from([0x2a, 0x2a, 0, 0]);
