// Writes episodes as JSON, from columns. ../../write/episode-text.ts fills these, and names the same places.

import { put, putNumber, putThree } from './json-text';
import { putSecond } from './time-text';

/** So many at a call. */
const MOST: usize = 1000;
const FIRST_MS: usize = 4096;
const LAST_MS: usize = FIRST_MS + MOST * 8;
const FIRST_CLOCKS: usize = LAST_MS + MOST * 8;
const LAST_CLOCKS: usize = FIRST_CLOCKS + MOST * 4;
const COUNTS: usize = LAST_CLOCKS + MOST * 4;
const TEXT: usize = COUNTS + MOST * 4; // 32,096

/** A comma in front of each but the first. Gives the text's end, or 0 where a time is not one of the years 1601 to 9999. */
export function putEpisodes(count: usize): usize {
  let out = TEXT;
  for (let at: usize = 0; at < count; at++) {
    const firstMs = load<f64>(FIRST_MS + at * 8);
    const lastMs = load<f64>(LAST_MS + at * 8);
    const firstClock = load<u32>(FIRST_CLOCKS + at * 4);
    const lastClock = load<u32>(LAST_CLOCKS + at * 4);
    if (!isWritable(firstMs) || !isWritable(lastMs)) return 0;
    const start = put(out, at == 0 ? '{"start":"' : ',{"start":"');
    const startEnd = putTime(start, firstMs, firstClock);
    const end = put(startEnd, '","end":"');
    if (firstMs == lastMs && firstClock == lastClock) {
      memory.copy(end, start, startEnd - start);
      out = end + (startEnd - start);
    } else {
      out = putTime(end, lastMs, lastClock);
    }
    out = putNumber(put(out, '","count":'), <u64>load<u32>(COUNTS + at * 4));
    store<u8>(out++, 125);
  }
  return out;
}

function isWritable(epochMs: f64): bool {
  return epochMs >= -MS_TO_1970 && epochMs < 253_402_300_800_000;
}

/** As `formatInstant` of ../../time/instant-text.ts. A clock is laid out as `packClock` of ../../time/clock.ts does. */
function putTime(out: usize, epochMs: f64, clock: u32): usize {
  const ms = <u64>(epochMs + MS_TO_1970);
  const second = ms / 1000;
  out = putSecond(out, second);
  const digits = (clock >> 20) & 15;
  if (digits > 0) {
    store<u8>(out, 46);
    const nanos = clock & 0xfffff;
    const micros = nanos / 1000;
    putThree(putThree(putThree(out + 1, <u32>(ms - second * 1000)), micros), nanos - micros * 1000);
    out += 1 + digits;
  }
  if (((clock >> 24) & 3) != ASSUMED) store<u8>(out++, 90); // Z
  return out;
}

const MS_TO_1970: f64 = 11_644_473_600_000;
const ASSUMED: u32 = 2;

/** Where the module's own constants end; they must not reach into the columns. */
export function constantsEnd(): usize {
  return __heap_base;
}
