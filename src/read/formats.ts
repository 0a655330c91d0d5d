import { createClixmlReader, detectClixml } from './clixml/index.js';
import { detectEventJson } from './event-json/detect.js';
import { createEventJsonReader } from './event-json/index.js';
import { jsonRanges } from './event-json/json-ranges.js';
import { createEventTextReader, detectEventText } from './event-text/index.js';
import { createEventXmlReader } from './event-xml/index.js';
import { xmlRanges } from './event-xml/ranges.js';
import { createEvtReader, detectEvt } from './evt/index.js';
import { createEvtxReader, detectEvtx } from './evtx/index.js';
import type { FormatReader, RangeForm, ReadOptions } from './format-reader.js';
import type { Head } from './head.js';
import { createToolCsvReader, detectToolCsv } from './tool-csv/index.js';
import { createViewerCsvReader, detectViewerCsv } from './viewer-csv/index.js';

/** A form of export that evpair reads: a row of this table is all that the rest of the program knows of it. */
export interface Format {
  /** The name for `--format` and reports. */
  readonly name: string;
  /** How sure the head makes it, 0 (cannot be) to 1 (certain). The surest row wins, the earlier one of equals. */
  readonly detect: (head: Head) => number;
  /** Present where a look at the first characters can make it certain, so that no other row need be asked. */
  readonly isCertain?: (head: Head) => boolean;
  readonly create: (options: ReadOptions) => FormatReader;
  /** Present where parts of an input can be read by themselves. */
  readonly ranges?: RangeForm;
}

/** Every form, the surest marks first. To add one: a folder beside this file and a row here. */
export const FORMATS: readonly Format[] = [
  { name: 'evtx', detect: detectEvtx, create: createEvtxReader },
  { name: 'evt', detect: detectEvt, create: createEvtReader },
  { name: 'clixml', detect: head => detectClixml(head.text), create: createClixmlReader },
  {
    name: 'event-json',
    detect: head => detectEventJson(head.bytes).score,
    create: createEventJsonReader,
    ranges: jsonRanges,
  },
  { name: 'event-text', detect: head => detectEventText(head.text), create: createEventTextReader },
  {
    name: 'event-xml',
    detect: detectEventXml,
    isCertain: head => /^\s*(?:<\?xml[^>]*\?>\s*)?<Events?[\s>]/.test(head.text),
    create: createEventXmlReader,
    ranges: xmlRanges,
  },
  { name: 'viewer-csv', detect: detectViewerCsv, create: createViewerCsvReader },
  { name: 'tool-csv', detect: detectToolCsv, create: createToolCsvReader },
];

/** An `<Event` start tag anywhere makes XML of it: what stands before may be anything that a tool prints. */
function detectEventXml(head: Head): number {
  if (/<Event[\s>/]/.test(head.text)) return 0.9;
  return /^\s*(<\?xml|<Events[\s>/])/.test(head.text) ? 0.4 : 0;
}

/** Forms that evpair knows by name and does not read, so that the message can say what to do instead. */
const KNOWN_FORMS: readonly {
  readonly name: string;
  readonly hint: string;
  readonly marks: (head: Head) => boolean;
}[] = [
  { name: 'a JPEG picture', hint: 'Give the export itself.', marks: head => startsWith(head, [0xff, 0xd8, 0xff]) },
  { name: 'a PNG picture', hint: 'Give the export itself.', marks: head => startsWith(head, [0x89, 0x50, 0x4e, 0x47]) },
  { name: 'a PDF document', hint: 'Give the export itself.', marks: head => head.text.startsWith('%PDF-') },
  {
    name: 'an SQLite database',
    hint: 'Export the rows first.',
    marks: head => head.text.startsWith('SQLite format 3'),
  },
  {
    name: 'the text of evtxexport',
    hint: 'Read the .evtx file itself, or export it as XML with evtxexport -f xml.',
    marks: head => /^evtxexport \d+\r?\n\s*\n?Event number/.test(head.text),
  },
  {
    name: 'a Plaso storage file',
    hint: 'Write it out with psort first.',
    marks: head => head.text.startsWith('PK') && head.text.includes('metadata.txt') && head.text.includes('event_data'),
  },
];

/** The format that the head shows; undefined when it is none that evpair reads. */
export function detectFormat(head: Head): Format | undefined {
  const certain = FORMATS.find(format => format.isCertain?.(head) === true);
  if (certain !== undefined) return certain;
  let best: Format | undefined;
  let bestScore = 0;
  for (const format of FORMATS) {
    const score = format.detect(head);
    if (score > bestScore) {
      best = format;
      bestScore = score;
    }
    // No row can be surer, and asking the others is work before the first event.
    if (bestScore === 1) break;
  }
  return best;
}

/** The row with this name. */
export function formatNamed(name: string): Format | undefined {
  return FORMATS.find(format => format.name === name);
}

/** What an input that evpair does not read looks like, for the message about it. */
export function describeUnknown(head: Head): { readonly known: boolean; readonly name: string; readonly hint: string } {
  const form = KNOWN_FORMS.find(known => known.marks(head));
  if (form !== undefined) return { known: true, name: form.name, hint: form.hint };
  return {
    known: false,
    name: head.encoding === 'binary' ? 'binary data in no form that evpair knows' : 'text in no form that evpair knows',
    hint: 'Name the form with --format if you know it.',
  };
}

function startsWith(head: Head, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head.bytes[at] === byte);
}
