import type { Selection } from '../../model/index.js';
import type { TextUnits, Units } from './text-units.js';

/**
 * Tells from a row's raw source and ID fields that nobody wants it, before anything is decoded. It may let rows pass
 * that nobody wants (a quoted field with quotes in it, an ID that is no plain number); it never holds one back.
 */
export class WantedRows {
  readonly #text: TextUnits;
  readonly #quote: number;
  readonly #providers: readonly { readonly name: Uint16Array; readonly eventIds: readonly number[] | undefined }[];
  /** By length of the name: does any have it? */
  readonly #hasLength: Uint8Array;

  private constructor(text: TextUnits, selection: Selection) {
    this.#text = text;
    this.#quote = text.mark('"');
    this.#providers = selection.providers.flatMap(provider =>
      provider.names.map(name => ({
        name: Uint16Array.from(name, char => text.mark(char)),
        eventIds: provider.eventIds,
      })),
    );
    this.#hasLength = new Uint8Array(Math.max(0, ...this.#providers.map(({ name }) => name.length)) + 1);
    for (const { name } of this.#providers) this.#hasLength[name.length] = 1;
  }

  /** Undefined when the raw bytes cannot tell: a wanted name is not ASCII, so its bytes depend on the row's encoding. */
  static of(selection: Selection | undefined, text: TextUnits): WantedRows | undefined {
    if (selection === undefined) return undefined;
    const isAscii = selection.providers.every(({ names }) => names.every(name => /^[\x20-\x7e]*$/.test(name)));
    return isAscii ? new WantedRows(text, selection) : undefined;
  }

  /** False: surely unwanted. Source in `[sourceFrom, sourceTo)`, event ID in `[idFrom, idTo)`. */
  mayWant(units: Units, sourceFrom: number, sourceTo: number, idFrom: number, idTo: number): boolean {
    let from = sourceFrom;
    let to = sourceTo;
    if (units[from] === this.#quote && to > from) {
      from += 1;
      to -= 1;
      for (let at = from; at < to; at++) if (units[at] === this.#quote) return true;
    }
    if (this.#hasLength[to - from] !== 1) return false;
    let eventId = -1;
    for (const { name, eventIds } of this.#providers) {
      if (!equals(units, from, to, name)) continue;
      if (eventIds === undefined) return true;
      if (eventId === -1) eventId = this.#eventId(units, idFrom, idTo);
      if (eventId === -2 || eventIds.includes(eventId)) return true;
    }
    return false;
  }

  /** -2: no plain number. */
  #eventId(units: Units, idFrom: number, idTo: number): number {
    const isQuoted = idTo > idFrom && units[idFrom] === this.#quote;
    const from = isQuoted ? idFrom + 1 : idFrom;
    const to = isQuoted ? idTo - 1 : idTo;
    if (from >= to || to - from > 10) return -2;
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = this.#text.code(units[at]!) - 0x30;
      if (digit < 0 || digit > 9) return -2;
      value = value * 10 + digit;
    }
    return value % 65_536;
  }
}

function equals(units: Units, from: number, to: number, name: Uint16Array): boolean {
  if (to - from !== name.length) return false;
  for (let n = 0; n < name.length; n++) if (units[from + n] !== name[n]) return false;
  return true;
}
