import type Table from 'cli-table3';
import type { PairSummary } from '../model/index.js';
import { escapeForTerminal } from './terminal-text.js';

/** Makes the table's rows; cli-table3 is handed in, since only a terminal pays for loading it. */
export function pairTable(
  TableClass: typeof Table,
  pairs: readonly PairSummary[],
  options: { readonly width: number },
): string {
  const table = new TableClass({
    head: ['count', 'source', '→ destination', 'definition', 'first seen', 'last seen', 'episodes', 'reverse'],
    colAligns: ['right', 'left', 'left', 'left', 'left', 'left', 'right', 'right'],
    style: { head: [], border: [], compact: true },
    chars: PLAIN,
  });
  const room = Math.max(12, Math.floor((options.width - 78) / 2));
  for (const pair of pairs) {
    table.push([
      pair.count,
      clipped(pair.source.host, room),
      clipped(pair.self === true ? `${pair.destination.host} (itself)` : pair.destination.host, room),
      clipped(pair.definition, 26),
      shortTime(pair.first_seen),
      shortTime(pair.last_seen),
      pair.episodes_total,
      pair.reverse_count,
    ]);
  }
  return table.toString();
}

/** No lines but the spaces between columns: what is copied out of a terminal stays usable. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

function clipped(text: string, room: number): string {
  const safe = escapeForTerminal(text);
  return safe.length <= room ? safe : `${safe.slice(0, room - 1)}…`;
}

function shortTime(time: string | undefined): string {
  return time === undefined ? '' : time.slice(0, 16).replace('T', ' ');
}
