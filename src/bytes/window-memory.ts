import type { GrowableMemory } from './byte-window.js';

/** The memory that a window should stand on here. */
export function createWindowMemory(): GrowableMemory | undefined {
  return undefined;
}
