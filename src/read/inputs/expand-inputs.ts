import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EvpairError } from '../../model/index.js';

/** An input as the user named it or as a folder or glob gave it. */
export interface InputSource {
  /** The name in positions and reports: the path as given, or relative to `inputRoot`, with `/` between its parts. */
  readonly name: string;
  /** What to open; undefined for standard input. */
  readonly path: string | undefined;
}

/** An argument that names nothing that can be read. */
export interface MissingInput {
  readonly name: string;
  readonly reason: string;
}

export interface ExpandedInputs {
  /** Each file once, however often it was named, in the order of the arguments; a folder's files by code units. */
  readonly sources: readonly InputSource[];
  readonly missing: readonly MissingInput[];
}

/**
 * Turns the arguments of the command line into inputs: files, folders (with all that lies in them), globs for shells
 * that have none, and `-` for standard input.
 * @throws EvpairError `ERR_USAGE` when `-` is given twice.
 */
export async function expandInputs(
  args: readonly string[],
  options: { readonly inputRoot?: string | undefined } = {},
): Promise<ExpandedInputs> {
  const sources: InputSource[] = [];
  const missing: MissingInput[] = [];
  const seen = new Set<string>();
  const nameOf = (path: string) =>
    (options.inputRoot === undefined ? path : relative(options.inputRoot, path)).replaceAll('\\', '/');
  const unreadable = (folder: string, why: string) => missing.push({ name: nameOf(folder), reason: why });
  const addFile = (path: string) => {
    const real = realpathSync(path);
    if (seen.has(real)) return;
    seen.add(real);
    sources.push({ name: nameOf(path), path });
  };

  for (const arg of args) {
    if (arg === '-') {
      if (seen.has('-')) throw new EvpairError('ERR_USAGE', 'Standard input (-) is named twice.');
      seen.add('-');
      sources.push({ name: '-', path: undefined });
      continue;
    }
    const paths = await pathsOf(arg);
    if (paths.length === 0) missing.push({ name: nameOf(arg), reason: 'no such file or folder' });
    for (const path of paths) {
      try {
        if (!statSync(path).isDirectory()) addFile(path);
        else for (const file of filesBelow(path, unreadable)) addFile(file);
      } catch (error) {
        missing.push({ name: nameOf(path), reason: (error as Error).message });
      }
    }
  }
  return { sources, missing };
}

async function pathsOf(arg: string): Promise<readonly string[]> {
  if (statSync(arg, { throwIfNoEntry: false }) !== undefined) return [arg];
  if (!/[*?[{]/.test(arg)) return [];
  // Shells on Windows hand globs on as they are.
  const { glob } = await import('tinyglobby');
  return (await glob(arg.replaceAll('\\', '/'), { expandDirectories: false, dot: true })).sort(byCodeUnits);
}

/** All files below a folder, a folder's own first by name; links to folders above are not followed round. */
function filesBelow(
  folder: string,
  unreadable: (folder: string, why: string) => void,
  above: ReadonlySet<string> = new Set(),
): string[] {
  const real = realpathSync(folder);
  if (above.has(real)) return [];
  const here = new Set([...above, real]);
  const files: string[] = [];
  let names: string[] = [];
  try {
    names = readdirSync(folder).sort(byCodeUnits);
  } catch (error) {
    // One folder that is closed to us must not cost those beside it.
    unreadable(folder, (error as Error).message);
  }
  for (const name of names) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) files.push(...filesBelow(path, unreadable, here));
    else if (stat.isFile()) files.push(path);
  }
  return files;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
