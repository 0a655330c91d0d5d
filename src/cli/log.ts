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

/**
 * pino behind a queue: it takes 30 ms to import, so only a run that has something to say pays for it. Text lines are
 * pino's lines made readable, escaped, one line each.
 */
export function openLog(options: { readonly format: 'text' | 'json'; readonly isQuiet: boolean }): Log {
  const queue: { level: Level; fields: LogFields; message: string }[] = [];
  let ready: Promise<Record<Level, (fields: LogFields, message: string) => void>> | undefined;
  const say = (level: Level) => (fields: LogFields, message: string) => {
    if (options.isQuiet && level !== 'error') return;
    queue.push({ level, fields, message });
    ready ??= openPino(options.format);
    void ready.then(flush);
  };
  const flush = (pino: Record<Level, (fields: LogFields, message: string) => void>) => {
    for (const { level, fields, message } of queue.splice(0)) pino[level](fields, message);
  };
  return {
    warn: say('warn'),
    error: say('error'),
    async close() {
      if (ready !== undefined) flush(await ready);
    },
  };
}

async function openPino(format: 'text' | 'json') {
  const { pino } = await import('pino');
  const destination = format === 'json' ? pino.destination({ fd: 2, sync: true }) : { write: writeText };
  return pino({ name: 'evpair', base: null }, destination);
}

function writeText(line: string): void {
  const { level, msg } = JSON.parse(line) as { level: number; msg: string };
  writeStderr(`evpair: ${level >= 50 ? 'error' : 'warning'}: ${escapeForTerminal(msg)}\n`);
}

/** Nobody may be reading stderr; that must not end the run. */
export function writeStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nothing is left to say it to.
  }
}

/** An error's message and what to do, as one text; several faults of one file stand on lines of their own. */
export function withHint({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  if (hint === undefined) return message;
  return message.includes('\n') ? `${message}\n${hint}` : `${message.replace(/[.:]?$/, '.')} ${hint}`;
}
