/** Where bytes stand: the evidence pointer that lets a second analyst find them again. */
export interface Position {
  /** The input's path as given, relative to `--input-root` if that was given; `-` for standard input. */
  readonly input: string;
  /** 0-based byte offset in the decompressed input. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
}
