import { EvpairError } from '../model/index.js';

/** The exit statuses, as `evpair --help` and the README tell them. */
export const EXIT = {
  done: 0,
  incomplete: 1,
  usage: 2,
  overThreshold: 3,
  refuted: 4,
  broken: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** What an error that ended the run means for the shell. */
export function exitStatusOf(error: unknown): number {
  if (!(error instanceof EvpairError)) return EXIT.broken;
  return error.code === 'ERR_OUTPUT' || error.code === 'ERR_INTERNAL' ? EXIT.broken : EXIT.usage;
}
