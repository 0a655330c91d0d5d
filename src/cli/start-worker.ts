import type { Share, ShareResult } from '../../pipelines/shares.js';
import { sweepFirst } from '../../pipelines/sweep-first.js';
import { buffersOf, serveTasks } from '../index.js';
import { loadBundle } from './load-bundle.js';
import type { WorkSetup } from './work.js';

/** The file of a worker thread. What sweeps is in it; the bundle, which reads, takes 25 ms to load. */
void serveTasks<WorkSetup, Share, ShareResult>(
  async setup => sweepFirst(setup.sweep, setup.jobs, () => loadBundle().openWork(setup)),
  reply => {
    if (reply.kind === 'swept')
      return [reply.swept.bytes.buffer, reply.swept.starts.buffer, reply.swept.offsets.buffer];
    return 'ledger' in reply ? buffersOf(reply.ledger) : [];
  },
);
