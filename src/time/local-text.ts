/** The three numbers of a local date as written, before anyone knows which is the day. */
export interface DateNumbers {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** True when the first number has four digits, which settles year, month, day. */
  readonly isYearFirst: boolean;
  /** True when the third number has four digits. */
  readonly isYearLast: boolean;
  readonly separator: '.' | '/' | '-';
}

/** A local date and time as written. */
export interface LocalText extends DateNumbers {
  readonly secondOfDay: number;
  /** The digits of the second's fraction, 0 to 9 of them. */
  readonly fraction: string;
}

/**
 * Reads a date and a time as Windows writes them in the user's regional form: numbers apart by `.`, `/` or `-` (with
 * spaces in Czech and Hungarian), a 24-hour clock or a marker for the half of the day before or after the time, in many
 * languages. U+200E, U+200F and U+061C are dropped, every kind of space counts as a space, digits of other scripts as
 * digits. Linear in the text.
 * @returns undefined when the text is no such time.
 */
export function readLocalText(text: string): LocalText | undefined {
  const scan = new Scan(text);
  const date = readDate(scan);
  if (date === undefined) return undefined;
  const before = scan.word();
  const time = readTime(scan);
  if (time === undefined) return undefined;
  const after = scan.word();
  if (!scan.isAtEnd) return undefined;
  const hour = hourOfDay(time.hour, before, after);
  if (hour === undefined || time.minute > 59 || time.second > 59) return undefined;
  return { ...date, secondOfDay: hour * 3600 + time.minute * 60 + time.second, fraction: time.fraction };
}

/** Reads only the date at the start of a text. */
export function readDateNumbers(text: string): DateNumbers | undefined {
  return readDate(new Scan(text));
}

function readDate(scan: Scan): DateNumbers | undefined {
  scan.spaces();
  const first = scan.digits(4);
  const separator = scan.separator();
  const second = scan.digits(2);
  if (separator === undefined || scan.separator() !== separator) return undefined;
  const third = scan.digits(4);
  if (first === '' || second === '' || third === '' || first.length === 3 || third.length === 3) return undefined;
  const isYearFirst = first.length === 4;
  const isYearLast = third.length === 4;
  if (isYearFirst && isYearLast) return undefined;
  return { first: Number(first), second: Number(second), third: Number(third), isYearFirst, isYearLast, separator };
}

function readTime(
  scan: Scan,
): { readonly hour: number; readonly minute: number; readonly second: number; readonly fraction: string } | undefined {
  const hour = scan.digits(2);
  if (hour === '' || !scan.timeSeparator()) return undefined;
  const minute = scan.digits(2);
  if (minute === '') return undefined;
  if (!scan.timeSeparator()) return { hour: Number(hour), minute: Number(minute), second: 0, fraction: '' };
  const second = scan.digits(2);
  if (second === '') return undefined;
  return { hour: Number(hour), minute: Number(minute), second: Number(second), fraction: scan.fraction() };
}

/** The hour from 0 to 23; undefined when hour and markers do not fit together. */
function hourOfDay(hour: number, before: string, after: string): number | undefined {
  if (hour > 23) return undefined;
  const half = halfOfDay(before) ?? halfOfDay(after);
  if (half === undefined) return isIgnored(before) && isIgnored(after) ? hour : undefined;
  if (half === 'am') return hour > 12 ? undefined : hour % 12;
  return hour >= 12 ? hour : hour + 12;
}

/** Words beside a time that say nothing: Bulgarian and Russian "г." and "ч.", Thai "น.", French-Canadian "s", German "Uhr". */
const IGNORED_WORDS: ReadonlySet<string> = new Set(['', 'г', 'ч', 'гч', 'น', 's', 'uhr', 't']);

function isIgnored(word: string): boolean {
  return IGNORED_WORDS.has(word);
}

function halfOfDay(word: string): 'am' | 'pm' | undefined {
  return HALVES.get(word.startsWith('г') ? word.slice(1) : word);
}

