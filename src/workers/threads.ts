import { Worker } from 'node:worker_threads';
import { EvpairError, type EvpairErrorCode } from '../model/index.js';

/** Threads that run tasks, each one at a time. Tasks and replies are plain data. */
export interface Threads<Task, Reply> {
  /**
   * Runs a task as soon as a thread is free; a thread runs one at a time. Rejects with the error that the task threw, and
   * with `ERR_INTERNAL` when its thread died.
   */
  run(task: Task): Promise<Reply>;
  /** How many tasks they would take now without letting them wait for others; 0 once they were stopped. */
  readonly room: number;
  /** Asks the tasks that run to end early; they reply all the same. */
  stop(): void;
  /** Ends all threads, whatever they do. They take 10 ms to end, which nobody has to wait for. */
  close(): void;
}

export interface ThreadsOptions {
  /** The program of a thread; it calls `serveTasks`. */
  readonly file: string;
  /** So many; all are started at once, since each takes 0.05 s until it takes a task. */
  readonly count: number;
  /** What every thread is told before its first task. */
  readonly setup: unknown;
  /** One with this program that has been started already: it is the first of them. */
  readonly started?: StartedThread | undefined;
  readonly onProgress: (bytes: number) => void;
}

interface Waiting<Task, Reply> {
  readonly task: Task;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

type Message<Setup, Task> = { readonly setup: Setup } | { readonly task: Task } | { readonly isStop: true };

type Answer<Reply> =
  | { readonly type: 'progress'; readonly bytes: number }
  | { readonly type: 'reply'; readonly reply: Reply }
  | { readonly type: 'error'; readonly error: PackedError };

/** A thread has the next task at hand when it ends one. */
const TASKS_A_THREAD = 2;

/** A thread that waits for `openThreads`, or to be ended. */
export type StartedThread = Worker;

/** Starts a thread before it is known what for. */
export function startThread(file: string): StartedThread {
  const thread = openThread(file);
  // Whoever is about to give it work sees that it has ended, and says so.
  thread.on('error', () => undefined);
  return thread;
}

/**
 * Nothing is printed in a thread. Without these options Node opens this process's own output to pass on what a thread
 * prints, which makes a pipe one that may be full: each 64 KiB of output would wait for a timer.
 */
function openThread(file: string): Worker {
  return new Worker(file, { stdout: true, stderr: true });
}

/** Opens threads. */
export function openThreads<Task, Reply>(options: ThreadsOptions): Threads<Task, Reply> {
  const queue: Waiting<Task, Reply>[] = [];
  /** Each thread's tasks, in the order in which it answers. */
  const tasks = new Map<Worker, Waiting<Task, Reply>[]>();
  let running = 0;
  let isStopped = false;
  let isClosed = false;
  let failure: unknown;

  const assign = (): void => {
    while (queue.length > 0) {
      const [worker, own] = leastBusy(tasks) ?? [];
      if (worker === undefined || own === undefined || own.length >= TASKS_A_THREAD) return;
      const waiting = queue.shift()!;
      own.push(waiting);
      worker.postMessage({ task: waiting.task });
    }
  };

  const watch = (worker: Worker): void => {
    const settle = (how: (waiting: Waiting<Task, Reply>) => void) => {
      const waiting = tasks.get(worker)?.shift();
      running -= 1;
      if (waiting !== undefined) how(waiting);
      assign();
    };
    const die = (cause: unknown) => {
      if (isClosed || !tasks.has(worker)) return;
      failure = threadDied(cause);
      const lost = [...(tasks.get(worker) ?? []), ...queue.splice(0)];
      tasks.delete(worker);
      for (const each of lost) each.reject(failure);
    };
    worker.on('message', (answer: Answer<Reply>) => {
      if (answer.type === 'progress') options.onProgress(answer.bytes);
      else if (answer.type === 'reply') settle(waiting => waiting.resolve(answer.reply));
      else settle(waiting => waiting.reject(unpackError(answer.error)));
    });
    worker.on('messageerror', die);
    worker.on('error', die);
    worker.on('exit', code => die(new Error(`it ended with status ${code}`)));
  };

  for (let at = 0; at < options.count; at++) {
    const isStarted = at === 0 && options.started !== undefined && options.started.threadId !== ENDED;
    const worker = isStarted ? options.started : openThread(options.file);
    tasks.set(worker, []);
    watch(worker);
    worker.postMessage({ setup: options.setup });
  }
  return {
    get room() {
      return failure === undefined && !isStopped ? options.count * TASKS_A_THREAD - running : 0;
    },
    run(task) {
      return new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        running += 1;
        queue.push({ task, resolve, reject });
        assign();
      });
    },
    stop() {
      isStopped = true;
      for (const worker of tasks.keys()) worker.postMessage({ isStop: true });
    },
    close() {
      isClosed = true;
      for (const worker of tasks.keys()) void worker.terminate();
    },
  };
}

