import { writeSync } from 'node:fs';
import { escapeForTerminal } from '../write/terminal-text.js';

/** Messages for the person at the terminal, on stderr. */
export interface Log {
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}

/** What `--log-format json` says beside the message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

type Level = 'warn' | 'error';
type Say = (fields: LogFields, message: string) => void;

/** Text is written at once, escaped, one line a message; JSON is written by pino. */
export function openLog(options: { readonly format: 'text' | 'json'; readonly isQuiet: boolean }): Log {
  const { warn, error, close } = options.format === 'json' ? jsonLog() : TEXT_LOG;
  return { warn: (fields, message) => (options.isQuiet ? undefined : warn(fields, message)), error, close };
}

const TEXT_LOG: Log = {
  warn: (_, message) => writeText('warning', message),
  error: (_, message) => writeText('error', message),
  close: async () => undefined,
};

function writeText(level: string, message: string): void {
  writeStderr(`evpair: ${level}: ${escapeForTerminal(message)}\n`);
}

/** pino behind a queue: it takes 30 ms to import, so only a run that has something to say pays for it. */
function jsonLog(): Log {
  const queue: { readonly level: Level; readonly fields: LogFields; readonly message: string }[] = [];
  let ready: Promise<Record<Level, Say>> | undefined;
  const flush = (pino: Record<Level, Say>) => {
    for (const { level, fields, message } of queue.splice(0)) pino[level](fields, message);
  };
  const say =
    (level: Level): Say =>
    (fields, message) => {
      queue.push({ level, fields, message });
      ready ??= openPino();
      void ready.then(flush);
    };
  return {
    warn: say('warn'),
    error: say('error'),
    async close() {
      if (ready !== undefined) flush(await ready);
    },
  };
}

async function openPino(): Promise<Record<Level, Say>> {
  const { pino } = await import('pino');
  const logger = pino({ name: 'evpair', base: null }, pino.destination({ fd: 2, sync: true }));
  return {
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Nobody may be reading stderr; that must not end the run. A pipe that another program made non-blocking may be full. */
export function writeStderr(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(2, bytes, at);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

const PAUSE_MS = 2;

/** An error's message and what to do, as one text; several faults of one file stand on lines of their own. */
export function withHint({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  if (hint === undefined) return message;
  return message.includes('\n') ? `${message}\n${hint}` : `${message.replace(/[.:]?$/, '.')} ${hint}`;
}
