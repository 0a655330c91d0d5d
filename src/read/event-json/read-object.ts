import { type EventFields, eventOfXml } from '../clixml/xml-event.js';
import type { Dialect, DialectContext } from './dialect.js';
import { fluentBit, openTelemetry, osquery, winlogbeat, winlogbeat6 } from './dialects-collectors.js';
import { azure, flatCollector, nxlog, splunk } from './dialects-flat.js';
import { getEventLog, getWinEvent } from './dialects-powershell.js';
import { eventTree, evtxECmd } from './dialects-tree.js';
import { type JsonDocument, withJsonText } from './json-document.js';
import { K } from './key-table.js';
import { plainOfOtlp } from './otlp.js';

/** Every dialect, those with the surest marks first. To add one: a row here. */
export const DIALECTS: readonly Dialect[] = [
  eventTree,
  winlogbeat,
  getWinEvent,
  getEventLog,
  evtxECmd,
  fluentBit,
  openTelemetry,
  nxlog,
  azure,
  flatCollector,
  winlogbeat6,
  osquery,
  splunk,
];

/** What an object was read as. */
export interface ReadObject {
  readonly dialect: string;
  /** The dialect itself and the object inside its envelopes, where keys and brackets alone tell which those are. */
  readonly learns: { readonly dialect: Dialect; readonly object: number } | undefined;
  readonly fields: EventFields | 'unwanted';
}

/** Some wrap the event once or twice more: Elasticsearch's `_source`, Splunk's `result`, osquery's `columns`. */
const ENVELOPES = [K._source, K.result, K.columns, K.body, K.Body];
const MAX_ENVELOPES = 4;

/** Where a field may hold the whole event as XML. */
const XML_FIELDS = [K._raw, K.RawXml, K.Xml, K.xml, K.Event, K.message, K.body, K.Body];

/**
 * Reads a JSON object as an event in whichever dialect it bears the marks of, or one of its envelopes.
 * @returns undefined when it is no event in any dialect.
 */
export function readObject(doc: JsonDocument, object: number, context: DialectContext): ReadObject | undefined {
  let inner = object;
  let isSteady = true;
  for (let envelopes = 0; envelopes <= MAX_ENVELOPES; envelopes++) {
    if (!doc.isObject(inner)) return undefined;
    doc.openFields(inner);
    for (const dialect of DIALECTS) {
      if (!dialect.marks(doc, inner)) continue;
      const fields = dialect.read(doc, inner, context);
      if (fields === undefined) return undefined;
      return { dialect: dialect.name, learns: isSteady ? { dialect, object: inner } : undefined, fields };
    }
    const xml = readXmlField(doc, context);
    if (xml !== undefined) return xml;
    isSteady &&= !XML_FIELDS.some(key => doc.isString(xmlNode(doc, key)));
    const otlp = doc.field(K.body);
    if (doc.get(otlp, K.kvlistValue) >= 0) {
      return withJsonText(plainOfOtlp(doc, otlp), context.keys, plain => {
        const read = readObject(plain, 0, context);
        return read && { ...read, learns: undefined };
      });
    }
    const next = ENVELOPES.find(key => doc.isObject(doc.field(key)));
    if (next === undefined) return undefined;
    inner = doc.field(next);
  }
  return undefined;
}

function readXmlField(doc: JsonDocument, context: DialectContext): ReadObject | undefined {
  for (const key of XML_FIELDS) {
    const node = xmlNode(doc, key);
    if (!doc.startsWith(node, '<')) continue;
    const fields = eventOfXml(doc.text(node));
    if (fields === undefined) continue;
    return {
      dialect: 'xml-field',
      learns: undefined,
      fields: context.wants(fields.provider, fields.eventId) ? fields : 'unwanted',
    };
  }
  return undefined;
}

function xmlNode(doc: JsonDocument, key: number): number {
  const field = doc.field(key);
  return doc.isObject(field) ? doc.get(field, K.stringValue) : field;
}
