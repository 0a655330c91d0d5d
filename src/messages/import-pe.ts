import { cultureOfLanguage } from './languages.js';
import type { MessageTemplate } from './template.js';

/** A Windows file with message resources: `.dll`, `.exe`, `.sys`, `.mui`. */
export interface PortableExecutable {
  /** File name; `x.dll` and `x.dll.mui` are parts of one provider's resources. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ExecutableImport {
  readonly templates: MessageTemplate[];
  /** What could not be read, as sentences. */
  readonly problems: string[];
}

/**
 * Templates out of message tables (`RT_MESSAGETABLE`), in each language that they are there in. Where a `WEVT_TEMPLATE`
 * resource (an instrumentation manifest compiled by mc.exe, in the .dll) binds event IDs to messages (which stand in the
 * .mui), it says which; else a message's low 16 bits are the event ID, as for classic providers.
 *
 * The files do not name their provider (the registry does). `provider` does; else a manifest's provider is named as its
 * channels are (`Microsoft-Windows-Foo/Operational`), and a classic one as the file.
 *
 * Formats: Microsoft PE/COFF specification, `.rsrc`; winnt.h, MESSAGE_RESOURCE_DATA; libfwevt's documentation of the
 * binary manifest.
 */
export class Executables {
  readonly #problems: string[] = [];
  /** By the file's name in lower case, without `.mui`. */
  readonly #groups = new Map<string, Resources>();

  /** Reads a file's resources; nothing else of it is kept. */
  add({ name, bytes }: PortableExecutable): void {
    const stem = stemOf(name);
    const key = stem.toLowerCase();
    const group = this.#groups.get(key) ?? { stem, messages: [], manifests: [] };
    this.#groups.set(key, group);
    try {
      readResources(bytes, group);
    } catch (error) {
      this.#problems.push(`${name}: not read as a Windows executable: ${reasonOf(error)}`);
    }
  }

