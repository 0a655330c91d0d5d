import { EPISODE_TEXT_WASM } from '../bytes/generated/episode-text.js';
import { compileOnce, instantiate, PAGE_BYTES } from '../bytes/web-assembly.js';
import type { EpisodeColumns } from '../model/index.js';

/**
 * Writes episodes as the objects of a JSON array, without its brackets, in WebAssembly: a log of medium size has thirty
 * thousand, which are written before JavaScript is compiled for that. `text` gives undefined where it leaves them to
 * others: times before 1601 or after 9999, and more than 1,000 episodes. The bytes are written over by the next call.
 */
export interface EpisodeText {
  text(episodes: EpisodeColumns): Uint8Array | undefined;
}

/** Undefined where the machine's WebAssembly has no SIMD, or no memory to give. */
export function createEpisodeText(): EpisodeText | undefined {
  const made = instantiate<{ putEpisodes(count: number): number }>(episodeTextModule(), PAGES);
  if (made === undefined) return undefined;
  const { putEpisodes } = made.exports;
  const memory = made.memory.buffer;
  const bytes = new Uint8Array(memory);
  const firstMs = new Float64Array(memory, 4096, MOST);
  const lastMs = new Float64Array(memory, firstMs.byteOffset + firstMs.byteLength, MOST);
  const firstClocks = new Uint32Array(memory, lastMs.byteOffset + lastMs.byteLength, MOST);
  const lastClocks = new Uint32Array(memory, firstClocks.byteOffset + firstClocks.byteLength, MOST);
  const counts = new Uint32Array(memory, lastClocks.byteOffset + lastClocks.byteLength, MOST);
  const text = counts.byteOffset + counts.byteLength;
  return {
    text(episodes) {
      const { kept } = episodes;
      if (kept > MOST) return undefined;
      firstMs.set(episodes.firstMs.subarray(0, kept));
      lastMs.set(episodes.lastMs.subarray(0, kept));
      firstClocks.set(episodes.firstClocks.subarray(0, kept));
      lastClocks.set(episodes.lastClocks.subarray(0, kept));
      counts.set(episodes.counts.subarray(0, kept));
      const end = putEpisodes(kept);
      return end === 0 ? undefined : bytes.subarray(text, end);
    },
  };
}

// As `assembly/episode-text.ts` lays it out.
const MOST = 1000;
/** An episode takes 101 bytes at most: `,{"start":"` and so on, two times of 30 bytes and a count of ten digits. */
const PAGES = Math.ceil((32_096 + MOST * 104) / PAGE_BYTES);

const episodeTextModule = compileOnce(EPISODE_TEXT_WASM);
