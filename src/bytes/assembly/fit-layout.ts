// Where things stand in the memory of message-fit.ts, as ../../messages/verbatim.ts knows it: past the module's constants.

/** How many readings the only one that fits has. */
export const READINGS: usize = 1000;
/** How many texts the last search found. */
export const LISTED: usize = 1004;
/** Something of what was fetched early, so that it is fetched. */
export const FETCHED: usize = 1008;
/** Of the template that fits: how many inserts it has, and the highest number in the upper half. */
export const SHAPE: usize = 1012;
/**
 * For each insert where its value starts and ends, in 16 bits each, and its number; then places of literals, then their
 * rightmost places: 1024 bytes each.
 */
export const OUT: usize = 1024;
/** Readings being counted: places and ways, this round's and the next's, up to 1024 words each. */
export const PLACES_A: usize = 4096;
export const PLACES_B: usize = 8192;
export const WAYS_A: usize = 12_288;
export const WAYS_B: usize = 16_384;
/** Up to 8192 units and what is read past them; what stands before is not text. */
export const MESSAGE: usize = 20_544;
/** The message folded, likewise. */
export const FOLDED: usize = 37_056;
/** The message with LF for CRLF and CR, likewise, if it has any. */
export const LINES: usize = 53_632;
/** For each CRLF where its LF stands in LINES, in units: 16 bits each. */
export const PAIRS: usize = 70_144;
/** The seats that grams of the message have taken, a byte each, and how many there are. */
export const SEATS: usize = 78_336;
export const SEAT_COUNT: usize = 1024;
/** Hashes of grams that may be filed: two for each unit, and one more. */
export const HASHES: usize = 79_360;
/** Templates and gram tables, wherever the host lays them. */
export const HEAP: usize = 145_408;

/** An index over the literals of texts, in bytes from its address. */
export const FOLDS: usize = 0;
export const BITS: usize = 4;
export const BITS_MASK: usize = 8;
export const SLOTS: usize = 12;
export const SLOTS_MASK: usize = 16;
export const POSTINGS: usize = 20;
/** For each text its row, or 0. */
export const ROWS: usize = 24;
/** Where texts are listed, and how many there is room for. */
export const LIST: usize = 28;
export const LIST_LIMIT: usize = 32;