  /** The templates of all files, and what could not be read. */
  import(provider?: string): ExecutableImport {
    const templates: MessageTemplate[] = [];
    const problems = [...this.#problems];
    for (const { stem, messages, manifests } of this.#groups.values()) {
      if (messages.length === 0) problems.push(`${stem}: holds no message table (it may stand in ${stem}.mui)`);
      const bound = bindManifests(manifests, provider, reason =>
        problems.push(`${stem}: its manifest is not read: ${reason}`),
      );
      const isManifest = bound.size > 0;
      const most = templates.length + MAX_TEMPLATES;
      for (const { id, culture, text } of messages) {
        const about = culture === undefined ? { text } : { culture, text };
        if (templates.length > most) {
          problems.push(`${stem}: names more events than any file does; the rest is not read`);
          break;
        }
        for (const event of bound.get(id) ?? []) templates.push({ ...event, ...about });
        if (isManifest && bound.has(id)) continue;
        const eventId = classicEventId(id, isManifest);
        if (eventId !== undefined) {
          templates.push({ provider: provider ?? stem.replace(/\.[^.]+$/, ''), eventId, ...about });
        }
      }
    }
    return { templates, problems };
  }
}

/** A DataView refuses what lies outside it with a RangeError of its own words. */
function reasonOf(error: unknown): string {
  if (error instanceof Damage) return error.message;
  if (error instanceof RangeError) return 'it is damaged or cut short: something in it lies outside of it';
  throw error;
}

class Damage extends Error {}

/** True for the first bytes of an executable. */
export function isExecutableHead(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x4d && head[1] === 0x5a;
}

interface Message {
  readonly id: number;
  readonly culture: string | undefined;
  readonly text: string;
}

interface Resources {
  readonly stem: string;
  readonly messages: Message[];
  readonly manifests: DataView[];
}

function stemOf(name: string): string {
  return name.replace(/^.*[\\/]/, '').replace(/\.mui$/i, '');
}

/**
 * mc.exe numbers a manifest's events 0xB0000000 + version << 16 + ID, and its channels, keywords, opcodes, levels, tasks
 * and maps with other odd leading digits: these are no events. Classic messages are severity, facility and ID; the bit
 * that makes the digit odd is reserved there.
 */
function classicEventId(id: number, hasManifest: boolean): number | undefined {
  const top = id >>> 28;
  if (top === 0xb) return id & 0xffff;
  if (top % 2 === 1) return undefined;
  return hasManifest && id === 0 ? undefined : id & 0xffff;
}

/** A damaged file may bind each of its messages to each of its events. */
const MAX_TEMPLATES = 1_000_000;

const RT_MESSAGETABLE = 11;
/** Deeper or wider resource trees than any linker writes. */
const MAX_ENTRIES = 100_000;

function readResources(bytes: Uint8Array, into: Resources): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isExecutableHead(bytes)) throw new Damage('it does not start with MZ');
  const pe = view.getUint32(0x3c, true);
  if (view.getUint32(pe, true) !== 0x4550) throw new Damage('its PE signature is missing');
  const sectionCount = view.getUint16(pe + 6, true);
  const optionalSize = view.getUint16(pe + 20, true);
  const optional = pe + 24;
  const isPlus = view.getUint16(optional, true) === 0x20b;
  const resourceRva = view.getUint32(optional + (isPlus ? 112 : 96) + 2 * 8, true);
  if (resourceRva === 0) return;
  const sections = Array.from({ length: sectionCount }, (_, index) => {
    const at = optional + optionalSize + index * 40;
    const size = Math.max(view.getUint32(at + 8, true), view.getUint32(at + 16, true));
    return { rva: view.getUint32(at + 12, true), size, offset: view.getUint32(at + 20, true) };
  });
  const toOffset = (rva: number): number => {
    const section = sections.find(({ rva: start, size }) => rva >= start && rva < start + size);
    if (section === undefined) throw new Damage('a resource lies outside its sections');
    return section.offset + rva - section.rva;
  };
  const root = toOffset(resourceRva);
  let budget = MAX_ENTRIES;
  let tableBytes = 0;
  for (const type of entries(root)) {
    const isManifest = type.name === 'WEVT_TEMPLATE';
    if (type.id !== RT_MESSAGETABLE && !isManifest) continue;
    for (const item of entries(root + type.offset)) {
      for (const language of entries(root + item.offset)) {
        const data = root + language.offset;
        const offset = toOffset(view.getUint32(data, true));
        const length = view.getUint32(data + 4, true);
        if (offset + length > bytes.length) throw new Damage('a resource ends past the file');
        const resource = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
        if (isManifest) into.manifests.push(copyOf(resource));
        else {
          // Several entries may share a table, and do in no file; so many could that reading them would not end.
          tableBytes += length;
          if (tableBytes > bytes.length) throw new Damage('its message tables overlap');
          readMessageTable(resource, cultureOfLanguage(language.id), into.messages);
        }
      }
    }
  }

  /** A directory's entries; the high bits of name and offset are flags. */
  function entries(at: number): { id: number; name: string | undefined; offset: number }[] {
    const count = view.getUint16(at + 12, true) + view.getUint16(at + 14, true);
    budget -= count;
    if (budget < 0) throw new Damage('its resource tree is too large');
    return Array.from({ length: count }, (_, index) => {
      const entry = at + 16 + index * 8;
      const id = view.getUint32(entry, true);
      const offset = view.getUint32(entry + 4, true) & 0x7fff_ffff;
      return { id, name: id >>> 31 === 1 ? nameAt(root + (id & 0x7fff_ffff)) : undefined, offset };
    });
  }

  function nameAt(at: number): string {
    const length = view.getUint16(at, true);
    return decode16(view, at + 2, length * 2);
  }
}

/** Without the file that it stands in. */
function copyOf({ buffer, byteOffset, byteLength }: DataView): DataView {
  return new DataView(Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength)).buffer);
}

function readMessageTable(table: DataView, culture: string | undefined, into: Message[]): void {
  const blocks = table.getUint32(0, true);
  let rest = table.byteLength;
  for (let block = 0; block < blocks; block++) {
    const low = table.getUint32(4 + block * 12, true);
    const high = table.getUint32(8 + block * 12, true);
    let at = table.getUint32(12 + block * 12, true);
    for (let id = low; id <= high; id++) {
      const length = table.getUint16(at, true);
      const flags = table.getUint16(at + 2, true);
      if (length < 4) throw new Damage('a message table is broken');
      rest -= length;
      if (rest < 0) throw new Damage('the blocks of a message table overlap');
      const text = flags === 1 ? decode16(table, at + 4, length - 4) : decode8(table, at + 4, length - 4, flags === 2);
      into.push({ id, culture, text: text.replace(/\0+$/, '') });
      at += length;
    }
  }
}

