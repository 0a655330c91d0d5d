import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExpandedInputs, InputSource } from '../index.js';
import { listOption, textOption } from './option-values.js';
import { type CommandLine, usage } from './parse-command-line.js';
import type { OpenStateStore } from './state-store.js';

const WRITTEN = { output: '-o', rejects: '--rejects' } as const;

/**
 * A file is emptied when it is opened for writing, so what is read must not be written to as well.
 * @throws EvpairError `ERR_USAGE` when one file is named as both.
 */
export function refuseOverwriting({ options }: CommandLine, args: readonly string[]): void {
  const taken = new Map<string, string>();
  const named = (files: readonly (string | undefined)[], what: string) => {
    for (const file of files) if (file !== undefined) taken.set(realPathOf(file), what);
  };
  named(args, 'an input');
  named(listOption(options, 'templates'), 'read with --templates');
  named(listOption(options, 'definition'), 'read with --definition');
  named([textOption(options, 'inputs-from')], 'read with --inputs-from');
  named([textOption(options, 'state')], 'the state file');
  for (const [name, shown] of Object.entries(WRITTEN)) {
    const path = textOption(options, name);
    if (path === undefined || path.startsWith('/dev/')) continue;
    const what = taken.get(realPathOf(path));
    if (what !== undefined) {
      throw usage(`${path}: is ${what}, and ${shown} would overwrite it.`, `Choose another file with ${shown}.`);
    }
    named([path], `written with ${shown}`);
  }
}

/** The files that this run writes. */
export function ownFiles({ options }: CommandLine, state: OpenStateStore | undefined): ReadonlySet<string> {
  const written = Object.keys(WRITTEN).map(name => textOption(options, name));
  return new Set([...(state?.files ?? []), ...written.flatMap(path => (path === undefined ? [] : [realPathOf(path)]))]);
}

/** The inputs without the run's own files, which may lie in a folder that is read. */
export function withoutOwnFiles(inputs: ExpandedInputs, own: ReadonlySet<string>): ExpandedInputs {
  if (own.size === 0) return inputs;
  const isOwn = ({ path }: InputSource) => path !== undefined && own.has(realPathOf(path));
  return { ...inputs, sources: inputs.sources.filter(input => !isOwn(input)) };
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
