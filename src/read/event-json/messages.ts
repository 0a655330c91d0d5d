// What is told of an input in JSON, for the person at the terminal.

import type { Loss } from './dialect.js';

export const FALLBACK =
  'some events are no valid UTF-8 and were read in the fallback code page; name the right one with --encoding';

export const LOSSES: Readonly<Record<Loss, string>> = {
  'insertions-lost':
    'some events hold the class of their values and not the values; export again with ConvertTo-Json -Depth 4, or rely on the message',
  'empty-values-omitted':
    'the collector left out empty values; their places were filled by the numbers of the others, those at the end are unknown',
  'unnamed-data-lost':
    'this form holds no values without names; where an event had some, only its message is left to read them from',
  'data-order-lost': 'the collector did not keep the order of the values; only their names place them',
  'values-joined':
    'EvtxECmd joined values with ", ": they were parted there, wrongly where a value holds a comma; read the .evtx file to be sure',
  'local-time': 'some times are local and name no zone; give it with --timezone',
};

export const BROKEN = {
  malformed: 'the object breaks JSON, and another one starts before it ends',
  truncated: 'the input ends inside the object',
  'too-long': 'the event is longer than the limit; raise it with --max-event-bytes if it is meant',
  limit: 'the object is nested deeper than 512 levels',
} as const;
