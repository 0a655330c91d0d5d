import { NULL } from './bin-values.js';
import { DamagedRecord } from './binxml.js';

/** Where the values of one template instance stand in its chunk; reused from record to record. */
export class ValueFrame {
  count = 0;
  at = new Int32Array(64);
  size = new Int32Array(64);
  type = new Uint8Array(64);

  /**
   * Reads the table of values at `table`: their count, then size, type and a zero byte for each, then the values.
   * @returns where the values end. @throws DamagedRecord
   */
  load(chunk: Buffer, table: number, end: number): number {
    this.count = 0;
    if (table + 4 > end) throw new DamagedRecord('the values of the template are missing', table);
    const count = chunk.readUInt32LE(table);
    if (count > (end - table - 4) / 4) {
      throw new DamagedRecord(`${count} values were announced, more than the record has room for`, table);
    }
    if (count > this.at.length) this.#grow(count);
    let at = table + 4 + count * 4;
    for (let index = 0, entry = table + 4; index < count; index++, entry += 4) {
      const size = chunk[entry]! | (chunk[entry + 1]! << 8);
      if (at + size > end) throw new DamagedRecord(`value ${index} reaches past the end of the record`, entry);
      this.at[index] = at;
      this.size[index] = size;
      this.type[index] = chunk[entry + 2]!;
      at += size;
    }
    this.count = count;
    return at;
  }

  clear(): void {
    this.count = 0;
  }

  typeOf(index: number): number {
    return index < this.count ? this.type[index]! : NULL;
  }

  #grow(count: number): void {
    this.at = new Int32Array(count * 2);
    this.size = new Int32Array(count * 2);
    this.type = new Uint8Array(count * 2);
  }
}
