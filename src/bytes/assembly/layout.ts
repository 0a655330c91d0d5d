// What lies in the window's memory below BASE. `../event-scan.ts` writes and reads the same places.

/** What `scan` found, as 32-bit numbers: where it stopped, the candidate's start and end, how many were dropped. */
export const OUT: usize = 4096;
/** For each length of a provider's name, in units, the address of its first entry, 16 bits each; 0: none. */
export const WANTED: usize = 8192;
// An entry: u16 address of the next, u16 count of event IDs (0xffff: any), the IDs as u16, the name's bytes.
export const WANTED_END: usize = 32_768;