/** What Node calls a thread that has ended. */
const ENDED = -1;

function leastBusy<Key, Item>(lists: ReadonlyMap<Key, Item[]>): [Key, Item[]] | undefined {
  let best: [Key, Item[]] | undefined;
  for (const each of lists) if (best === undefined || each[1].length < best[1].length) best = each;
  return best;
}

/** What a thread's task is given beside the task. */
export interface TaskContext {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** Reports of progress are gathered up to so many bytes. */
const PROGRESS_BYTES = 8 << 20;

/** In a thread: runs `handle` for each task that comes. `open` makes it from what the threads were opened with. */
export async function serveTasks<Setup, Task, Reply>(
  open: (setup: Setup) => Promise<(task: Task, context: TaskContext) => Promise<Reply>>,
  buffersOf: (reply: Reply) => readonly ArrayBuffer[],
): Promise<void> {
  const { parentPort } = await import('node:worker_threads');
  if (parentPort === null) throw new EvpairError('ERR_INTERNAL', 'tasks are served in a thread only');
  const port = parentPort;
  const controller = new AbortController();
  let handler: ReturnType<typeof open> | undefined;
  let bytes = 0;
  const onProgress = (more: number) => {
    bytes += more;
    if (bytes < PROGRESS_BYTES) return;
    port.postMessage({ type: 'progress', bytes });
    bytes = 0;
  };
  let before: Promise<void> = Promise.resolve();
  port.on('message', (message: Message<Setup, Task>) => {
    if ('setup' in message) {
      handler = open(message.setup);
      handler.catch(() => undefined); // told at the first task
    } else if ('task' in message) {
      before = before.then(() => serve(message.task));
    } else {
      controller.abort();
    }
  });
  const serve = async (task: Task): Promise<void> => {
    try {
      const handle = await handler!; // each thread is told its setup first
      const reply = await handle(task, { signal: controller.signal, onProgress });
      port.postMessage({ type: 'reply', reply }, [...buffersOf(reply)]);
    } catch (error) {
      port.postMessage({ type: 'error', error: packError(error) });
    }
  };
}

/** An error as plain data. */
export interface PackedError {
  readonly code: EvpairErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function packError(error: unknown): PackedError {
  if (error instanceof EvpairError) {
    return { code: error.code, message: error.message, hint: error.hint, stack: error.stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: undefined, message, hint: undefined, stack };
}

export function unpackError({ code, message, hint, stack }: PackedError): Error {
  const error =
    code === undefined ? new Error(message) : new EvpairError(code, message, hint === undefined ? {} : { hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function threadDied(cause: unknown): EvpairError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : message;
  return new EvpairError(
    'ERR_INTERNAL',
    `a worker thread died: ${why}; nothing is printed, since its events are missing`,
    {
      hint: 'Try again with --jobs 1.',
      cause,
    },
  );
}
