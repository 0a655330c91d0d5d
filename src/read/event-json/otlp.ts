import type { JsonDocument } from './json-document.js';
import { K } from './key-table.js';

/**
 * Writes an OTLP/JSON `AnyValue` as plain JSON: `{"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"b"}}]}}`
 * becomes `{"a":"b"}` (opentelemetry-proto, common.proto). Repeated keys stay repeated, the order stays. The parser has
 * bounded the depth.
 */
export function plainOfOtlp(doc: JsonDocument, value: number): string {
  const list = doc.get(doc.get(value, K.kvlistValue), K.values);
  if (doc.isArray(list)) {
    const members: string[] = [];
    for (let item = doc.first(list); item >= 0; item = doc.nextItem(list, item)) {
      const key = doc.textIfAny(doc.get(item, K.key)) ?? '';
      members.push(`${JSON.stringify(key)}:${plainOfOtlp(doc, doc.get(item, K.value))}`);
    }
    return `{${members.join(',')}}`;
  }
  const array = doc.get(doc.get(value, K.arrayValue), K.values);
  if (doc.isArray(array)) {
    const items: string[] = [];
    for (let item = doc.first(array); item >= 0; item = doc.nextItem(array, item)) items.push(plainOfOtlp(doc, item));
    return `[${items.join(',')}]`;
  }
  for (const key of [K.stringValue, K.intValue, K.doubleValue, K.boolValue]) {
    const found = doc.get(value, key);
    if (found >= 0) return doc.isString(found) ? JSON.stringify(doc.text(found)) : doc.text(found);
  }
  return 'null';
}
