/** A line between our own stages may hold one event of the greatest length, as JSON with every byte escaped. */
const MAX_LINE_BYTES = 128 * 1024 * 1024;

/**
 * Hands on each line of NDJSON that our own commands wrote. split2 is right for this and not for hostile exports: it
 * holds an unfinished line whole, so its `maxLength` stands before it. A byte order mark before the first line is dropped.
 * @throws when a line passes 128 MiB, the source fails, or `onLine` throws.
 */
export async function forEachLine(chunks: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const { Readable, Writable } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  const { default: split2 } = await import('split2');
  let isFirst = true;
  const sink = new Writable({
    objectMode: true,
    write(line: string, _encoding, done) {
      try {
        onLine(isFirst && line.startsWith('\ufeff') ? line.slice(1) : line);
        isFirst = false;
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  await pipeline(Readable.from(chunks, { objectMode: true }), split2({ maxLength: MAX_LINE_BYTES }), sink);
}
