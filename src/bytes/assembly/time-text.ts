// Times as RFC 3339 writes them.

import { putDigits, putTwo } from './json-text';

/** A second before the year 10000, counted from 1601 on, without its zone. Gives the end of what it wrote. */
export function putSecond(out: usize, second: u64): usize {
  const ofDay = <u32>(second % 86_400);
  // Days from 0000-03-01 on, in eras of 400 years (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  const day = <u32>(second / 86_400) + 584_694;
  const era = day / 146_097;
  const ofEra = day - era * 146_097;
  const yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
  const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * ofYear + 2) / 153;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  out = putDigits(out, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
  store<u8>(out, 45);
  out = putTwo(out + 1, month);
  store<u8>(out, 45);
  out = putTwo(out + 1, ofYear - (153 * shifted + 2) / 5 + 1);
  store<u8>(out, 84); // T
  const minute = ofDay / 60;
  const hour = minute / 60;
  out = putTwo(out + 1, hour);
  store<u8>(out, 58);
  out = putTwo(out + 1, minute - hour * 60);
  store<u8>(out, 58);
  return putTwo(out + 1, ofDay - minute * 60);
}
