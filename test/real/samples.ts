import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const named = process.env.EVPAIR_REAL_SAMPLES;

/** The folder of real exports and logs, which lie beside the project where they are at hand. */
export const REAL = named ?? fileURLToPath(new URL('../../../shared/samples-real', import.meta.url));

/** Why tests over them are skipped; false where they are there. */
export const skip = existsSync(REAL) ? false : `no real samples in ${REAL}: EVPAIR_REAL_SAMPLES names their folder`;

if (skip !== false && named !== undefined) throw new Error(`EVPAIR_REAL_SAMPLES names ${named}, which is not there`);
