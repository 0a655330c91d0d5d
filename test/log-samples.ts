import { readFileSync } from 'node:fs';
import type { EventRecord } from '../src/index.js';
import { writeEvt } from './evt-writer.js';
import { type WritableEvent, writeEvtx } from './evtx-writer.js';
import { readItems } from './properties/run-evpair.js';

/** The samples that are logs: the events of the XML samples beside them, written by the writers of the tests. */
export const LOG_SAMPLES: Readonly<Record<string, () => Uint8Array>> = {
  'dialects/application.evtx': () => writeEvtx(eventsOf('CAS01-Application.xml')),
  // Copied while it was open, and full: its first records are overwritten, and one runs over the file's end.
  'dialects/system.evt': () => {
    const events = eventsOf('CAS01-System-wevtutil.xml');
    const earlier = Array.from({ length: 9 }, (_, index): WritableEvent => {
      const time = { epochMs: Date.UTC(2011, 2, 4, 6, index * 7), nanos: 0, digits: 0, basis: 'export' as const };
      const insertions = ['Windows Update', index % 2 === 0 ? 'running' : 'stopped'];
      const recordId = String(20_092 + index);
      const computer = 'CAS01.contoso.local';
      return {
        provider: 'Service Control Manager',
        eventId: 7036,
        qualifiers: 16_384,
        computer,
        recordId,
        time,
        insertions,
      };
    });
    return writeEvt([...earlier, ...events], 3000, true).bytes;
  },
};

function eventsOf(name: string): EventRecord[] {
  const bytes = readFileSync(new URL(`../samples/${name}`, import.meta.url));
  // Event Viewer exports the newest first; a log has the oldest first.
  return readItems({ name, bytes })
    .filter((item): item is EventRecord => item.type === 'event')
    .sort((a, b) => Number(a.recordId) - Number(b.recordId));
}
