import {
  APOSTROPHE,
  BANG,
  CLOSE_BRACKET,
  CR,
  GREATER,
  HYPHEN,
  LESS,
  LF,
  QUESTION,
  QUOTE,
  SLASH,
  SPACE,
  standsAt,
  startsNameUnit,
  TAB,
  type Units,
} from './units.js';

/** Units that must lie ahead, short of the input's end, to tell what a token between events is. */
export const LOOKAHEAD = 40;

export const NO_TOKEN = -1;
export const NEED_MORE = -2;
export const COMMENT_AHEAD = -3;

/**
 * What may stand between events without a word: byte order marks, XML declarations, processing instructions, comments,
 * tags of any other element (roots, envelopes) and the limits of a CDATA section around an event, evtx_dump's
 * `Record N`, and the `- ` or `+ ` of a tree copied from a browser's view.
 * @returns the index past the token at `at`; NO_TOKEN when it is something else; NEED_MORE when its end is not there
 * yet; COMMENT_AHEAD at a comment.
 */
export function skipGapToken(
  units: Units,
  at: number,
  to: number,
  isWide: boolean,
  isLast: boolean,
  isInText: boolean,
): number {
  const unit = units[at]!;
  switch (unit) {
    case LESS:
      return skipMarkup(units, at, to, isLast);
    case CLOSE_BRACKET:
      return at + 3 <= to && standsAt(units, at, ']]>') ? at + 3 : NO_TOKEN;
    case HYPHEN:
    case 43: {
      if (isInText) return NO_TOKEN;
      let next = at + 1;
      while (next < to && next < at + 8 && isBlank(units[next]!)) next += 1;
      return next < to && units[next] === LESS ? next : NO_TOKEN;
    }
    case 82:
      return isInText ? NO_TOKEN : skipRecordLine(units, at, to);
    case 0xfeff:
      return at + 1;
    case 0xef:
      return !isWide && at + 3 <= to && units[at + 1] === 0xbb && units[at + 2] === 0xbf ? at + 3 : NO_TOKEN;
    default:
      // 8-bit line breaks among UTF-16, as a shell that appends writes them.
      return isWide && (unit === 0x0a0d || unit === 0x0a0a || unit === 0x0d0a) ? at + 1 : NO_TOKEN;
  }
}

function skipMarkup(units: Units, at: number, to: number, isLast: boolean): number {
  const next = units[at + 1];
  if (at + 1 >= to) return NO_TOKEN;
  if (next === BANG) {
    if (at + 4 <= to && standsAt(units, at, '<!--')) return COMMENT_AHEAD;
    return at + 9 <= to && standsAt(units, at, '<![CDATA[') ? at + 9 : NO_TOKEN;
  }
  if (next !== QUESTION && next !== SLASH && !startsNameUnit(next)) return NO_TOKEN;
  if (next === SLASH && !startsNameUnit(units[at + 2])) return NO_TOKEN;
  const end = Math.min(to, at + LONGEST_TAG);
  if (next === QUESTION && !standsAt(units, at, '<?xml')) return skipInstruction(units, at, end, isLast);
  let quote = 0;
  for (let i = at + 2; i < end; i++) {
    const unit = units[i]!;
    if (unit === LESS) return NO_TOKEN;
    if (quote !== 0) {
      if (unit === quote) quote = 0;
    } else if (next !== QUESTION && (unit === APOSTROPHE || unit === QUOTE)) quote = unit;
    else if (unit === GREATER && (next !== QUESTION || units[i - 1] === QUESTION)) return i + 1;
  }
  return isLast || end === at + LONGEST_TAG ? NO_TOKEN : NEED_MORE;
}

/** A processing instruction may hold what looks like an event. One without an end reaches no further than to the next. */
function skipInstruction(units: Units, at: number, end: number, isLast: boolean): number {
  for (let i = at + 2; i < end; i++) {
    if (units[i] === GREATER && units[i - 1] === QUESTION && i > at + 2) return i + 1;
    if (units[i] === QUESTION && units[i - 1] === LESS) return NO_TOKEN;
  }
  return isLast || end === at + LONGEST_TAG ? NO_TOKEN : NEED_MORE;
}

/** `Record N` stands before each event that evtx_dump writes. */
function skipRecordLine(units: Units, at: number, to: number): number {
  if (!standsAt(units, at, 'Record ')) return NO_TOKEN;
  let next = at + 'Record '.length;
  const digitsFrom = next;
  while (next < to && next < digitsFrom + 20 && units[next]! >= 48 && units[next]! <= 57) next += 1;
  if (next === digitsFrom) return NO_TOKEN;
  return next >= to || units[next] === LF || units[next] === CR ? Math.min(next, to) : NO_TOKEN;
}

function isBlank(unit: number): boolean {
  return unit === SPACE || unit === TAB || unit === 0xa0 || unit === 0xc2;
}

/** In units: what goes on longer without its end is no tag. */
const LONGEST_TAG = 65_536;
