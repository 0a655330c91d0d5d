import type { EpisodeColumns, PairSummary } from '../model/index.js';
import { MOST_INSTANT_BYTES, putTime } from '../time/instant-text.js';

/**
 * A pair line with its line end, the episodes in place of those of the summary, which has none: their bytes come from
 * numbers, with no object and no text between, since texts of ten kilobytes a pair keep the garbage collector busy. The
 * bytes are written over by the next call.
 */
export function pairLine(pair: PairSummary, episodes: EpisodeColumns): Uint8Array {
  const line = JSON.stringify(pair);
  const most = line.length * MOST_BYTES_A_UNIT + episodes.kept * MOST_EPISODE_BYTES + 1;
  if (room.length < most) room = Buffer.allocUnsafeSlow(most);
  // Inside a string the quotes would be escaped.
  const place = line.indexOf(NO_EPISODES) + NO_EPISODES.length - 1;
  let at = room.write(line.slice(0, place));
  at = putEpisodes(room, at, episodes);
  at += room.write(line.slice(place), at);
  room[at++] = LINE_FEED;
  return room.subarray(0, at);
}

/** The episodes as JSON, without the brackets around them. @returns the place past them. */
function putEpisodes(bytes: Uint8Array, from: number, episodes: EpisodeColumns): number {
  const { kept, firstMs, firstClocks, lastMs, lastClocks, counts } = episodes;
  if (kept === 0) return from;
  let at = from;
  for (let place = 0; place < kept; place++) {
    const head = place === 0 ? FIRST_START : START;
    bytes.set(head, at);
    const start = at + head.length;
    const startEnd = putTime(bytes, start, firstMs[place]!, firstClocks[place]!);
    bytes.set(END, startEnd);
    const end = startEnd + END.length;
    if (firstMs[place] === lastMs[place] && firstClocks[place] === lastClocks[place]) {
      bytes.copyWithin(end, start, startEnd);
      at = end + startEnd - start;
    } else {
      at = putTime(bytes, end, lastMs[place]!, lastClocks[place]!);
    }
    bytes.set(COUNT, at);
    at = putNumber(bytes, at + COUNT.length, counts[place]!);
  }
  bytes[at++] = 0x7d; // the closing brace
  return at;
}

const NO_EPISODES = '"episodes":[]';
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const FIRST_START = bytesOf('{"start":"');
const START = bytesOf('},{"start":"');
const END = bytesOf('","end":"');
const COUNT = bytesOf('","count":');
const MOST_DIGITS = 10;
const LINE_FEED = 0x0a;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;
const MOST_EPISODE_BYTES = START.length + END.length + COUNT.length + 2 * MOST_INSTANT_BYTES + MOST_DIGITS + 1;
let room = Buffer.alloc(0);

/** A number of 32 bits. */
function putNumber(bytes: Uint8Array, from: number, number: number): number {
  let end = from + 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
  for (let at = end - 1, rest = number; at >= from; at--) {
    const tens = Math.floor(rest / 10);
    bytes[at] = 0x30 + rest - tens * 10;
    rest = tens;
  }
  return end;
}
