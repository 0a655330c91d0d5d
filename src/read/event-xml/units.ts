/** An event's text as code units: bytes of an 8-bit encoding, or UTF-16 units in the machine's order. */
export type Units = Uint8Array | Uint16Array;

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const BANG = 33;
export const QUOTE = 34;
export const AMPERSAND = 38;
export const APOSTROPHE = 39;
export const HYPHEN = 45;
export const SLASH = 47;
export const COLON = 58;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const CLOSE_BRACKET = 93;
export const UPPER_E = 69;

/** White space of XML. */
export function isSpace(unit: number | undefined): boolean {
  return unit === SPACE || unit === LF || unit === CR || unit === TAB;
}

/** What may follow `<Event` so that it is that tag and not `<EventData`: white space, `>` or `/`. */
export function endsName(unit: number | undefined): boolean {
  return unit === GREATER || unit === SLASH || isSpace(unit);
}

/** True when `text` (ASCII) stands at `at`. Reading past the array's end is no match. */
export function standsAt(units: Units, at: number, text: string): boolean {
  for (let k = 0; k < text.length; k++) if (units[at + k] !== text.charCodeAt(k)) return false;
  return true;
}

/** May begin an XML name. Everything beyond ASCII may: the code points are not known yet in an 8-bit encoding. */
export function startsNameUnit(unit: number | undefined): boolean {
  if (unit === undefined) return false;
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 95 || unit === 58 || unit >= 128;
}

/** May stand in an XML name. */
export function isNameUnit(unit: number | undefined): boolean {
  if (unit === undefined) return false;
  return startsNameUnit(unit) || (unit >= 48 && unit <= 57) || unit === HYPHEN || unit === 46;
}
