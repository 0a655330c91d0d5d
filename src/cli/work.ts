import { openShareReader } from '../../pipelines/read-share.js';
import type { ShareReader } from '../../pipelines/shares.js';
import { openTemplates } from '../../pipelines/templates.js';
import {
  compileDefinitions,
  createWindowMemory,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
  type SweepSettings,
} from '../index.js';
import { listOption } from './option-values.js';
import type { CommandLine } from './parse-command-line.js';
import { boundsOf, ledgerOptionsOf, readingOptions } from './run-command.js';
import { openTemplateFile } from './template-file.js';

/** What the threads of a run are opened with. */
export interface WorkSetup {
  readonly line: CommandLine;
  /** The definitions as they were loaded; undefined: those that are shipped. */
  readonly definitions: readonly PairDefinition[] | undefined;
  readonly sweep: SweepSettings;
  readonly jobs: number;
}

/** Opens what reads shares in a thread, with the options of the command line. */
export async function openWork({ line, definitions }: WorkSetup): Promise<ShareReader> {
  const catalogue = openTemplates(listOption(line.options, 'templates').map(openTemplateFile));
  return openShareReader({
    compiled: compileDefinitions(definitions ?? SHIPPED_DEFINITIONS),
    extract: { ...boundsOf(line), ...(catalogue === undefined ? {} : { catalogue }) },
    ledger: ledgerOptionsOf(line),
    read: await readingOptions(line),
    memory: createWindowMemory(),
  });
}
