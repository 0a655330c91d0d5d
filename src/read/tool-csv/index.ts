import type { CsvForm } from '../csv/csv-form.js';
import { CsvReader, type CsvReaderOptions } from '../csv/csv-reader.js';
import { sniffCsv } from '../csv/sniff.js';
import type { FormatReader } from '../format-reader.js';
import type { Head } from '../head.js';
import { type ColumnMap, mappedLayout } from './columns.js';
import { dialectOf, namedLayout } from './tool-layout.js';

/**
 * Reads the CSV of other tools: `Get-WinEvent | Export-Csv`, `Get-EventLog | Export-Csv`, EvtxECmd, Log Parser,
 * FullEventLogView, Plaso and Timesketch, Azure; and any CSV whose columns the user maps. What a form has destroyed is
 * said in a warning: Export-Csv writes `System.String[]` where the insertion strings were.
 */
export function createToolCsvReader(options: CsvReaderOptions): FormatReader {
  return new CsvReader(toolForm(options.columns), options);
}

/** How sure the head makes it that one of these tools wrote the file, 0 to 1; surer than the event XML that a cell of Plaso's holds. */
export function detectToolCsv(head: Head): number {
  if (head.encoding === 'binary') return 0;
  const sniffed = sniffCsv(head.text);
  return sniffed === undefined || dialectOf(sniffed.first) === undefined ? 0 : 0.93;
}

function toolForm(columns: ColumnMap | undefined): CsvForm {
  return {
    name: 'tool-csv',
    layout({ first }) {
      if (columns !== undefined) return mappedLayout(columns, first);
      const dialect = dialectOf(first);
      return dialect === undefined ? undefined : namedLayout(dialect, first);
    },
    whyNot(sniffed) {
      if (sniffed === undefined) return 'the input does not begin with a line of delimited fields';
      return columns === undefined
        ? `the ${sniffed.first.length} headers are those of no tool that is known; name the columns with --columns`
        : `a column that --columns names is not among the ${sniffed.first.length} headers`;
    },
  };
}
