import { SCAN_WANTED, SCAN_WANTED_END } from './window-memory.js';

/**
 * Lays the wanted providers out at the start of a window's memory, as `assembly/wanted.ts` reads them: by name, the
 * wanted event IDs, or undefined for any. Names that are not plain ASCII, or longer than `MAX_WANTED_NAME`, are left
 * out. False when there is no room for all.
 */
export function writeWanted(bytes: Uint8Array, wanted: ReadonlyMap<string, ReadonlySet<number> | undefined>): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SCAN_WANTED_END);
  bytes.fill(0, SCAN_WANTED, SCAN_WANTED_END);
  let at = SCAN_WANTED + (MAX_WANTED_NAME + 1) * 2;
  for (const [name, eventIds] of wanted) {
    // Only plain names are compared; an event of any other is left to the parser.
    if (!/^[ -~]*$/.test(name) || name.length > MAX_WANTED_NAME) continue;
    const ids = eventIds === undefined ? [] : [...eventIds].filter(id => id >= 0 && id <= 0xffff);
    if (at + 6 + ids.length * 2 + name.length > SCAN_WANTED_END) return false;
    const head = SCAN_WANTED + name.length * 2;
    view.setUint16(at, view.getUint16(head, true), true);
    view.setUint16(at + 2, eventIds === undefined ? 0xffff : ids.length, true);
    for (const [k, id] of ids.entries()) view.setUint16(at + 4 + k * 2, id, true);
    const text = at + 4 + ids.length * 2;
    for (let k = 0; k < name.length; k++) bytes[text + k] = name.charCodeAt(k);
    view.setUint16(head, at, true);
    at = (text + name.length + 1) & ~1;
  }
  return true;
}

/** Longer names are left to the readers. */
export const MAX_WANTED_NAME = 255;
