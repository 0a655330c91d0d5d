import { createReadStream } from 'node:fs';
import {
  importTemplateFiles,
  indexTemplates,
  invertTo,
  listTemplates,
  openTemplates,
} from '../../pipelines/templates.js';
import { EvpairError, expandInputs, forEachLine, templateLine } from '../index.js';
import { EXIT } from './exit-status.js';
import type { Log } from './log.js';
import { flagOption, listOption, textOption } from './option-values.js';
import { type Output, openOutput, writeWhole } from './output.js';
import { refuseOverwriting } from './own-files.js';
import { type CommandLine, usage } from './parse-command-line.js';
import { mustBeReadable, openTemplateFile, readWhole } from './template-file.js';

/** `evpair templates import | list | invert`. @returns the exit status. */
export async function runTemplates(line: CommandLine, log: Log): Promise<number> {
  const [verb, ...names] = line.args;
  const target = textOption(line.options, 'output');
  refuseOverwriting(line, names);
  if (verb === 'import' && names.length > 0) return runImport(line, names, log);
  const catalogue = openTemplates(
    [...listOption(line.options, 'templates'), ...(verb === 'list' ? names : [])].map(openTemplateFile),
  );
  if (catalogue === undefined || (verb !== 'list' && verb !== 'invert')) {
    throw usage(
      'evpair templates takes import FILE..., learn FILE..., list FILE..., or invert [FILE...] with --templates FILE.',
      'evpair templates --help',
    );
  }
  const inputs = verb === 'list' ? [] : names.filter(name => name !== '-');
  for (const name of inputs) mustBeReadable(name);
  const output = openOutput(target);
  if (verb === 'list') await listTemplates(catalogue, output);
  else {
    const invert = invertTo(catalogue, flagOption(line.options, 'text'), output);
    for (const name of names.length === 0 ? ['-'] : names) {
      await forEachLineOf(name === '-' ? process.stdin : createReadStream(name), invert, output);
    }
  }
  await output.close();
  return EXIT.done;
}

/** Files, folders, globs or standard input → NDJSON, or an indexed catalogue where the output is named `.evtmpl`. */
async function runImport(line: CommandLine, names: readonly string[], log: Log): Promise<number> {
  const { sources, missing } = await expandInputs(names);
  const [absent] = missing;
  if (absent !== undefined) throw new EvpairError('ERR_USAGE', `${absent.name}: cannot be read: ${absent.reason}`);
  // One after the other: Windows' own files are more than fit into memory.
  const files = function* () {
    for (const { name, path } of sources) yield { name, bytes: readWhole(path ?? 0, name) };
  };
  const problems: string[] = [];
  const templates = importTemplateFiles(files(), problem => problems.push(problem), {
    provider: textOption(line.options, 'provider'),
    culture: textOption(line.options, 'culture'),
  });
  // Most files of a folder hold no messages, and need not be told of.
  const isNamed = sources.length === names.length;
  if (isNamed) for (const problem of problems) log.warn({ code: 'template-problem' }, problem);
  else if (problems.length > 0) {
    log.warn(
      { code: 'template-problem' },
      `${problems.length} of ${sources.length} files hold no messages, or not all could be read: name a file to learn why`,
    );
  }
  const target = textOption(line.options, 'output');
  if (target?.endsWith('.evtmpl') === true) {
    writeWhole(target, indexTemplates(templates));
  } else {
    const output = openOutput(target);
    for (const template of templates) output.line(templateLine(template));
    await output.close();
  }
  return isNamed && problems.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** Hands on standard input line by line; what was answered is written before evpair waits for more. */
async function forEachLineOf(
  input: AsyncIterable<Buffer>,
  onLine: (line: string) => void,
  output: Output,
): Promise<void> {
  const flushing = async function* () {
    for await (const chunk of asUtf8(input)) {
      yield chunk;
      await new Promise(resolve => setImmediate(resolve));
      await output.flush();
    }
  };
  await forEachLine(flushing(), onLine);
}

/** Text in UTF-16, as Windows PowerShell writes it, becomes UTF-8: its byte order mark tells, or a NUL beside the first character. */
async function* asUtf8(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of input) {
    let bytes = chunk;
    if (head !== undefined) {
      bytes = Buffer.concat([head, chunk]);
      head = bytes.length < 2 ? bytes : undefined;
      if (head !== undefined) continue;
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || bytes[1] === 0) decoder = new TextDecoder('utf-16le');
      else if ((bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[0] === 0) decoder = new TextDecoder('utf-16be');
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (head !== undefined && head.length > 0) yield head;
  const rest = decoder?.decode();
  if (rest !== undefined && rest !== '') yield Buffer.from(rest);
}
