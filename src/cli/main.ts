import { closeSync, openSync } from 'node:fs';
import { EvpairError } from '../model/index.js';
import { EXIT, exitStatusOf } from './exit-status.js';
import { commandHelp, generalHelp } from './help.js';
import { type Log, openLog, writeStderr } from './log.js';
import { flagOption, textOption } from './option-values.js';
import { openOutput, ReaderGone } from './output.js';
import { type CommandLine, parseCommandLine } from './parse-command-line.js';
import { runCommand } from './run-command.js';

declare const __EVPAIR_VERSION__: string;

/** Runs evpair with the arguments after the program's name and gives its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  let log: Log | undefined;
  try {
    const line = parseCommandLine(argv);
    log = openLog({ format: logFormat(line), isQuiet: flagOption(line.options, 'quiet') });
    if (flagOption(line.options, 'version')) return print(`evpair ${__EVPAIR_VERSION__}\n`);
    if (flagOption(line.options, 'help'))
      return print(argv[0] === line.command ? commandHelp(line.command) : generalHelp());
    return await runCommand(line, log);
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT.done;
    tell(error);
    return exitStatusOf(error);
  } finally {
    await log?.close();
  }
}
