import { EvpairError } from '../model/index.js';
import { type Catalogue, createCatalogue, openCatalogue } from './catalogue.js';
import {
  buildCatalogue,
  bytesSource,
  CatalogueReader,
  type CatalogueSource,
  isCatalogueHead,
} from './catalogue-file.js';
import { importTemplates } from './import-templates.js';
import type { LearningReport } from './learn.js';
import type { MessageTemplate } from './template.js';

/** A file given with `--templates`: an indexed catalogue is read by offset, any other known form whole. */
export interface CatalogueFile {
  readonly name: string;
  readonly source: CatalogueSource;
}

/** One catalogue of several files and of templates at hand (those of the pair definitions). Throws ERR_CATALOGUE. */
export function openTemplateFiles(
  files: readonly CatalogueFile[],
  templates: Iterable<MessageTemplate> = [],
): Catalogue {
  const sources: CatalogueSource[] = [];
  const loose: MessageTemplate[] = [...templates];
  for (const { name, source } of files) {
    if (isCatalogueHead(source.read(0, Math.min(8, source.size)))) {
      checkCatalogue(name, source);
      sources.push(source);
      continue;
    }
    const imported = importTemplates([{ name, bytes: source.read(0, source.size) }]);
    if (imported.templates.length === 0) {
      throw new EvpairError(
        'ERR_CATALOGUE',
        `${name}: holds no message template (${imported.problems[0] ?? 'it is empty'})`,
        {
          hint: 'Make a catalogue with: evpair templates import -o catalogue.evtmpl FILE...',
        },
      );
    }
    for (const template of imported.templates) loose.push(template);
  }
  if (loose.length === 0 && sources.length > 0) return openCatalogue(...sources);
  if (sources.length === 0) return createCatalogue(loose);
  return openCatalogue(...sources, bytesSource(buildCatalogue(loose)));
}

/** Throws what is wrong with it under the file's name. */
function checkCatalogue(name: string, source: CatalogueSource): void {
  try {
    new CatalogueReader(source);
  } catch (cause) {
    if (!(cause instanceof EvpairError)) throw cause;
    throw new EvpairError(cause.code, `${name}: ${cause.message}`, {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}

/** A template as a line of NDJSON, the form that `templates list` prints and `templates import` reads. */
export function templateLine(template: MessageTemplate): string {
  const { provider, eventId, culture, text } = template;
  return JSON.stringify({ provider, event_id: eventId, ...(culture === undefined ? {} : { culture }), template: text });
}

/** `templates learn`: a line for each template with what speaks for it, then one for each disagreement. */
export function* learningLines(report: LearningReport): Generator<string> {
  for (const { template, support, messages, constant, unplaced, heldOut } of report.templates) {
    const { provider, eventId, culture, text } = template;
    yield JSON.stringify({
      type: 'template',
      provider,
      event_id: eventId,
      ...(culture === undefined ? {} : { culture }),
      template: text,
      support,
      messages,
      constant: constant.map(number => `%${number}`),
      unplaced: unplaced.map(number => `%${number}`),
      ...(heldOut === undefined ? {} : { held_out: heldOut }),
    });
  }
  for (const { provider, eventId, culture, events, reason } of report.disagreements) {
    yield JSON.stringify({
      type: 'disagreement',
      provider,
      event_id: eventId,
      ...(culture === undefined ? {} : { culture }),
      events,
      reason,
    });
  }
}