/** Markers without dots and spaces, in lower case. Source: Windows regional formats (NLS s1159 and s2359), CLDR day periods. */
const HALVES: ReadonlyMap<string, 'am' | 'pm'> = new Map([
  ...half(
    'am',
    'am a vorm dop de sa öö fm vm πμ ص قظ ප.ව 上午 午前 凌晨 早上 오전 पूर्वाह्न पूर्व প্রাতঃ पूर्व ਸਵੇਰ सकाळ ก่อนเที่ยง',
  ),
  ...half('am', 'ante pd ap utro пре преподне дп صبح ሰዓት לפנהצ'),
  ...half('pm', 'pm p nachm odp du ch ös em nm μμ م بظ 下午 午後 晚上 오후 अपराह्न अपर অপরাহ্ন ਸ਼ਾਮ दुपार หลังเที่ยง'),
  ...half('pm', 'md ip popo попо пп عصر אחהצ'),
]);

function half(which: 'am' | 'pm', words: string): [string, 'am' | 'pm'][] {
  return words.split(' ').map(word => [word, which]);
}

/** A cursor over a normalised text. */
class Scan {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = isPlain(text) ? text : normalise(text);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  spaces(): void {
    while (this.#text.charCodeAt(this.#at) === 0x20) this.#at += 1;
  }

  /** Up to `most` digits; a longer run of them is none. */
  digits(most: number): string {
    const from = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#at - from > most ? '' : this.#text.slice(from, this.#at);
  }

  separator(): '.' | '/' | '-' | undefined {
    this.spaces();
    const char = this.#text[this.#at];
    if (char !== '.' && char !== '/' && char !== '-') return undefined;
    this.#at += 1;
    this.spaces();
    return char;
  }

  timeSeparator(): boolean {
    const start = this.#at;
    // Nearly always a bare colon.
    if (this.#text.charCodeAt(start) === 0x3a && isDigit(this.#text.charCodeAt(start + 1))) {
      this.#at += 1;
      return true;
    }
    this.spaces();
    for (const mark of TIME_SEPARATORS) {
      if (!this.#text.startsWith(mark, this.#at)) continue;
      this.#at += mark.length;
      this.spaces();
      if (isDigit(this.#text.charCodeAt(this.#at))) return true;
      break;
    }
    this.#at = start;
    return false;
  }

  /** The digits behind a decimal point that follows at once; at most nine are kept. */
  fraction(): string {
    const mark = this.#text[this.#at];
    if ((mark !== '.' && mark !== ',') || !isDigit(this.#text.charCodeAt(this.#at + 1))) return '';
    this.#at += 1;
    const from = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.slice(from, Math.min(this.#at, from + 9));
  }

  /** Everything up to the next digit or the end, in lower case, without spaces, dots and commas. */
  word(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
    if (this.#at - from > MAX_WORD) return '?';
    if (this.#at - from <= 1 && this.#text.charCodeAt(from) === 0x20) return '';
    return this.#text.slice(from, this.#at).replace(/[ .,]/g, '').toLowerCase();
  }
}

/** `h` and `min` are French-Canadian: "15 h 35 min 24 s". */
const TIME_SEPARATORS = [':', '.', 'h', 'min'];
const MAX_WORD = 32;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7e || code < 0x20) return false;
  }
  return true;
}

/** Decimal digits of the scripts in which Windows has regional formats, by their zero. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0e50, 0x0ed0, 0x0f20, 0x17e0, 0xff10];

function normalise(text: string): string {
  return text
    .replace(/[\u200e\u200f\u061c\ufeff]/g, '')
    .replace(/[\t\u00a0\u2000-\u200a\u202f\u3000]/g, ' ')
    .replace(/\p{Nd}/gu, digit => {
      const code = digit.codePointAt(0) ?? 0;
      const zero = ZEROS.find(each => code >= each && code < each + 10);
      return zero === undefined ? digit : String(code - zero);
    })
    .trimEnd();
}
