import type { InputReport, ReadItem, Warning } from '../../model/index.js';
import type { ByteSource, PeekableSource } from './byte-source.js';
import type { UnpackBudget, UnpackLimits } from './unpack-limits.js';
import type { Tell } from './unpack-source.js';

/** An input behind all its packing. */
export interface UnpackedInput {
  /** The input's own name; a member's is `archive.zip!inner/path.evtx`. Never to be opened: members name themselves. */
  readonly name: string;
  /** The bytes. A read throws `UnpackError` where the packing is damaged or a limit is passed. */
  readonly source: PeekableSource;
  /** What unpacking had to tell of it; whole once the source is read to its end. */
  readonly warnings: readonly Warning[];
  /** The SHA-256 of the bytes as stored (for a member: as they lie in the archive, unpacked); reads them to their end. */
  readonly sha256?: (() => Promise<string>) | undefined;
}

export interface UnpackOptions {
  readonly limits?: UnpackLimits | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Wraps what a hash is to be taken of. */
  readonly hashed?: ((source: ByteSource) => HashedSource) | undefined;
}

export interface HashedSource extends ByteSource {
  sha256(): Promise<string>;
}

/** What all layers of one input share. */
export interface Nest {
  readonly budget: UnpackBudget;
  readonly options: UnpackOptions;
  readonly visit: (input: UnpackedInput) => Promise<void>;
  readonly emit: (item: ReadItem) => void;
  /** Takes off what packing a layer still has and visits what is inside. */
  readonly unpackLayer: (layer: Layer) => Promise<void>;
}

export interface Layer extends UnpackedInput {
  /** 1: the input itself. */
  readonly depth: number;
  readonly warnings: Warning[];
}

export function tellInto(warnings: Warning[], input: string): Tell {
  return (code, message) => warnings.push({ type: 'warning', code, input, message });
}

/** Rejects an input or a member whole, with its report. */
export async function emitWhole(
  { name, sha256 }: Pick<UnpackedInput, 'name' | 'sha256'>,
  { emit }: Pick<Nest, 'emit'>,
  reason: 'form-not-read' | 'limit',
  detail: string,
  length: number,
): Promise<void> {
  const hash = sha256 === undefined ? undefined : await sha256().catch(() => undefined);
  emit({ type: 'reject', reason, detail, position: { input: name, offset: 0, length }, isEvent: false });
  emit({
    ...reportOf(name, 'unknown', length),
    rejects: 1,
    ...(hash === undefined ? {} : { sha256: hash }),
    isComplete: reason !== 'limit',
  });
}

/** The report of what holds no events itself. */
export function reportOf(path: string, format: string, bytes: number): InputReport {
  return {
    type: 'input',
    path,
    format,
    encoding: 'unknown',
    bytes,
    events: 0,
    unparsed: 0,
    malformed: 0,
    rejects: 0,
    withoutTime: 0,
    warnings: {},
    isComplete: true,
  };
}

/** What a `read-error` warning says. */
export function readErrorMessage(error: Error): string {
  return `reading stopped: ${error.message}. What was read before is in the result`;
}
