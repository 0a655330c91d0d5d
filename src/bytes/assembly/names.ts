// Names of elements and attributes: the first eight letters as a number, least significant first, and the rest of them.
// The module compares names as numbers; `key` reads them.

export const DATA: u64 = 0x61746144; // Data
export const BINARY: u64 = 0x7972616e6942; // Binary
export const COMPLEX_DATA: u64 = 0x4478656c706d6f43; // ComplexD
export const COMPLEX_DATA_2: u64 = 0x617461; // ata
export const LEVEL: u64 = 0x6c6576654c; // Level
export const EVENT_ID: u64 = 0x4449746e657645; // EventID
export const CHANNEL: u64 = 0x6c656e6e616843; // Channel
export const PROVIDER: u64 = 0x72656469766f7250; // Provider
export const COMPUTER: u64 = 0x72657475706d6f43; // Computer
export const TIME_CREATED: u64 = 0x61657243656d6954; // TimeCrea
export const TIME_CREATED_2: u64 = 0x646574; // ted
export const EVENT_RECORD_ID: u64 = 0x636552746e657645; // EventRec
export const EVENT_RECORD_ID_2: u64 = 0x444964726f; // ordID
export const MESSAGE: u64 = 0x6567617373654d; // Message
export const SYSTEM: u64 = 0x6d6574737953; // System
export const EVENT_DATA: u64 = 0x746144746e657645; // EventDat
export const EVENT_DATA_2: u64 = 0x61; // a
export const RENDERING_INFO: u64 = 0x6e697265646e6552; // Renderin
export const RENDERING_INFO_2: u64 = 0x6f666e4967; // gInfo
export const NAME: u64 = 0x656d614e; // Name
export const QUALIFIERS: u64 = 0x656966696c617551; // Qualifie
export const QUALIFIERS_2: u64 = 0x7372; // rs
export const SYSTEM_TIME: u64 = 0x69546d6574737953; // SystemTi
export const SYSTEM_TIME_2: u64 = 0x656d; // me
export const CULTURE: u64 = 0x657275746c7543; // Culture

export const DATA_NAME: u64 = 0x614e20617461443c; // <Data Na
export const DATA_NAME_2: u64 = 0x3d656d; // me=
export const DATA_TAG: u64 = 0x3e617461443c; // <Data>
export const DATA_END: u64 = 0x3e617461442f3c; // </Data>

/** The first eight of `length` units, as the numbers above hold them. */
// @ts-ignore: decorator
@inline
export function key<T>(at: usize, length: usize): u64 {
  const mask: u64 = length >= 8 ? <u64>-1 : ((<u64>1) << (<u64>length * 8)) - 1;
  if (sizeof<T>() == 1) return load<u64>(at) & mask;
  // Units beyond ASCII become 0xff or 0x80, which are in no name.
  return <u64>i64x2.extract_lane(i8x16.narrow_i16x8_u(v128.load(at), v128.load(at)), 0) & mask;
}