function decode16(view: DataView, at: number, length: number): string {
  if (at + length > view.byteLength) throw new Damage('a text ends past its resource');
  return Buffer.from(view.buffer, view.byteOffset + at, length).toString('utf16le');
}

/** Messages that are not in UTF-16 are in the code page they were compiled with; Latin-1 stands for it. */
function decode8(view: DataView, at: number, length: number, isUtf8: boolean): string {
  if (at + length > view.byteLength) throw new Damage('a text ends past its resource');
  return Buffer.from(view.buffer, view.byteOffset + at, length).toString(isUtf8 ? 'utf8' : 'latin1');
}

const NO_MESSAGE = 0xffff_ffff;

/** The events that each message ID stands for. */
function bindManifests(
  manifests: readonly DataView[],
  provider: string | undefined,
  problem: (reason: string) => void,
): Map<number, { provider: string; eventId: number }[]> {
  const bound = new Map<number, { provider: string; eventId: number }[]>();
  const seen = new Set<string>();
  for (const manifest of manifests) {
    try {
      readManifest(manifest);
    } catch (error) {
      problem(reasonOf(error));
    }
  }
  return bound;

  function readManifest(manifest: DataView): void {
    if (signature(manifest, 0) !== 'CRIM') return;
    const count = Math.min(manifest.getUint32(12, true), (manifest.byteLength - 16) / 20);
    // Channels and events take 16 bytes and more each.
    const budget = { items: manifest.byteLength / 16 };
    for (let index = 0; index < count; index++) {
      const guid = guidAt(manifest, 16 + index * 20);
      readProvider(manifest, manifest.getUint32(16 + index * 20 + 16, true), guid, budget);
    }
  }

  function readProvider(manifest: DataView, at: number, guid: string, budget: { items: number }): void {
    if (signature(manifest, at) !== 'WEVT') return;
    const elements = manifest.getUint32(at + 12, true);
    let channel: string | undefined;
    const events: [eventId: number, message: number][] = [];
    for (let index = 0; index < elements; index++) {
      const element = manifest.getUint32(at + 20 + index * 8, true);
      const kind = signature(manifest, element);
      const count = manifest.getUint32(element + 8, true);
      budget.items -= kind === 'CHAN' || kind === 'EVNT' ? count : 0;
      if (budget.items < 0) throw new Damage('its elements overlap');
      if (kind === 'CHAN') {
        for (let item = 0; item < count; item++) {
          const name = manifest.getUint32(element + 12 + item * 16 + 4, true);
          if (name === 0) continue;
          const text = decode16(manifest, name + 4, manifest.getUint32(name, true) - 4).replace(/\0+$/, '');
          if (text.includes('/')) channel ??= text.slice(0, text.indexOf('/'));
        }
      } else if (kind === 'EVNT') {
        for (let item = 0; item < count; item++) {
          const event = element + 16 + item * 48;
          const message = manifest.getUint32(event + 16, true);
          if (message !== NO_MESSAGE) events.push([manifest.getUint16(event, true), message]);
        }
      }
    }
    const name = provider ?? channel ?? guid;
    for (const [eventId, message] of events) {
      // Versions of an event share its message; and providers of one file may share a name.
      const key = `${eventId} ${message} ${name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const list = bound.get(message) ?? [];
      bound.set(message, list);
      list.push({ provider: name, eventId });
    }
  }
}

function signature(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function guidAt(view: DataView, at: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const tail = Array.from({ length: 8 }, (_, index) => hex(view.getUint8(at + 8 + index), 2)).join('');
  const head = `${hex(view.getUint32(at, true), 8)}-${hex(view.getUint16(at + 4, true), 4)}-${hex(view.getUint16(at + 6, true), 4)}`;
  return `{${head}-${tail.slice(0, 4)}-${tail.slice(4)}}`;
}
