// Whether the message may fit a template though it does not as it is.

import { deceives, indentEnd, isFirm, isSpace, mayHaveDropped, textEnd, textStart, trimmedEnd } from './message-text';
import {
  anchorOffset,
  anchorSize,
  find,
  GAVE_UP,
  IS_PLAIN,
  literalSize,
  literalStart,
  NOT_FOUND,
  openRow,
  stands,
  unitOf,
} from './template-row';

/** A word of so many units is not short. */
const LEAST_PIN: u32 = 6;

/**
 * Whether the message may fit a template though it does not as it is: if more was done to it. What is firm in the anchors of
 * all literals must stand in the message, one behind the other. What `fit` has found out is kept.
 */
export function mayFit(row: usize): bool {
  const head = load<u32>(row);
  if (((head >>> 8) & IS_PLAIN) == 0) return true;
  const last = head & 0xff;
  openRow(row, head);
  if (differsAtEnds(last)) return false;
  if (mayHaveDropped()) return true;
  const key = head >>> 24;
  if (key != 0 && find(load<u16>(row, 6), <usize>(key << 1), textStart, textEnd) == NOT_FOUND) return false;
  let at = textStart;
  for (let k: u32 = 0; k <= last; k++) {
    const own = anchorSize(k) >> 1;
    if (own == 0) continue;
    const anchor = literalStart(k) + (anchorOffset(k) >> 1);
    const isFirst = k == 0 && anchorOffset(0) == 0 && isFirm(unitOf(anchor));
    at = isFirst ? behindAnchor(textStart, anchor, anchor + own) : findAnchor(at, anchor, anchor + own);
    if (at == GAVE_UP) return true;
    if (at == NOT_FOUND) return false;
  }
  return true;
}

/** The template starts or ends with literals of which the message has other firm units there. */
function differsAtEnds(last: u32): bool {
  let at = indentEnd();
  const head = literalSize(0) >> 1;
  for (let unit: u32 = 0; unit < head && at < trimmedEnd && isFirm(unitOf(unit)); unit++) {
    if (load<u16>(at) != unitOf(unit)) return isFirm(load<u16>(at));
    at += 2;
  }
  const start = literalStart(last);
  let end = start + (literalSize(last) >> 1);
  while (end > start && isSpace(unitOf(end - 1))) end--;
  at = trimmedEnd;
  for (; end > start && at > textStart && isFirm(unitOf(end - 1)); end--) {
    at -= 2;
    if (load<u16>(at) != unitOf(end - 1)) return isFirm(load<u16>(at));
  }
  return false;
}

/** The address behind an anchor, of the first place that it may have; NOT_FOUND, or GAVE_UP. */
function findAnchor(from: usize, anchor: u32, end: u32): usize {
  const pin = pinOf(anchor, end);
  const size = <usize>((firmEnd(pin, end) - pin) << 1);
  if (size == 0) return from;
  let at = find(pin, size, from, textEnd);
  while (at > GAVE_UP) {
    const behind = standsBefore(from, at, anchor, pin) ? behindAnchor(at, pin, end) : NOT_FOUND;
    if (behind != NOT_FOUND) return behind;
    if (deceives(end - anchor)) return GAVE_UP;
    at = find(pin, size, at + 2, textEnd);
  }
  return at;
}

/** Where a word of the anchor starts that stands in few places: the first that is not short, else the longest. */
function pinOf(anchor: u32, end: u32): u32 {
  let pin = end;
  let longest: u32 = 0;
  let unit = anchor;
  while (unit < end && longest < LEAST_PIN) {
    while (unit < end && !isFirm(unitOf(unit))) unit++;
    const wordEnd = firmEnd(unit, end);
    if (wordEnd - unit > longest) {
      pin = unit;
      longest = wordEnd - unit;
    }
    unit = wordEnd;
  }
  return pin;
}

/** Whether what is firm in the anchor before `pin` stands in front of `at`, from `from` on. */
function standsBefore(from: usize, at: usize, anchor: u32, pin: u32): bool {
  let p = at;
  for (let unit = pin; unit > anchor; unit--) {
    const own = unitOf(unit - 1);
    if (!isFirm(own)) {
      while (p > from && !isFirm(load<u16>(p - 2))) p -= 2;
      continue;
    }
    if (p <= from || load<u16>(p - 2) != own) return false;
    p -= 2;
  }
  return true;
}

/** The address behind an anchor whose first firm unit stands at `at`; between its words the message has what is not firm. */
function behindAnchor(at: usize, anchor: u32, end: u32): usize {
  let unit = anchor;
  while (unit < end) {
    const wordEnd = firmEnd(unit, end);
    const size = <usize>((wordEnd - unit) << 1);
    at = firmFrom(at);
    if (at + size > textEnd || !stands(at, unit, size)) return NOT_FOUND;
    at += size;
    unit = wordEnd;
    while (unit < end && !isFirm(unitOf(unit))) unit++;
  }
  return at;
}

function firmFrom(at: usize): usize {
  while (at < textEnd && !isFirm(load<u16>(at))) at += 2;
  return at;
}

function firmEnd(unit: u32, end: u32): u32 {
  while (unit < end && isFirm(unitOf(unit))) unit++;
  return unit;
}
