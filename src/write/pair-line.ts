import type { EpisodeColumns, PairSummary } from '../model/index.js';
import { spansOf } from '../time/episode-spans.js';
import { createEpisodeText, type EpisodeText } from './episode-text.js';

/**
 * A pair line with its line end, the episodes in place of those of the summary, which has none: their bytes come from
 * numbers, with no object and no text between, since texts of ten kilobytes a pair keep the garbage collector busy. The
 * bytes are written over by the next call.
 */
export function pairLine(pair: PairSummary, episodes: EpisodeColumns): Uint8Array {
  const spans = textOf(episodes);
  if (spans === undefined) return Buffer.from(`${JSON.stringify({ ...pair, episodes: spansOf(episodes) })}\n`);
  const line = JSON.stringify(pair);
  const most = line.length * MOST_BYTES_A_UNIT + spans.length + 1;
  if (room.length < most) room = Buffer.allocUnsafeSlow(most);
  // Inside a string the quotes would be escaped.
  const place = line.indexOf(NO_EPISODES) + NO_EPISODES.length - 1;
  let at = room.write(line.slice(0, place));
  room.set(spans, at);
  at += spans.length;
  at += room.write(line.slice(place), at);
  room[at++] = LINE_FEED;
  return room.subarray(0, at);
}

/** Undefined where they are best written as spans. */
function textOf(episodes: EpisodeColumns): Uint8Array | undefined {
  written += episodes.kept;
  if (written < FEW_EPISODES) return undefined;
  if (!isTried) {
    isTried = true;
    episodeText = createEpisodeText();
  }
  return episodeText?.text(episodes);
}

/** These are written before WebAssembly is compiled. */
const FEW_EPISODES = 512;
let written = 0;
const NO_EPISODES = '"episodes":[]';
const LINE_FEED = 0x0a;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;
let room = Buffer.alloc(0);
let isTried = false;
let episodeText: EpisodeText | undefined;
