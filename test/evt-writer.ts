import type { WritableEvent } from './evtx-writer.js';

export interface WrittenRing {
  readonly bytes: Buffer;
  /** The events that are still whole in the file, in the order of their records; one over the file's end comes last. */
  readonly left: readonly WritableEvent[];
  /** Where the record of each of those begins. */
  readonly offsets: readonly number[];
}

/**
 * An old .evt log of `size` bytes, a multiple of 4, that newer records overwrite from its beginning once it is full
 * ([MS-EVEN] 2.2; Windows SDK, "Event log file format"). Events without a record ID are numbered from 1. A log that is `dirty` has a header
 * from when it was opened.
 */
export function writeEvt(events: readonly WritableEvent[], size = 65_536, dirty = false): WrittenRing {
  const file = Buffer.alloc(size);
  const owners = new Int32Array(size).fill(-1);
  const numbers = events.map((event, index) => Number(event.recordId ?? index + 1));
  const records = events.map((event, index) => recordOf(event, numbers[index]!));
  const starts: number[] = [];
  let at = HEADER;
  let oldest = 0;
  const put = (bytes: Uint8Array, owner: number) => {
    for (const byte of bytes) {
      if (owners[at]! >= 0) oldest = Math.max(oldest, owners[at]! + 1);
      file[at] = byte;
      owners[at] = owner;
      at = at + 1 === size ? HEADER : at + 1;
    }
  };
  for (const [index, record] of records.entries()) {
    if (record.length + END_MARK + HEADER > size) throw new RangeError('the event does not fit into the log');
    while (size - at < FIXED_PART && at !== HEADER) put(longs([0x27]), -1);
    starts.push(at);
    put(record, index);
    const end = at;
    // What the mark overwrites is known only when it is written: it is written again with what it says then.
    for (let pass = 0; pass < 2; pass++) {
      at = end;
      put(
        longs([END_MARK, ...MARKS, starts[oldest] ?? end, end, numbers[index]! + 1, numbers[oldest] ?? 0, END_MARK]),
        -1,
      );
    }
    at = end;
  }
  const header = dirty
    ? [HEADER, 0x654c664c, 1, 1, HEADER, HEADER, 1, 0, size, 1, 0, HEADER]
    : [
        HEADER,
        0x654c664c,
        1,
        1,
        starts[oldest] ?? at,
        at,
        (numbers.at(-1) ?? 0) + 1,
        numbers[oldest] ?? 0,
        size,
        0,
        0,
        HEADER,
      ];
  longs(header).copy(file);
  if (events.length === 0) longs([END_MARK, ...MARKS, at, at, 1, 0, END_MARK]).copy(file, at);
  const left = events
    .map((_, index) => index)
    .slice(oldest)
    .sort((a, b) => starts[a]! - starts[b]!);
  return {
    bytes: file,
    left: left.map(index => ({ ...events[index]!, recordId: String(numbers[index]) })),
    offsets: left.map(index => starts[index]!),
  };
}

function recordOf(event: WritableEvent, number: number): Buffer {
  const { provider, eventId, qualifiers = 0, level = 4, computer = '', time, insertions = [] } = event;
  const text = (value: string) => Buffer.from(`${value}\0`, 'utf16le');
  const aligned = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const names = aligned(Buffer.concat([text(provider), text(computer)]));
  const strings = Buffer.concat(insertions.map(text));
  const sidAt = FIXED_PART + names.length;
  const stringsAt = sidAt + SID.length;
  const dataAt = stringsAt + strings.length;
  const body = aligned(Buffer.concat([names, SID, strings, DATA]));
  const length = FIXED_PART + body.length + 4;
  const seconds = Math.floor((time?.epochMs ?? 0) / 1000);
  const type = [4, 1, 1, 2, 4, 4][level]!;
  const fixed = longs([length, 0x654c664c, number, seconds, seconds, qualifiers * 0x1_0000 + eventId]);
  const counts = longs([insertions.length * 0x1_0000 + type, 0, 0, stringsAt, SID.length, sidAt, DATA.length, dataAt]);
  return Buffer.concat([fixed, counts, body, longs([length])]);
}

function longs(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

const HEADER = 48;
const END_MARK = 40;
const FIXED_PART = 56;
const MARKS = [0x11111111, 0x22222222, 0x33333333, 0x44444444];
const SID = Buffer.from('010100000000000512000000', 'hex');
/** Raw data may hold anything, the mark of a record too. */
const DATA = Buffer.from('LfLe and more', 'latin1');
