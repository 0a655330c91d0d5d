// Times as RFC 3339 writes them.

import { putDigits } from './json-text';

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
  out = putDigits(out + 1, month, 2);
  store<u8>(out, 45);
  out = putDigits(out + 1, ofYear - (153 * shifted + 2) / 5 + 1, 2);
  store<u8>(out, 84); // T
  out = putDigits(out + 1, ofDay / 3600, 2);
  store<u8>(out, 58);
  out = putDigits(out + 1, (ofDay / 60) % 60, 2);
  store<u8>(out, 58);
  return putDigits(out + 1, ofDay % 60, 2);
}
