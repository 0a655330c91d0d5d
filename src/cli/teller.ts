import type { Teller } from '../../pipelines/command.js';
import { EvpairError, type InputSource, type Reject, type Warning, writeItem } from '../index.js';
import { type Log, withHint } from './log.js';
import type { Output } from './output.js';

/** Printed of each code; the rest is counted. */
const MAX_PRINTED = 100;

/** Tells the log what could not be read, and keeps rejects in a file when there is one. */
export function openTeller(log: Log, rejects: Output | undefined): Teller & { close(): void } {
  const counts = new Map<string, number>();
  const isPrinted = (code: string) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MAX_PRINTED;
  };
  return {
    reject(reject) {
      rejects?.line(writeItem(reject));
      if (!isPrinted(reject.reason)) return;
      const { input, offset, length } = reject.position;
      const keep = rejects === undefined ? ' (keep the bytes with --rejects FILE)' : '';
      log.warn(
        { code: reject.reason, input, offset, length, line: reject.line },
        `${placeOf(reject)}: ${reject.detail.replace(/\.$/, '')}; ${reject.isEvent ? '1 event' : `${thousands(length)} bytes`} rejected${keep}`,
      );
    },
    warning({ code, input, message }: Warning) {
      if (isPrinted(code)) log.warn({ code, input }, input === undefined ? message : `${input}: ${message}`);
    },
    failed(_input: InputSource, error: unknown) {
      log.error({ code: 'input' }, error instanceof EvpairError ? withHint(error) : String(error));
    },
    close() {
      for (const [code, count] of counts) {
        if (count > MAX_PRINTED) log.warn({ code, count }, `${count - MAX_PRINTED} more of "${code}" are not shown`);
      }
    },
  };
}

function placeOf({ position, line }: Reject): string {
  return `${position.input}: ${line === undefined ? `byte ${thousands(position.offset)}` : `line ${thousands(line)}`}`;
}

/** With commas, by hand: the locale of the machine must not show in what we print. */
function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
