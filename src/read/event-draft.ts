import type { EventRecord, Instant, Mutable, Position } from '../model/index.js';

/**
 * An event that is being read: its fields as they are found, in whatever order they stand, and the record they make. One
 * for all events of a reader, since most of them are dropped before they are whole.
 */
export class EventDraft {
  provider: string | undefined;
  /** The low 16 bits of what `identify` was given. */
  eventId: number | undefined;
  qualifiers: number | undefined;
  level: number | undefined;
  time: Instant | undefined;
  recordId: string | undefined;
  channel: string | undefined;
  computer: string | undefined;
  message: string | undefined;
  culture: string | undefined;
  /** Undefined until something that holds values is found. */
  insertions: string[] | undefined;
  #names: readonly (string | undefined)[] | undefined;
  #ownNames: (string | undefined)[] | undefined;

  /** The next event begins. */
  reset(): void {
    this.provider = undefined;
    this.eventId = undefined;
    this.qualifiers = undefined;
    this.level = undefined;
    this.time = undefined;
    this.recordId = undefined;
    this.channel = undefined;
    this.computer = undefined;
    this.message = undefined;
    this.culture = undefined;
    this.insertions = undefined;
    this.#names = undefined;
    this.#ownNames = undefined;
  }

  /** Takes what EventID holds. Some tools write the whole 32-bit identifier there: its high half are the qualifiers. */
  identify(identifier: number): void {
    this.eventId = identifier & 0xffff;
    if (identifier > 0xffff) this.qualifiers ??= Math.floor(identifier / 0x10000) & 0xffff;
  }

  /** Takes all values at once; the array of names may be that of other events too. */
  take(insertions: string[], names: readonly (string | undefined)[] | undefined): void {
    this.insertions = insertions;
    this.#names = names;
  }

  /** Adds a value, once there are `insertions`. */
  add(value: string, name: string | undefined): void {
    const insertions = this.insertions!;
    if (this.#ownNames === undefined && (name !== undefined || this.#names !== undefined)) {
      this.#ownNames = this.#names?.slice() ?? new Array<string | undefined>(insertions.length).fill(undefined);
      this.#names = this.#ownNames;
    }
    insertions.push(value);
    this.#ownNames?.push(name);
  }

  record(position: Position): EventRecord {
    const record: Mutable<EventRecord> = {
      type: 'event',
      provider: this.provider ?? '',
      eventId: this.eventId ?? 0,
      position,
    };
    if (this.channel !== undefined) record.channel = this.channel;
    if (this.computer !== undefined) record.computer = this.computer;
    if (this.recordId !== undefined) record.recordId = this.recordId;
    if (this.level !== undefined) record.level = this.level;
    if (this.qualifiers !== undefined) record.qualifiers = this.qualifiers;
    if (this.time !== undefined) record.time = this.time;
    if (this.insertions !== undefined) record.insertions = this.insertions;
    if (this.#names !== undefined) record.names = this.#names;
    if (this.message !== undefined) record.message = this.message;
    if (this.culture !== undefined) record.culture = this.culture;
    return record;
  }
}
