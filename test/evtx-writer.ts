import { Crc32 } from '../src/bytes/crc32.js';
import type { EventRecord } from '../src/index.js';

/** An element of a template; texts stand as they are, `{ sub }` is filled with that value of the record. */
export interface WrittenElement {
  readonly name: string;
  /** The value whose absence leaves the element out. */
  readonly dependency?: number;
  readonly attributes?: readonly (readonly [name: string, value: WrittenPart])[];
  readonly children?: readonly (WrittenPart | WrittenElement)[];
}

export type WrittenPart = string | { readonly sub: number; readonly isOptional?: boolean };

/** A value with its type in binary XML, or an embedded fragment (type 0x21). */
export type WrittenValue =
  | { readonly type: number; readonly bytes: Uint8Array }
  | { readonly root: WrittenElement; readonly values: readonly WrittenValue[] };

export interface WrittenRecord {
  readonly root: WrittenElement;
  readonly values: readonly WrittenValue[];
  /** The number that the log gives the record. */
  readonly number: bigint;
}

/** What a log can hold of an event. */
export type WritableEvent = Pick<EventRecord, 'provider' | 'eventId'> & Partial<EventRecord>;

/**
 * Writes events as an .evtx file the way the event log service does: System as a template of its own, EventData as an
 * embedded one with a string for each insertion. A log holds no rendered message; a string may have 32,767 units.
 * @throws RangeError when an event is too long for a chunk.
 */
export function writeEvtx(events: readonly WritableEvent[]): Uint8Array {
  return writeRecords(events.map(recordOf));
}

/** Writes records as an .evtx file of as many chunks as they need. */
export function writeRecords(records: readonly WrittenRecord[]): Uint8Array {
  const chunks: ChunkWriter[] = [];
  for (const record of records) {
    if (chunks.at(-1)?.add(record) === true) continue;
    const chunk = new ChunkWriter();
    if (!chunk.add(record)) throw new RangeError('a record does not fit into a chunk');
    chunks.push(chunk);
  }
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  header.writeBigUInt64LE((records.at(-1)?.number ?? 0n) + 1n, 24);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks.map(chunk => chunk.finish())]);
}

export const stringValue = (text: string): WrittenValue => ({ type: 0x01, bytes: Buffer.from(text, 'utf16le') });
export const NULL_VALUE: WrittenValue = { type: 0, bytes: new Uint8Array(0) };

/** The root of a record: System with values 0 to 7 as `systemValues` gives them, then whatever is the body. */
export function eventRoot(body: readonly (WrittenPart | WrittenElement)[]): WrittenElement {
  return {
    name: 'Event',
    attributes: [['xmlns', 'http://schemas.microsoft.com/win/2004/08/events/event']],
    children: [
      {
        name: 'System',
        children: [
          { name: 'Provider', attributes: [['Name', { sub: 0, isOptional: true }]] },
          {
            name: 'EventID',
            dependency: 1,
            attributes: [['Qualifiers', { sub: 2, isOptional: true }]],
            children: [{ sub: 1, isOptional: true }],
          },
          { name: 'Level', dependency: 3, children: [{ sub: 3, isOptional: true }] },
          { name: 'TimeCreated', attributes: [['SystemTime', { sub: 4, isOptional: true }]] },
          { name: 'EventRecordID', dependency: 5, children: [{ sub: 5, isOptional: true }] },
          { name: 'Channel', dependency: 6, children: [{ sub: 6, isOptional: true }] },
          { name: 'Computer', dependency: 7, children: [{ sub: 7, isOptional: true }] },
        ],
      },
      ...body,
    ],
  };
}

export function systemValues(event: WritableEvent): WrittenValue[] {
  const { provider, eventId, qualifiers, level, time, recordId, channel, computer } = event;
  return [
    stringValue(provider),
    number(0x06, 2, eventId),
    number(0x06, 2, qualifiers),
    number(0x04, 1, level),
    time === undefined
      ? NULL_VALUE
      : number(0x11, 8, BigInt(time.epochMs) * 10_000n + BigInt(time.nanos / 100) + FROM_1601),
    number(0x0a, 8, recordId === undefined ? undefined : BigInt(recordId)),
    channel === undefined ? NULL_VALUE : stringValue(channel),
    computer === undefined ? NULL_VALUE : stringValue(computer),
  ];
}

/** 100 ns from 1601, when FILETIME begins, to 1970. */
const FROM_1601 = 116_444_736_000_000_000n;

function recordOf(event: WritableEvent, index: number): WrittenRecord {
  const { insertions, names } = event;
  const values = systemValues(event);
  if (insertions !== undefined) {
    const data = insertions.map((_, sub): WrittenElement => {
      const name = names?.[sub];
      return {
        name: 'Data',
        ...(name === undefined ? {} : { attributes: [['Name', name]] as const }),
        children: [{ sub }],
      };
    });
    values.push({ root: { name: 'EventData', children: data }, values: insertions.map(stringValue) });
  }
  const body = insertions === undefined ? [] : [{ sub: 8, isOptional: true }];
  return { root: eventRoot(body), values, number: BigInt(event.recordId ?? index + 1) };
}

function number(type: number, size: number, value: number | bigint | undefined): WrittenValue {
  if (value === undefined) return NULL_VALUE;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return { type, bytes: bytes.subarray(0, size) };
}

const FULL = new RangeError('the chunk is full');

/** One chunk: names and templates stand where they are used first, later uses give their offset. */
class ChunkWriter {
  readonly #bytes = Buffer.alloc(65_536);
  #at = 512;
  #names = new Map<string, number>();
  #templates = new Map<string, number>();
  readonly #numbers: bigint[] = [];
  #lastRecord = 512;

