import { EvpairError, type InputSource, type MissingInput, type Reject, type Warning } from '../../src/index.js';
import type { Teller } from '../command.js';
import type { FileChange } from './file-print.js';

/**
 * Tells each thing once, although the end of an input is read again and again: rejects in the order of their places, and
 * those of an end that is only half written not before following ends.
 */
export class FollowTeller implements Teller {
  readonly #tell: Teller;
  readonly #known = new Set<string>();
  /** By the name in the position: the offset up to which rejects were told. */
  readonly #toldTo = new Map<string, number>();
  readonly #halfWritten = new Map<string, Reject>();
  #current = '';

  constructor(tell: Teller) {
    this.#tell = tell;
  }

  reject(reject: Reject): void {
    const { input, offset } = reject.position;
    if (reject.reason === 'truncated') {
      this.#halfWritten.set(this.#current, reject);
    } else if (offset > (this.#toldTo.get(input) ?? -1)) {
      this.#toldTo.set(input, offset);
      this.#tell.reject(reject);
    }
  }

  warning(warning: Warning): void {
    if (this.#isNew(`${warning.code} ${warning.input}`)) this.#tell.warning(warning);
  }

  failed(input: InputSource, error: unknown): void {
    if (this.#isNew(`failed ${input.name}`)) this.#tell.failed(input, error);
  }

  missing(missing: readonly MissingInput[]): void {
    for (const { name, reason } of missing) {
      this.failed({ name, path: name }, new EvpairError('ERR_INPUT', `${name}: ${reason}`));
    }
  }

  /** An input is read now; `change` is what became of it since it was read last, if it was. */
  readonly onRead = ({ name }: InputSource, change: FileChange | undefined, wasAppendOnly: boolean): void => {
    this.#current = name;
    this.#halfWritten.delete(name);
    this.#known.delete(`failed ${name}`);
    const warning = change === 'rewritten' && !wasAppendOnly ? undefined : warningOf(name, change);
    if (warning === undefined) return;
    this.#toldTo.delete(name);
    this.#tell.warning(warning);
  };

  /** Tells what waited for more to come. */
  close(): void {
    for (const reject of this.#halfWritten.values()) this.#tell.reject(reject);
    this.#halfWritten.clear();
  }

  #isNew(key: string): boolean {
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    return true;
  }
}

/** What there is to say of a change of a file that was not only appended to. */
export function warningOf(input: string, change: FileChange | undefined): Warning | undefined {
  const told = CHANGES[change ?? 'same'];
  return told && { type: 'warning', code: told.code, input, message: `${told.what}; ${ANEW}` };
}

const ANEW =
  'it is read from its start, and what was read of it before counts no more: name rotated files too if they are to count';

const CHANGES: Partial<Record<FileChange, { readonly code: string; readonly what: string }>> = {
  replaced: { code: 'input-replaced', what: 'another file has this name now (it was rotated or written anew)' },
  shrunk: { code: 'input-shrunk', what: 'the file is shorter than what was read of it (it was truncated)' },
  rewritten: { code: 'input-rewritten', what: 'what was read of the file was changed' },
};
