import { EVTX_RECORDS_WASM } from '../../bytes/generated/evtx-records.js';
import { writeWanted } from '../../bytes/wanted-table.js';
import { compileOnce, instantiate } from '../../bytes/web-assembly.js';
import { Wanted } from '../event-xml/wanted.js';
import { DEFAULT_MAX_EVENT_BYTES, type ReadOptions } from '../format-reader.js';

/**
 * Reads the records that hold nothing out of the ordinary, in WebAssembly: passes those that nobody wants, or, where all
 * are wanted and somebody takes lines, writes their lines. In a log of a megabyte JavaScript would run cold from the first
 * record to the last. It stops in front of whatever it leaves to the strict reader, which gives every other answer.
 */
export interface FastRecords {
  /** A chunk has come; `offset` is its place in the input. */
  begin(chunk: Buffer, offset: number): void;
  /** Reads from the record at `at` on, up to `end`. Both are indices in the chunk. */
  read(at: number, end: number): FastRun;
}

/** What one call read; valid until the next. */
export interface FastRun {
  /** Where it stopped. */
  readonly at: number;
  readonly count: number;
  /** Where the last record begins, -1 for none. */
  readonly last: number;
  /** The lines of all records, each with its line end; empty where they were passed. To be copied. */
  readonly lines: Uint8Array;
  /** What the strict reader would have spent on the chunk's records so far, or more. */
  readonly steps: number;
}

/** Undefined where every record is for the strict reader. */
export function createFastRecords(options: ReadOptions): FastRecords | undefined {
  const { selection, parseAll, prefilter, search = 'simd', onEventLines } = options;
  if (parseAll === true || prefilter === false || search !== 'simd') return undefined;
  if (selection === undefined && onEventLines === undefined) return undefined;
  const made = instantiate<EvtxRecords>(recordsModule(), PAGES);
  if (made === undefined) return undefined;
  const { exports: wasm } = made;
  const memory = made.memory.buffer;
  const bytes = new Uint8Array(memory);
  const words = new Int32Array(memory, FOUND, 5);
  const input = Buffer.from(JSON.stringify(options.input));
  if (selection === undefined) {
    if (input.length > MOST_INPUT_BYTES) return undefined;
    bytes.set(input, INPUT);
  } else if (!writeWanted(bytes, new Wanted(selection).byProvider)) return undefined;
  const read = selection === undefined ? wasm.write : wasm.pass;
  const maxBytes = Math.min(options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES, 0x7fff_ffff);
  return {
    begin(chunk, offset) {
      bytes.set(chunk, CHUNK);
      wasm.begin(chunk.length, offset, input.length);
    },
    read(at, end) {
      read(at, end, maxBytes);
      return {
        at: words[0]!,
        count: words[1]!,
        last: words[2]!,
        lines: bytes.subarray(LINES, words[3]!),
        steps: words[4]!,
      };
    },
  };
}

/** The exports of `assembly/evtx-records.ts`. */
interface EvtxRecords {
  begin(length: number, offset: number, inputBytes: number): void;
  write(at: number, end: number, maxBytes: number): void;
  pass(at: number, end: number, maxBytes: number): void;
}

// As `assembly/evtx-layout.ts` lays it out.
const FOUND = 4096;
const INPUT = 49_152;
const CHUNK = 65_536;
const LINES = 655_872;
const PAGES = 27;
const MOST_INPUT_BYTES = CHUNK - INPUT;

/** Undefined where the machine's WebAssembly has no SIMD. */
const recordsModule = compileOnce(EVTX_RECORDS_WASM);
