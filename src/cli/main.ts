import { EvpairError } from '../model/index.js';
import { EXIT, exitStatusOf } from './exit-status.js';
import { commandHelp, generalHelp } from './help.js';
import type { Start } from './load-bundle.js';
import { type Log, openLog, withHint } from './log.js';
import { flagOption, textOption } from './option-values.js';
import { openOutput, ReaderGone } from './output.js';
import { type CommandLine, parseCommandLine } from './parse-command-line.js';
import { runCommand } from './run-command.js';

declare const __EVPAIR_VERSION__: string;
const TOOL = `evpair ${__EVPAIR_VERSION__}`;

/** Runs evpair with the arguments after the program's name. @returns the exit status. */
async function main(argv: readonly string[], start: Start): Promise<number> {
  let log: Log = openLog({ format: 'text', isQuiet: false });
  try {
    const line = parseCommandLine(argv);
    log = openLog({ format: isJson(line) ? 'json' : 'text', isQuiet: flagOption(line.options, 'quiet') });
    if (flagOption(line.options, 'version')) return await print(`${TOOL}`);
    if (flagOption(line.options, 'help')) {
      return await print((line.isNamed ? commandHelp(line.command) : generalHelp()).trimEnd());
    }
    return await runCommand(line, log, TOOL, start);
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT.done;
    const code = error instanceof EvpairError ? error.code : 'ERR_INTERNAL';
    for (const text of describe(error).split('\n')) log.error({ code }, text);
    return exitStatusOf(error);
  } finally {
    await log.close();
  }
}

function isJson(line: CommandLine): boolean {
  return textOption(line.options, 'log-format') === 'json';
}

async function print(text: string): Promise<number> {
  const output = openOutput(undefined);
  output.line(text);
  await output.close();
  return EXIT.done;
}

/** What happened and what to do; of a broken promise of ours the stack too. */
function describe(error: unknown): string {
  if (error instanceof EvpairError) return withHint(error);
  return `this is a fault of evpair, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}

/** Runs evpair as a program. */
export async function run(start: Start = {}): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), start);
}

/** Opens what one of its own worker threads reads with. */
export { openWork } from './work.js';
