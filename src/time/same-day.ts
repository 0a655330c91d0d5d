import { type LocalText, readLocalText } from './local-text.js';

/**
 * Reads local times of which one after the other is of the same day: `04/03/2011 11:05:00`, `3/4/2011 1:05:00 PM`. Where
 * the date is spelt as in the text before, only the time is read. The same answers as `readLocalText`.
 */
export class SameDay {
  /** What `secondOfDay` found a time of: the same object as long as the date stays. */
  date: LocalText | undefined;
  #spelt = new Uint8Array(0);
  readonly #codes = new Uint8Array(LONGEST);

  /** The second of the day when the text is a plain time of the day that was `learn`ed; -1 otherwise. */
  secondOfDay(text: string): number {
    const { length } = text;
    if (length > LONGEST) return -1;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return -1;
      this.#codes[at] = code;
    }
    return this.secondOfDayIn(this.#codes, 0, length);
  }

  /** The same of ASCII in `bytes[from, to)`. */
  secondOfDayIn(bytes: Uint8Array, from: number, to: number): number {
    const spelt = this.#spelt;
    let at = from + spelt.length;
    // The shortest time is `1:05:00`.
    if (at === from || to - at < 8 || bytes[at] !== SPACE) return -1;
    for (let k = 0; k < spelt.length; k++) if (bytes[from + k] !== spelt[k]) return -1;
    at += 1;
    let hour = digit(bytes, at);
    at += 1;
    if (digit(bytes, at) >= 0) {
      hour = hour < 0 ? -1 : hour * 10 + digit(bytes, at);
      at += 1;
    }
    if (to < at + 6 || hour < 0 || hour > 23 || bytes[at] !== COLON || bytes[at + 3] !== COLON) return -1;
    const minute = twoDigits(bytes, at + 1);
    const second = twoDigits(bytes, at + 4);
    if (minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    at += 6;
    if (at < to) {
      const letter = bytes[at + 1]!;
      if (to !== at + 3 || bytes[at] !== SPACE || bytes[at + 2] !== LETTER_M) return -1;
      if (letter === LETTER_A) {
        if (hour > 12) return -1;
        hour %= 12;
      } else if (letter === LETTER_P) {
        if (hour < 12) hour += 12;
      } else {
        return -1;
      }
    }
    return hour * 3600 + minute * 60 + second;
  }

  /** Reads any local time, and remembers how its date is spelt. */
  learn(text: string): LocalText | undefined {
    const local = readLocalText(text);
    if (local !== undefined) {
      const spelt = PLAIN_DATE.exec(text);
      this.#spelt = Uint8Array.from(spelt?.[0] ?? '', digitOrMark => digitOrMark.charCodeAt(0));
      this.date = local;
    }
    return local;
  }
}

const PLAIN_DATE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?= )/;

/** Longer texts are no plain times. */
const LONGEST = 32;
const SPACE = 0x20;
const COLON = 0x3a;
const LETTER_A = 0x41;
const LETTER_M = 0x4d;
const LETTER_P = 0x50;

function digit(bytes: Uint8Array, at: number): number {
  const value = bytes[at]! - 0x30;
  return value >= 0 && value <= 9 ? value : -1;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = digit(bytes, at);
  const ones = digit(bytes, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}
