import { type LocalText, readLocalText } from './local-text.js';

/**
 * Reads local times of which one after the other is of the same day: `04/03/2011 11:05:00`, `3/4/2011 1:05:00 PM`. Where
 * the date is spelt as in the text before, only the time is read. The same answers as `readLocalText`.
 */
export class SameDay {
  /** What `secondOfDay` found a time of: the same object as long as the date stays. */
  date: LocalText | undefined;
  #spelt = '';

  /** The second of the day when the text is a plain time of the day that was `learn`ed; -1 otherwise. */
  secondOfDay(text: string): number {
    let at = this.#spelt.length;
    if (at === 0 || text.charCodeAt(at) !== SPACE || !text.startsWith(this.#spelt)) return -1;
    at += 1;
    let hour = digit(text, at);
    at += 1;
    if (digit(text, at) >= 0) {
      hour = hour < 0 ? -1 : hour * 10 + digit(text, at);
      at += 1;
    }
    if (hour < 0 || hour > 23 || text.charCodeAt(at) !== COLON || text.charCodeAt(at + 3) !== COLON) return -1;
    const minute = twoDigits(text, at + 1);
    const second = twoDigits(text, at + 4);
    if (minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    at += 6;
    if (at < text.length) {
      const letter = text.charCodeAt(at + 1);
      if (text.length !== at + 3 || text.charCodeAt(at) !== SPACE || text.charCodeAt(at + 2) !== LETTER_M) return -1;
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
      this.#spelt = spelt?.[0] ?? '';
      this.date = local;
    }
    return local;
  }
}

const PLAIN_DATE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?= )/;

const SPACE = 0x20;
const COLON = 0x3a;
const LETTER_A = 0x41;
const LETTER_M = 0x4d;
const LETTER_P = 0x50;

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : -1;
}

function twoDigits(text: string, at: number): number {
  const tens = digit(text, at);
  const ones = digit(text, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}
