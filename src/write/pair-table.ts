import type Table from 'cli-table3';
import type { PairSummary } from '../model/index.js';
import { escapeForTerminal } from './terminal-text.js';
import { clipText, textWidth } from './text-width.js';

interface Column {
  readonly title: string;
  readonly of: (pair: PairSummary) => string | number;
  readonly align?: 'right';
  /** The most columns of the terminal that it takes. */
  readonly most?: number;
}

const COUNT: Column = { title: 'count', align: 'right', of: pair => pair.count };
const SOURCE: Column = { title: 'source', of: pair => pair.source.host };
const DESTINATION: Column = {
  title: '→ destination',
  of: pair => (pair.self === true ? `${pair.destination.host} (itself)` : pair.destination.host),
};
const DEFINITION: Column = { title: 'definition', of: pair => pair.definition, most: 32 };
const FIRST_SEEN: Column = { title: 'first seen', of: pair => shortTime(pair.first_seen) };
const LAST_SEEN: Column = { title: 'last seen', of: pair => shortTime(pair.last_seen) };
const EPISODES: Column = { title: 'episodes', align: 'right', of: pair => pair.episodes_total };
const REVERSE: Column = { title: 'reverse', align: 'right', of: pair => pair.reverse_count };

const COLUMNS = [COUNT, SOURCE, DESTINATION, DEFINITION, FIRST_SEEN, LAST_SEEN, EPISODES, REVERSE];
/** What a narrow terminal does without, the first first. */
const DISPENSABLE = [REVERSE, EPISODES, FIRST_SEEN, LAST_SEEN, DEFINITION];
const GAP = 2;
/** A host is rather cut than shown beside fewer columns, down to this. */
const LEAST_HOST = 20;

/**
 * The pairs as a table that fits `width` columns, without a line end after it: a narrow terminal gets fewer columns,
 * then shorter hosts. Text of logs is escaped. cli-table3 is handed in, since only a terminal pays for loading it.
 */
export function pairTable(
  TableClass: typeof Table,
  pairs: readonly PairSummary[],
  options: { readonly width: number },
): string {
  const texts = new Map(COLUMNS.map(column => [column, pairs.map(pair => cellOf(column, pair))]));
  const wished = new Map(
    COLUMNS.map(column => [
      column,
      Math.min(column.most ?? Infinity, Math.max(...[column.title, ...texts.get(column)!].map(textWidth))),
    ]),
  );
  const columns = fitting(wished, options.width);
  const widths = sharedWidths(columns, wished, options.width);
  const table = new TableClass({
    colAligns: columns.map(column => column.align ?? 'left'),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
  });
  const row = (cells: readonly string[]) => cells.map((cell, at) => clipText(cell, widths[at]!));
  table.push(row(columns.map(column => column.title)));
  for (let at = 0; at < pairs.length; at++) table.push(row(columns.map(column => texts.get(column)![at]!)));
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}

const LINE_PARTS =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid';
/** No lines but the spaces between columns: what is copied out of a terminal stays usable. */
const NO_LINES = Object.fromEntries(LINE_PARTS.split(' ').map(part => [part, '']));

function cellOf(column: Column, pair: PairSummary): string {
  return escapeForTerminal(String(column.of(pair)));
}

function isHostColumn(column: Column): boolean {
  return column === SOURCE || column === DESTINATION;
}

/** The columns that fit with hosts of a readable length. */
function fitting(wished: ReadonlyMap<Column, number>, width: number): Column[] {
  let columns = [...COLUMNS];
  const least = (column: Column) =>
    isHostColumn(column) ? Math.min(LEAST_HOST, wished.get(column)!) : wished.get(column)!;
  for (const column of DISPENSABLE) {
    const sum = columns.reduce((total, each) => total + least(each), GAP * (columns.length - 1));
    if (sum <= width) break;
    columns = columns.filter(each => each !== column);
  }
  return columns;
}

/** The width of each column: what the hosts cannot have of what they wish, they share. */
function sharedWidths(columns: readonly Column[], wished: ReadonlyMap<Column, number>, width: number): number[] {
  const others = columns.filter(column => !isHostColumn(column));
  const taken = others.reduce((sum, column) => sum + wished.get(column)!, GAP * (columns.length - 1));
  const room = Math.max(2, width - taken);
  const [source, destination] = [wished.get(SOURCE)!, wished.get(DESTINATION)!];
  const forSource = Math.min(source, Math.max(Math.floor(room / 2), room - destination));
  const hosts = new Map([
    [SOURCE, forSource],
    [DESTINATION, Math.min(destination, room - forSource)],
  ]);
  return columns.map(column => hosts.get(column) ?? wished.get(column)!);
}

/** To the minute; `Z` stays where the zone is known. */
function shortTime(time: string | undefined): string {
  const match = /^(.+)T(\d\d:\d\d)[^Z]*(Z?)$/.exec(time ?? '');
  return match === null ? '' : `${match[1]} ${match[2]}${match[3]}`;
}
