// What lies in the window's memory below BASE. `../window-memory.ts` names the same places.

/** What `scan` found, as 32-bit numbers: where it stopped, the candidate's start and end, how many were dropped. */
export const OUT: usize = 4096;

/** What `parse` found, see `event-parse.ts`. */
export const EVENT: usize = 4160;
/** What `rows8` is given and finds, see `csv-rows.ts`. */
export const ROW: usize = 4608;
/** Rows of more fields are left to the framer. */
export const ROW_FIELDS: u32 = 64;
/** Open elements: address of the name, its length in bytes, 32 bits each. */
export const STACK: usize = 6656;
/** Names of the attributes of one tag: address, length in bytes. */
export const ATTRIBUTES: usize = 7168;

/** For each length of a provider's name, in units, the address of its first entry, 16 bits each; 0: none. */
export const WANTED: usize = 8192;
// An entry: u16 address of the next, u16 count of event IDs (0xffff: any), the IDs as u16, the name's bytes.
export const WANTED_END: usize = 32_768;

/** Values of the parsed event: two text references each, of the text and of the name. */
export const VALUES: usize = 32_768;
export const VALUES_END: usize = 65_536;

/** The value cache: by slot a tag of 32 bits; the slots stand at CACHE. */
export const CACHE_TAGS: usize = 65_536;
export const CACHE_SLOTS: u32 = 16_384;
export const CACHE_TAGS_END: usize = CACHE_TAGS + <usize>CACHE_SLOTS * 4; // 131,072, below NOTES
export const CACHE_SLOT_BYTES: usize = 128;
export const LONGEST_CACHED: usize = 120;

/** What `walk` saw of an event's values, and what is known of the shapes of events: see `event-shape.ts`. */
export const NOTES: usize = 589_824;
export const NOTES_END: usize = NOTES + 24 * 160;
/** In an input of JSON these are the shapes that ../../read/event-json/json-shapes.ts lays out. */
export const SHAPES: usize = 598_016;
export const SHAPE_BYTES: usize = 8192;
export const SHAPES_END: usize = SHAPES + 64 * SHAPE_BYTES; // 1,122,304

/** Texts of floods: see `event-content.ts`. */
export const CONTENTS: usize = 1_122_304; // SHAPES_END
export const CONTENT_BYTES: usize = 4096;
export const CONTENT_SETS: u32 = 256; // of four
export const CONTENTS_END: usize = CONTENTS + 1024 * CONTENT_BYTES; // 5,316,608

/** A byte for each number of texts: 1 where somebody takes repeats of the event that has them. See `event-flood.ts`. */
export const TAKERS: usize = 5_316_608; // CONTENTS_END
/** Repeats on their way to JavaScript: how many, how many texts at NEW_TEXTS, then each. */
export const REPEATS: usize = TAKERS + 1024;
export const MOST_REPEATS: u32 = 512;
export const REPEATS_END: usize = REPEATS + 8 + MOST_REPEATS * 40; 
/** Heads of the texts of floods. */
export const CONTENT_HEADS: usize = 5_338_432; // past REPEATS_END
export const CONTENT_HEADS_END: usize = CONTENT_HEADS + 1024 * 24; // below LONG_HEADS

/** A word for each shape: of which texts JavaScript wants the numbers, see `event-flood.ts`. 0: it wants none. */
export const VARIED: usize = 5_363_008; // CONTENT_HEADS_END
export const VARIED_END: usize = VARIED + 64 * 4; // below LONG_HEADS

/** Long texts that were decoded: see `long-texts.ts`. */
export const LONG_SETS: u32 = 128; // of four
export const LONGEST_KEPT: usize = 4096;
export const LONG_HEADS: usize = 5_365_760;
/** Hashes of texts that came once. */
export const LONG_SEEN: usize = LONG_HEADS + 512 * 8; // 5,369,856
export const LONG_SEEN_COUNT: u32 = 4096;
export const LONG_TEXTS: usize = 5_386_240; // past LONG_SEEN
export const LONG_TEXTS_END: usize = LONG_TEXTS + 512 * LONGEST_KEPT; // 7,483,392

/** The numbers of each repeat's texts, at most 32 of 16 bits. */
export const NUMBERS: usize = 7_483_392; // LONG_TEXTS_END
export const NUMBERS_END: usize = NUMBERS + 512 * 64; // 7,516,160
/** The runs that `keep` kept, of 8 bytes each. Who keeps runs takes no repeats. */
export const RUNS: usize = 7_483_392; // NUMBERS
export const MOST_RUNS: u32 = 4096;

/** Slots: a word of its state, then the bytes of the value. */
export const CACHE: usize = 7_516_160; // NUMBERS_END
export const CACHE_END: usize = CACHE + <usize>CACHE_SLOTS * CACHE_SLOT_BYTES; // 9,613,312

/** Slots whose texts came with repeats, of 16 bits: at most all of them. */
export const NEW_TEXTS: usize = 9_613_312; // CACHE_END
export const NEW_TEXTS_END: usize = NEW_TEXTS + <usize>CACHE_SLOTS * 2; // 9,646,080: BASE of `../window-memory.ts`
