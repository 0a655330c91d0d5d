// What lies in the memory of the module `evtx-records`. `../../read/evtx/fast-records.ts` names the same places; the wanted
// providers lie where `layout.ts` says.

/** What `run` found, as 32-bit numbers: where it stopped, how many records, the last of them, the lines' end, the steps. */
export const FOUND: usize = 4096;

/** The values of a record, and those of the fragment in it: address, size and type, 8 bytes each. */
export const VALUES: usize = 32_768;
export const INNER_VALUES: usize = 40_960;
export const MOST_VALUES: u32 = 1024;

/** The input's name as JSON. */
export const INPUT: usize = 49_152;

export const CHUNK: usize = 65_536;
/** By the offset of a template in the chunk, the address of its plan; 0: not looked at yet. */
export const PLAN_OF: usize = 131_584; // vectors read past the chunk's end
export const PLANS: usize = 393_728;
export const PLANS_END: usize = 655_872;
export const LINES: usize = 655_872; // PLANS_END
/** What is written a vector at a time may reach past it. */
export const LINES_END: usize = LINES + 1_048_576;
