import { PARSED_EVENT, PARSED_VALUES } from '../../bytes/window-memory.js';

// The fields of `assembly/event-parse.ts`, as indices of 32-bit words and of 64-bit numbers.
const EVENT = PARSED_EVENT >> 2;
export const EVENT_ID = EVENT;
export const QUALIFIERS = EVENT + 1;
export const LEVEL = EVENT + 2;
export const DIGITS = EVENT + 3;
export const EPOCH_MS = (PARSED_EVENT + 16) >> 3;
export const RECORD_ID = (PARSED_EVENT + 24) >> 3;
export const NANOS = EVENT + 8;
export const VALUE_COUNT = EVENT + 9;
export const BODY = EVENT + 10;
export const BODY_WITH_BINARY = 3;
export const UNNAMED = EVENT + 11;
export const PROVIDER = EVENT + 12;
export const CHANNEL = EVENT + 15;
export const COMPUTER = EVENT + 18;
export const MESSAGE = EVENT + 21;
export const CULTURE = EVENT + 24;
export const MESSAGE_HASH = EVENT + 27;
export const CONTENT = EVENT + 28;
export const SHAPE = EVENT + 29;
export const LEARNT = EVENT + 30;
export const VALUES = PARSED_VALUES >> 2;
