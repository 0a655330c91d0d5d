import { ByteWindow } from '../../bytes/byte-window.js';
import { EventJsonReader } from './index.js';

/** What the head of an input shows. */
export interface Detected {
  /** 0 (cannot be) to 1 (certain). */
  readonly score: number;
  /** The dialect of the first events, where one was read. */
  readonly dialect?: string;
}

/**
 * Looks for events in JSON in the first bytes of an input by reading them: a JSON file that holds none of ours (an audit
 * log of another system) scores 0.
 */
export function detectEventJson(head: Uint8Array): Detected {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4096)).toString('latin1');
  const plain = text.replace(/\0|^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/g, '');
  if (!/[[{]/.test(plain)) return { score: 0 };
  const startsAsJson = /^\s*(Record \d+\s*)?[[{]/.test(plain);
  // XML, whose braces are those of GUIDs: to read the head as JSON would cost more than to read a short export.
  if (!startsAsJson && /<Event[\s>/]/.test(plain)) return { score: 0 };
  // Nothing is compiled yet: the first events are enough, where they show what it is.
  let found = readHead(head.subarray(0, FIRST_BYTES));
  if (found.events === 0 && head.length > FIRST_BYTES) found = readHead(head);
  const { reader, events } = found;
  const dialect = reader.dialects[0];
  if (events > 0 && dialect !== undefined) return { score: startsAsJson ? 0.95 : 0.4, dialect };
  // One event may be longer than the head.
  const isLong = reader.report().rejects <= 1 && /"(EventID|EventId|event_id|Id|EventCode|eventid|System)"/.test(plain);
  return { score: startsAsJson && isLong ? 0.3 : 0 };
}

const FIRST_BYTES = 4096;

function readHead(head: Uint8Array): { readonly reader: EventJsonReader; readonly events: number } {
  const reader = new EventJsonReader({ input: '' });
  const window = new ByteWindow();
  window.reserve(head.length).set(head);
  window.commit(head.length);
  let events = 0;
  reader.read(window, true, item => {
    if (item.type === 'event') events += 1;
  });
  return { reader, events };
}
