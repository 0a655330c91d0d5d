import { type ByteSource, PeekableSource } from './byte-source.js';
import { emitWhole, type Layer, type Nest, readErrorMessage, reportOf, tellInto } from './unpack-nest.js';
import { type PackedSource, type Tell, UnpackError } from './unpack-source.js';

/** Walks an archive from its first byte to its last and shows its members in that order. */
export type ArchiveReader = (packed: PackedSource, archive: ArchiveVisitor) => Promise<void>;

/** What an archive's reader does with what it finds. */
export interface ArchiveVisitor {
  /** Before each entry, folders and links included. @throws UnpackError `limit`. */
  countEntry(): void;
  /** A member that can be read. It may be left unread in part. `isUnpacking`: its source decompresses. */
  visit(name: string, source: ByteSource, facts: { readonly isUnpacking: boolean }): Promise<void>;
  /** A member that cannot be read; `length` is its packed length. */
  refuse(name: string, detail: string, length: number): Promise<void>;
  /** True when nobody wants more: a limit was passed, or the user ended it. */
  isStopped(): boolean;
  readonly tell: Tell;
}

/**
 * Reads an archive's members as inputs of their own. The archive itself gets a report only if it has no members or
 * there is something to tell of it.
 */
export async function readArchive(
  format: string,
  read: ArchiveReader,
  packed: PackedSource,
  layer: Layer,
  nest: Nest,
): Promise<void> {
  const names = new Map<string, number>();
  /** What the taker of items threw, which is no fault of the archive. */
  let thrown: { readonly error: unknown } | undefined;
  let trouble: Error | undefined;

  const nameOf = (member: string): string => {
    const name = `${layer.name}!${member}`;
    const seen = (names.get(name) ?? 0) + 1;
    names.set(name, seen);
    return seen === 1 ? name : `${name}#${seen}`;
  };
  const visitor: ArchiveVisitor = {
    tell: tellInto(layer.warnings, layer.name),
    countEntry: () => nest.budget.countEntry(),
    isStopped: () => nest.budget.isSpent || nest.options.signal?.aborted === true,
    async refuse(member, detail, length) {
      await emitWhole({ name: nameOf(member) }, nest, 'form-not-read', detail, length);
    },
    async visit(member, source, { isUnpacking }) {
      const limited = isUnpacking ? nest.budget.limited(source) : source;
      const hashed = nest.options.hashed?.(limited);
      const inner: Layer = {
        name: nameOf(member),
        source: new PeekableSource(hashed ?? limited),
        depth: layer.depth + 1,
        warnings: [],
        sha256: hashed && (() => hashed.sha256()),
      };
      try {
        await nest.unpackLayer(inner);
      } catch (error) {
        thrown = { error };
        throw error;
      }
    },
  };

  try {
    await read(packed, visitor);
    // What follows the last member still tells whether the layers outside are whole.
    if (!visitor.isStopped()) await packed.skip(Number.POSITIVE_INFINITY);
  } catch (error) {
    if (thrown !== undefined) throw thrown.error;
    trouble = error as Error;
  }
  if (nest.options.signal?.aborted === true) return;
  await tellOfArchive(names.size > 0 ? format : undefined, trouble, packed.offset, layer, nest);
}

/** `format`: undefined when the archive showed no member. */
async function tellOfArchive(
  format: string | undefined,
  trouble: Error | undefined,
  bytes: number,
  layer: Layer,
  { emit, budget }: Nest,
): Promise<void> {
  const isLimit = trouble instanceof UnpackError && trouble.reason === 'limit';
  const tell = tellInto(layer.warnings, layer.name);
  if (trouble !== undefined && !isLimit) tell('read-error', readErrorMessage(trouble));
  if (trouble === undefined && format === undefined && !budget.isSpent) {
    tell('empty-archive', 'the archive holds no files; make it again if it should hold exports');
  }
  if (isLimit) {
    emit({
      type: 'reject',
      reason: 'limit',
      detail: trouble.message,
      position: { input: layer.name, offset: bytes, length: 0 },
      isEvent: false,
    });
  }
  if (!isLimit && layer.warnings.length === 0) return;
  const sha256 = await layer.sha256?.().catch(() => undefined);
  const warnings: Record<string, number> = {};
  for (const warning of layer.warnings) {
    emit(warning);
    warnings[warning.code] = (warnings[warning.code] ?? 0) + 1;
  }
  emit({
    ...reportOf(layer.name, format ?? (trouble === undefined ? 'empty' : 'unknown'), bytes),
    rejects: isLimit ? 1 : 0,
    warnings,
    ...(sha256 === undefined ? {} : { sha256 }),
    isComplete: trouble === undefined,
  });
}
