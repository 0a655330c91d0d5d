import * as zlib from 'node:zlib';

/**
 * The CRC-32 of gzip and zip (RFC 1952 section 8), eight bytes a step. Node has its own since 20.15: ten times as fast,
 * but loading it takes as long as the first 32 KiB do here, while this loop is not compiled yet.
 */
export class Crc32 {
  #crc = ~0;

  update(bytes: Uint8Array): void {
    summed += bytes.length;
    if (summed > WORTH_LOADING && typeof zlib.crc32 === 'function') {
      this.#crc = ~zlib.crc32(bytes, this.value);
      return;
    }
    tables ??= makeTables();
    const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
    const whole = bytes.length - (bytes.length % 8);
    let crc = this.#crc;
    let at = 0;
    for (; at < whole; at += 8) {
      crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      crc =
        t7![crc & 0xff]! ^
        t6![(crc >>> 8) & 0xff]! ^
        t5![(crc >>> 16) & 0xff]! ^
        t4![crc >>> 24]! ^
        t3![bytes[at + 4]!]! ^
        t2![bytes[at + 5]!]! ^
        t1![bytes[at + 6]!]! ^
        t0![bytes[at + 7]!]!;
    }
    for (; at < bytes.length; at++) crc = t0![(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
    this.#crc = crc;
  }

  /** The checksum of all bytes so far, as an unsigned number. */
  get value(): number {
    return ~this.#crc >>> 0;
  }
}

/** How many bytes were summed in this process. */
let summed = 0;
const WORTH_LOADING = 32 * 1024;

/** Made at the first need. */
let tables: readonly Int32Array[] | undefined;

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0]![byte] = crc;
  }
  for (let step = 1; step < 8; step++) {
    for (let byte = 0; byte < 256; byte++) {
      const crc = tables[step - 1]![byte]!;
      tables[step]![byte] = (crc >>> 8) ^ tables[0]![crc & 0xff]!;
    }
  }
  return tables;
}
