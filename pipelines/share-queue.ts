import type { Threads } from '../src/index.js';
import type { Plan, Step } from './plan-shares.js';
import type { Share, ShareResult } from './shares.js';

interface Queued {
  readonly share: Share;
  /** Undefined until someone reads it. */
  result?: Promise<ShareResult>;
}

/**
 * The shares of a plan in their order. Threads read ahead; who takes the results in turn reads too what none of them has
 * begun, and ahead while it would have to wait, so that of two jobs one is this thread. So that the two seldom meet, the
 * threads take what comes last first.
 */
export class ShareQueue {
  readonly #shares: Iterator<Share>;
  readonly #threads: Threads<Share, ShareResult>;
  /** Reads a share in this thread, ahead of its turn. */
  readonly #readAhead: (share: Share) => Promise<ShareResult>;
  readonly #most: number;
  /** From the next one in turn on. */
  readonly #ahead: Queued[] = [];

  constructor(plan: Plan, threads: Threads<Share, ShareResult>, readAhead: (share: Share) => Promise<ShareResult>) {
    this.#shares = sharesOf(plan.steps);
    this.#threads = threads;
    this.#readAhead = readAhead;
    this.#most = plan.count * SHARES_AHEAD;
    this.#look();
  }

  /** The result of the next share in turn. What is unread is for the caller. */
  async next(): Promise<ShareResult> {
    await turn();
    const first = this.#ahead.shift();
    this.#look();
    this.#feed();
    if (first?.result === undefined) return { kind: 'unread' };
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    first.result.then(done, done);
    for (;;) {
      await turn();
      const waiting = isDone ? undefined : this.#ahead.find(({ result }) => result === undefined);
      if (waiting === undefined) return first.result;
      await begin(waiting, this.#readAhead(waiting.share)).catch(() => undefined);
    }
  }

  /** Passes over the next share in turn, which was read already. */
  skip(): void {
    this.#ahead.shift();
    this.#look();
    this.#feed();
  }

  #look(): void {
    while (this.#ahead.length < this.#most) {
      const share = this.#shares.next();
      if (share.done === true) return;
      this.#ahead.push({ share: share.value });
    }
  }

  /** Gives the threads what they have room for. */
  #feed(): void {
    for (let at = this.#ahead.length - 1; at >= 0 && this.#threads.room > 0; at--) {
      const queued = this.#ahead[at]!;
      if (queued.result !== undefined) continue;
      const feed = () => this.#feed();
      begin(queued, this.#threads.run(queued.share)).then(feed, feed);
    }
  }
}

function begin(queued: Queued, result: Promise<ShareResult>): Promise<ShareResult> {
  queued.result = result;
  // An error is thrown in its turn.
  result.catch(() => undefined);
  return result;
}

/** Lets answers in that are there already, and so gives those who gave them room. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** By job: how far may be read ahead of a share that takes long. */
const SHARES_AHEAD = 4;

function* sharesOf(steps: readonly Step[]): Generator<Share> {
  for (const step of steps) {
    if (step.kind === 'inputs') yield step;
    else if (step.kind === 'ranges') {
      for (const range of step.ranges) yield { kind: 'range', input: step.input, range };
    }
  }
}
