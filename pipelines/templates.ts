import {
  buildCatalogue,
  type Catalogue,
  EvpairError,
  importTemplates,
  invertLine,
  learningLines,
  type MessageTemplate,
  openTemplateFiles,
  TemplateLearner,
  templateLine,
} from '../src/index.js';
import type { Command, Outcome, Sink } from './command.js';
import { readInputs } from './read-inputs.js';

/** A file of templates as the command line opened it. */
export type OpenTemplateFile = Parameters<typeof openTemplateFiles>[0][number];

/** One catalogue of all files given with `--templates`; undefined when none was. */
export function openTemplates(files: readonly OpenTemplateFile[]): Catalogue | undefined {
  return files.length === 0 ? undefined : openTemplateFiles(files);
}

/** `evpair templates import`: files of any known form → NDJSON templates, or an indexed catalogue. */
export function importTemplateFiles(
  files: Iterable<{ readonly name: string; readonly bytes: Uint8Array }>,
  problem: (text: string) => void,
  options: { readonly provider: string | undefined; readonly culture: string | undefined },
): readonly MessageTemplate[] {
  const { templates, problems } = importTemplates(files, options);
  for (const each of problems) problem(each);
  if (templates.length > 0) return templates;
  throw new EvpairError('ERR_CATALOGUE', 'No message template was found in these files.', {
    hint: 'Give NDJSON, wevtutil gp /ge /gm:true /f:xml, a manifest, an .mc file, or Windows .dll, .exe and .mui files.',
  });
}

/** The bytes of an indexed catalogue, which is opened by offset however many templates it holds. */
export function indexTemplates(templates: readonly MessageTemplate[]): Uint8Array {
  return buildCatalogue(templates);
}

/** `evpair templates list`: a catalogue's templates, one NDJSON line each. */
export async function listTemplates(catalogue: Catalogue, output: Sink): Promise<void> {
  for (const template of catalogue.templates()) {
    output.line(templateLine(template));
    const wait = output.drain();
    if (wait !== undefined) await wait;
  }
}

/** `evpair templates invert`: a line of standard input, a line of answer, in order. */
export function invertTo(catalogue: Catalogue, isText: boolean, output: Sink): (line: string) => void {
  return line => output.line(invertLine(catalogue, line, isText));
}

/** `evpair templates learn`: exports that hold both values and messages → templates, with what speaks for each. */
export async function learnTemplates(command: Command): Promise<Outcome> {
  const learner = new TemplateLearner();
  const outcome = await readInputs(command, undefined, item => {
    if (item.type === 'event') learner.add(item);
  });
  let lines = 0;
  for (const line of learningLines(learner.learn())) {
    command.output.line(line);
    lines += 1;
  }
  if (lines === 0 && !outcome.readNothing) {
    command.tell.warning({
      type: 'warning',
      code: 'nothing-learnt',
      message:
        'nothing was learnt: it takes events that hold both their values and their message. Export with wevtutil /f:RenderedXml, or from Event Viewer as XML',
    });
  }
  return outcome;
}
