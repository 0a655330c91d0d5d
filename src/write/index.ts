export { writeItem, writePair, writePairGone, writeRun } from './lines.js';
export { pairCsvHeader, pairCsvRow } from './pair-csv.js';
export { pairLine } from './pair-line.js';
export { pairTable } from './pair-table.js';
export { type OwnItem, type ParsedLine, parseLine, type RunLine } from './parse-line.js';
export { escapeForTerminal } from './terminal-text.js';
