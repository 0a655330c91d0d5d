import { type Leniencies, textContent } from './character-data.js';
import type { UnitText } from './unit-text.js';
import { AMPERSAND, CR, isSpace, LF, type Units } from './units.js';

/** Gathers the text of one element at a time; nearly always it is one piece, which is decoded once, when it is taken. */
export class ElementText {
  /** How deep the element stands whose text is gathered; 0 for none. */
  depth = 0;
  readonly #leniencies: Leniencies;
  #units: Units = new Uint8Array(0);
  #text: UnitText | undefined;
  /** The one raw piece, or -1. */
  #pieceFrom = -1;
  #pieceTo = -1;
  /** What several pieces made. */
  #gathered: string | undefined;
  /** The element's tag follows white space: someone printed the event prettily. */
  #isPretty = false;

  constructor(leniencies: Leniencies) {
    this.#leniencies = leniencies;
  }

  /** The next event begins. */
  reset(units: Units, text: UnitText): void {
    this.#units = units;
    this.#text = text;
    this.depth = 0;
    this.#pieceFrom = -1;
    this.#gathered = undefined;
  }

  /** An element begins whose text is wanted; what was gathered of the one around it is not. */
  begin(depth: number, isPretty: boolean): void {
    this.depth = depth;
    this.#isPretty = isPretty;
    this.#pieceFrom = -1;
    this.#gathered = undefined;
  }

  /** The text in [from, to) belongs to the element. */
  add(from: number, to: number, isCdata: boolean): void {
    if (this.#pieceFrom < 0 && this.#gathered === undefined && !isCdata) {
      this.#pieceFrom = from;
      this.#pieceTo = to;
      return;
    }
    const before = this.#flush();
    const raw = this.#decode(from, to);
    this.#gathered = before + (isCdata ? raw.replace(/\r\n?/g, '\n') : textContent(raw, this.#leniencies));
  }

  /** The element ends: its text. */
  take(): string {
    this.depth = 0;
    const text = this.#flush();
    this.#gathered = undefined;
    return text;
  }

  /**
   * As `take`, but text that is only a raw line break and indentation is empty where the tag itself is indented:
   * pretty-printers write empty values so. Elsewhere a line break is a value, as in Windows Search 1003.
   */
  takeValue(): string {
    if (!this.#isPretty || this.#gathered !== undefined || this.#pieceFrom < 0) return this.take();
    let hasBreak = false;
    let at = this.#pieceFrom;
    for (; at < this.#pieceTo && isSpace(this.#units[at]); at++) {
      if (this.#units[at] === LF || this.#units[at] === CR) hasBreak = true;
    }
    if (at < this.#pieceTo || !hasBreak) return this.take();
    this.depth = 0;
    this.#pieceFrom = -1;
    return '';
  }

  #flush(): string {
    if (this.#pieceFrom < 0) return this.#gathered ?? '';
    const units = this.#units;
    const from = this.#pieceFrom;
    const to = this.#pieceTo;
    this.#pieceFrom = -1;
    let isPlain = true;
    for (let at = from; at < to && isPlain; at++) isPlain = units[at] !== AMPERSAND && units[at] !== CR;
    const raw = this.#decode(from, to);
    return isPlain ? raw : textContent(raw, this.#leniencies);
  }

  #decode(from: number, to: number): string {
    return this.#text!.decode(this.#units, from, to);
  }
}