  /** False, with nothing written, when the chunk has no room left. */
  add(record: WrittenRecord): boolean {
    const before = { at: this.#at, names: new Map(this.#names), templates: new Map(this.#templates) };
    try {
      this.#record(record);
    } catch (error) {
      if (error !== FULL) throw error;
      this.#bytes.fill(0, before.at);
      this.#at = before.at;
      this.#names = before.names;
      this.#templates = before.templates;
      return false;
    }
    this.#lastRecord = before.at;
    this.#numbers.push(record.number);
    return true;
  }

  finish(): Buffer {
    const bytes = this.#bytes;
    bytes.write('ElfChnk\0', 'latin1');
    const [first = 0n] = this.#numbers;
    const last = this.#numbers.at(-1) ?? 0n;
    for (const [at, value] of [
      [8, first],
      [16, last],
      [24, first],
      [32, last],
    ] as const)
      bytes.writeBigUInt64LE(value, at);
    bytes.writeUInt32LE(128, 40);
    bytes.writeUInt32LE(this.#lastRecord, 44);
    bytes.writeUInt32LE(this.#at, 48);
    bytes.writeUInt32LE(crc32(bytes.subarray(512, this.#at)), 52);
    bytes.writeUInt32LE(crc32(Buffer.concat([bytes.subarray(0, 120), bytes.subarray(128, 512)])), 124);
    return bytes;
  }

  #record({ root, values, number }: WrittenRecord): void {
    const start = this.#at;
    this.#long(0x2a2a);
    this.#long(0);
    this.#room(16);
    this.#bytes.writeBigUInt64LE(number, this.#at);
    this.#at += 16;
    this.#fragment(root, values);
    this.#byte(0);
    while ((this.#at - start) % 8 !== 4) this.#byte(0);
    this.#long(this.#at - start + 4);
    this.#bytes.writeUInt32LE(this.#at - start, start + 4);
  }

  #fragment(root: WrittenElement, values: readonly WrittenValue[]): void {
    const key = JSON.stringify(root);
    const id = crc32(Buffer.from(key));
    this.#stream();
    this.#byte(0x0c);
    this.#byte(1);
    this.#long(id);
    const known = this.#templates.get(key);
    this.#long(known ?? this.#at + 4);
    if (known === undefined) this.#template(root, key, id);
    this.#long(values.length);
    let entry = this.#at;
    for (const _ of values) this.#long(0);
    for (const value of values) {
      const from = this.#at;
      if ('root' in value) {
        this.#fragment(value.root, value.values);
        this.#byte(0);
      } else {
        this.#room(value.bytes.length);
        this.#bytes.set(value.bytes, this.#at);
        this.#at += value.bytes.length;
      }
      if (this.#at - from > 0xffff) throw FULL;
      this.#bytes.writeUInt16LE(this.#at - from, entry);
      this.#bytes[entry + 2] = 'root' in value ? 0x21 : value.type;
      entry += 4;
    }
  }

  #template(root: WrittenElement, key: string, id: number): void {
    this.#templates.set(key, this.#at);
    this.#long(0);
    this.#long(id);
    for (let part = 0; part < 3; part++) this.#long(0);
    const size = this.#at;
    this.#long(0);
    this.#stream();
    this.#element(root);
    this.#byte(0);
    this.#bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #element({ name, dependency = 0xffff, attributes = [], children = [] }: WrittenElement): void {
    this.#byte(attributes.length > 0 ? 0x41 : 0x01);
    this.#word(dependency);
    const size = this.#at;
    this.#long(0);
    this.#name(name);
    if (attributes.length > 0) {
      const list = this.#at;
      this.#long(0);
      for (const [index, [attribute, value]] of attributes.entries()) {
        this.#byte(index < attributes.length - 1 ? 0x46 : 0x06);
        this.#name(attribute);
        this.#part(value);
      }
      this.#bytes.writeUInt32LE(this.#at - list - 4, list);
    }
    if (children.length === 0) this.#byte(0x03);
    else {
      this.#byte(0x02);
      for (const child of children) {
        if (typeof child === 'object' && 'name' in child) this.#element(child);
        else this.#part(child);
      }
      this.#byte(0x04);
    }
    this.#bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #part(part: WrittenPart): void {
    if (typeof part === 'string') {
      this.#byte(0x05);
      this.#byte(0x01);
      this.#word(part.length);
      this.#text(part);
    } else {
      this.#byte(part.isOptional === true ? 0x0e : 0x0d);
      this.#word(part.sub);
      this.#byte(0x01);
    }
  }

  #name(name: string): void {
    const known = this.#names.get(name);
    this.#long(known ?? this.#at + 4);
    if (known !== undefined) return;
    this.#names.set(name, this.#at);
    this.#long(0);
    let hash = 0;
    for (let at = 0; at < name.length; at++) hash = (hash * 65_599 + name.charCodeAt(at)) >>> 0;
    this.#word(hash & 0xffff);
    this.#word(name.length);
    this.#text(name);
    this.#word(0);
  }

  #stream(): void {
    for (const byte of [0x0f, 1, 1, 0]) this.#byte(byte);
  }

  #text(text: string): void {
    this.#room(text.length * 2);
    this.#at += this.#bytes.write(text, this.#at, 'utf16le');
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #word(value: number): void {
    this.#room(2);
    this.#at = this.#bytes.writeUInt16LE(value, this.#at);
  }

  #long(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  #room(length: number): void {
    if (this.#at + length > this.#bytes.length) throw FULL;
  }
}

function crc32(bytes: Uint8Array): number {
  const crc = new Crc32();
  crc.update(bytes);
  return crc.value;
}
