import type { EventRecord } from '../../model/index.js';
import { asInXml } from '../evtx/bin-values.js';

/** The record's provider and event ID, all that a selection asks for; a string says what is wrong. */
export function parseRecordHead(record: Buffer): RecordHead | string {
  const limit = record.length - 4;
  const provider = textAt(record, FIXED_PART, limit);
  if (provider === undefined) return 'the end of the source name was expected and the record ends';
  const identifier = record.readUInt32LE(20);
  return {
    provider: provider.text,
    eventId: identifier & 0xffff,
    qualifiers: identifier >>> 16,
    computerAt: provider.end,
  };
}

export interface RecordHead {
  readonly provider: string;
  readonly eventId: number;
  readonly qualifiers: number;
  /** Where the computer's name begins, behind the provider's. */
  readonly computerAt: number;
}

/**
 * A whole EVENTLOGRECORD (Windows SDK, "EVENTLOGRECORD structure") as an event; a string says what is wrong. Its raw
 * data is no insertion string, and its channel stands nowhere but in the file's name.
 */
export function parseRecord(record: Buffer, head: RecordHead): Omit<EventRecord, 'position'> | string {
  const limit = record.length - 4;
  const computer = textAt(record, head.computerAt, limit);
  if (computer === undefined) return 'the end of the computer name was expected and the record ends';
  const insertions = stringsOf(record, limit);
  if (typeof insertions === 'string') return insertions;
  const level = LEVELS.get(record.readUInt16LE(24));
  return {
    type: 'event',
    provider: head.provider,
    eventId: head.eventId,
    qualifiers: head.qualifiers,
    recordId: String(record.readUInt32LE(8)),
    time: { epochMs: record.readUInt32LE(12) * 1000, nanos: 0, digits: 0, basis: 'export' },
    ...(level === undefined ? {} : { level }),
    ...(computer.text === '' ? {} : { computer: computer.text }),
    insertions,
  };
}

function stringsOf(record: Buffer, limit: number): string[] | string {
  const count = record.readUInt16LE(26);
  const insertions: string[] = [];
  let at = count === 0 ? FIXED_PART : record.readUInt32LE(36);
  if (at < FIXED_PART || at > limit)
    return `the strings were expected inside the record and are said to stand at ${at}`;
  for (let index = 0; index < count; index++) {
    const string = textAt(record, at, limit);
    if (string === undefined) return `${count} strings were expected and ${index} found`;
    insertions.push(asInXml(string.text));
    at = string.end;
  }
  return insertions;
}

/** The NUL-terminated UTF-16 text at `at`, an even or odd index. */
function textAt(
  record: Buffer,
  at: number,
  limit: number,
): { readonly text: string; readonly end: number } | undefined {
  for (let end = at; end + 2 <= limit; end += 2) {
    if (record[end] === 0 && record[end + 1] === 0) return { text: record.toString('utf16le', at, end), end: end + 2 };
  }
  return undefined;
}

/** The part of a record before its texts, and so its least size but for the length at its end. */
export const FIXED_PART = 56;

/** EVENTLOG_SUCCESS, _ERROR_TYPE, _WARNING_TYPE, _INFORMATION_TYPE, and the two audits, which have level 0 since Vista. */
const LEVELS = new Map([
  [0, 4],
  [1, 2],
  [2, 3],
  [4, 4],
  [8, 0],
  [16, 0],
]);
