import { EvpairError, type InputReport } from '../model/index.js';

/** An input, or a range of one, that rows of a ledger come from. */
export interface LedgerInput {
  readonly report: InputReport;
  /** The part of the input that was read: `all`, or `from-to` in bytes (an event belongs to the range it starts in). */
  readonly range: string;
  /** Recognised events with identity that were read from it, copies included. */
  readonly identified: number;
}

/** Which inputs a ledger knows, each (path, range) once. */
export class KnownInputs {
  readonly #byPath = new Map<string, LedgerInput[]>();

  /**
   * @returns false when the (path, range) is known already.
   * @throws EvpairError `ERR_PARTIAL` when it is known with another size, or overlaps another range of the path.
   */
  add(input: LedgerInput): boolean {
    const { path, bytes } = input.report;
    const known = this.#byPath.get(path);
    if (known === undefined) {
      this.#byPath.set(path, [input]);
      return true;
    }
    const same = known.find(other => other.range === input.range);
    if (same !== undefined) {
      if (same.report.bytes === bytes) return false;
      throw new EvpairError(
        'ERR_PARTIAL',
        `${path}: one part says it has ${same.report.bytes} bytes, another ${bytes}.`,
        { hint: APART },
      );
    }
    const overlapping = known.find(other => overlaps(other.range, input.range));
    if (overlapping !== undefined) {
      throw new EvpairError(
        'ERR_PARTIAL',
        `${path}: the ranges ${overlapping.range} and ${input.range} overlap, so events would count twice.`,
        { hint: APART },
      );
    }
    known.push(input);
    return true;
  }

  /** Puts the last counts of an input that is known. */
  replace(input: LedgerInput, by: LedgerInput): void {
    const known = this.#byPath.get(input.report.path)!;
    known[known.indexOf(input)] = by;
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** The inputs by path and place in it. */
  list(): LedgerInput[] {
    return [...this.#byPath.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, ranges]) => [...ranges].sort((a, b) => bounds(a.range)[0] - bounds(b.range)[0]));
  }
}

const APART = 'Read it again, or tell two inputs of one name apart with --input-root.';

/** The first byte of a range and the byte after its last. */
export function bounds(range: string): readonly [from: number, to: number] {
  const match = /^(\d+)-(\d+)$/.exec(range);
  return match === null ? [0, Infinity] : [Number(match[1]), Number(match[2])];
}

function overlaps(one: string, other: string): boolean {
  const [a, b] = [bounds(one), bounds(other)];
  return a[0] < b[1] && b[0] < a[1];
}
