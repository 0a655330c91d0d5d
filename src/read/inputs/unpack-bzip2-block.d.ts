/** The part of unbzip2-stream 1.4.3 that is used: its decoder of one block. It has no types of its own. */
declare module 'unbzip2-stream/lib/bzip2.js' {
  /** Gives the next `count` bits as a number; `null` aligns to the next byte. */
  type Bits = (count: number | null) => number;

  const bzip2: {
    /** Reads a stream's header and sets up tables. @returns its level, 1 to 9. */
    header(bits: Bits): number;
    /**
     * Reads one block. @returns the stream's checksum so far, or null when it was the stream's end.
     * @throws on damage and wrong checksums.
     */
    decompress(
      bits: Bits,
      give: (byte: number) => void,
      scratch: Int32Array,
      scratchLength: number,
      streamChecksum: number,
    ): number | null;
  };
  export default bzip2;
}
