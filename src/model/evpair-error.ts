import type { Position } from './position.js';

/**
 * - `ERR_USAGE`: an option or a call that cannot be meant
 * - `ERR_DEFINITION`: a pair definition that does not hold together
 * - `ERR_CATALOGUE`: a template file that cannot be read
 * - `ERR_INPUT`: an input that cannot be opened or read on
 * - `ERR_PARTIAL`: partial ledgers that must not be merged
 * - `ERR_STATE`: a state file that does not fit
 * - `ERR_OUTPUT`: an output that cannot be written
 * - `ERR_INTERNAL`: a broken promise of evpair's own
 */
export type EvpairErrorCode =
  | 'ERR_USAGE'
  | 'ERR_DEFINITION'
  | 'ERR_CATALOGUE'
  | 'ERR_INPUT'
  | 'ERR_PARTIAL'
  | 'ERR_STATE'
  | 'ERR_OUTPUT'
  | 'ERR_INTERNAL';

/** The one error class. Bad data never throws it (that is a `Reject`); misuse and failing I/O do. */
export class EvpairError extends Error {
  readonly code: EvpairErrorCode;
  /** What to do next, as one sentence. */
  readonly hint: string | undefined;
  readonly position: Partial<Position> | undefined;

  constructor(
    code: EvpairErrorCode,
    message: string,
    options: { hint?: string; position?: Partial<Position>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EvpairError';
    this.code = code;
    this.hint = options.hint;
    this.position = options.position;
  }
}
