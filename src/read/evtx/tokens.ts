/** Tokens ([MS-EVEN6] 2.2.12); MORE says that attributes or further parts follow. */
export const MORE = 0x40;
export const EOF = 0x00;
export const OPEN_START = 0x01;
export const CLOSE_START = 0x02;
export const CLOSE_EMPTY = 0x03;
export const END_ELEMENT = 0x04;
export const VALUE = 0x05;
export const ATTRIBUTE = 0x06;
export const CDATA = 0x07;
export const CHAR_REFERENCE = 0x08;
export const ENTITY_REFERENCE = 0x09;
export const PI_TARGET = 0x0a;
export const PI_DATA = 0x0b;
export const TEMPLATE = 0x0c;
export const SUBSTITUTION_TOKEN = 0x0d;
export const OPTIONAL_SUBSTITUTION = 0x0e;
export const START_OF_STREAM = 0x0f;
