import type { EpisodeColumns } from '../model/index.js';
import { MOST_INSTANT_BYTES, putTime } from '../time/instant-text.js';

/** The episodes of a pair as JSON, without the brackets around them: bytes from numbers, with no object and no text between. */
export function writeEpisodes(episodes: EpisodeColumns): string {
  const { kept, firstMs, firstClocks, lastMs, lastClocks, counts } = episodes;
  if (room.length < kept * MOST_EPISODE_BYTES) room = Buffer.allocUnsafeSlow(kept * MOST_EPISODE_BYTES);
  const bytes = room;
  let at = 0;
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
  return bytes.toString('latin1', 0, at);
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const FIRST_START = bytesOf('{"start":"');
const START = bytesOf('},{"start":"');
const END = bytesOf('","end":"');
const COUNT = bytesOf('","count":');
const MOST_DIGITS = 10;
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
