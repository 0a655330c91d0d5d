import type { PairSummary } from '../model/index.js';

const COLUMNS: readonly (readonly [name: string, of: (pair: PairSummary) => string | number])[] = [
  ['definition', pair => pair.definition],
  ['source', pair => pair.source.host],
  ['destination', pair => pair.destination.host],
  ['count', pair => pair.count],
  ['first_seen', pair => pair.first_seen ?? ''],
  ['last_seen', pair => pair.last_seen ?? ''],
  ['episodes', pair => pair.episodes_total],
  ['reverse_count', pair => pair.reverse_count],
  ['recoveries', pair => pair.recoveries],
  ['ambiguous', pair => pair.ambiguous],
  ['observers', pair => pair.observers.join(' ')],
  ['evidence_input', pair => pair.evidence.first.input],
  ['evidence_record_id', pair => pair.evidence.first.record_id ?? ''],
  ['evidence_offset', pair => pair.evidence.first.offset],
];

/** The header of the CSV of pairs, without a line end. */
export function pairCsvHeader(): string {
  return COLUMNS.map(([name]) => name).join(',');
}

/** One pair as a CSV row (RFC 4180), without a line end. */
export function pairCsvRow(pair: PairSummary): string {
  return COLUMNS.map(([, of]) => quoted(String(of(pair)))).join(',');
}

/** Spreadsheets run what starts with `=`, `+`, `-` or `@`; log text is not to be run. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
