import type { Document } from 'yaml';
import { EvpairError } from '../model/index.js';
import type { PairDefinition, PairRule, Place } from './definition.js';
import { definitionProblems } from './definition-problems.js';
import { definitionSchema, type GivenDefinition, type GivenPlace, type GivenRule } from './definition-schema.js';

/**
 * Reads pair definitions from YAML: one mapping, a list of them, or several documents. Loads `yaml` and `zod` when it is
 * first called.
 *
 * @param fileName how messages name the file
 * @throws EvpairError `ERR_DEFINITION`, whose message has a line `FILE:LINE:COLUMN: KEY: PROBLEM` for each problem
 */
export async function loadDefinitions(yamlText: string, fileName: string): Promise<PairDefinition[]> {
  const [yaml, z] = await Promise.all([import('yaml'), import('zod')]);
  const lineCounter = new yaml.LineCounter();
  const documents = [...yaml.parseAllDocuments(yamlText.replace(/^\ufeff/, ''), { lineCounter })];
  const schema = definitionSchema(z);
  const definitions: PairDefinition[] = [];
  const problems: string[] = [];
  const say = (offset: number, problem: string) => {
    const { line, col } = lineCounter.linePos(offset);
    problems.push(`${fileName}:${line}:${col}: ${problem}`);
  };

  for (const document of documents) {
    for (const error of document.errors)
      say(error.pos[0], `no valid YAML: ${error.message.split(/ at line \d+|\n/)[0]}`);
    if (document.errors.length > 0 || document.contents === null) continue;
    const content = contentOf(document, problem => say(0, problem));
    if (content === undefined) continue;
    const isList = Array.isArray(content);
    for (const [index, item] of (isList ? content : [content]).entries()) {
      const given = schema.safeParse(item);
      if (given.success) definitions.push(definitionOf(given.data));
      else
        definitionProblems(given.error.issues, item, document, isList ? [index] : []).forEach(({ offset, problem }) => {
          say(offset, problem);
        });
    }
  }
  if (problems.length === 0 && definitions.length === 0) problems.push(`${fileName}:1:1: the file holds no definition`);
  if (problems.length > 0) {
    throw new EvpairError('ERR_DEFINITION', problems.join('\n'), {
      hint: 'evpair definitions show exchange-ews-proxy-auth prints a definition to copy from.',
    });
  }
  return definitions;
}

/** The document as plain data; undefined when an alias in it cannot be resolved. */
function contentOf(document: Document, say: (problem: string) => void): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    say(`no valid YAML: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function definitionOf(given: GivenDefinition): PairDefinition {
  return {
    name: given.name,
    version: given.version,
    title: given.title,
    providers: [...new Set([...given.provider, ...(given.provider_aliases ?? [])])],
    rules: (['failure', 'recovery', 'context'] as const).flatMap(kind =>
      (given[kind] ?? []).map(rule => ruleOf(kind, rule)),
    ),
  };
}

function ruleOf(kind: PairRule['kind'], given: GivenRule): PairRule {
  const source = given.source.map(placeOf);
  const destination = given.destination.map(placeOf);
  const attributes = Object.fromEntries(
    Object.entries(given.attributes ?? {}).map(([name, places]) => [name, places.map(placeOf)]),
  );
  const when = (given.when ?? []).map(({ value, data, is, is_not }) => ({
    place: placeOf(value !== undefined && data === undefined ? value : { value, data }),
    ...(is && { is }),
    ...(is_not && { isNot: is_not }),
  }));
  const shape = given.shape && {
    ...(given.shape.count && { count: given.shape.count }),
    values: Object.entries(given.shape.values ?? {}).map(([name, looksLike]) => ({
      position: numberOf(name),
      looksLike,
    })),
  };
  return {
    kind,
    recognizeBy:
      given.recognize_by ??
      (given.event_id
        ? ['event_id']
        : [...(given.messages ? ['message' as const] : []), ...(shape ? ['shape' as const] : [])]),
    eventIds: given.event_id ?? [],
    messages: (given.messages ?? []).map(({ culture, text }) => ({ ...(culture !== undefined && { culture }), text })),
    ...(shape && { shape }),
    source,
    destination,
    ...(given.placeholders && { placeholders: given.placeholders.map(numberOf) }),
    attributes,
    when,
    local: given.local ?? [],
    isSelfLocal: given.self === 'local',
    agree: (given.agree ?? []).map(group => group.map(numberOf)),
  };
}

function placeOf(given: GivenPlace): Place {
  if (given === 'Computer') return { isComputer: true };
  if (typeof given === 'string') return { position: numberOf(given) };
  const { data, value, after, before, between, part } = given;
  return {
    ...(data !== undefined && { data }),
    ...(value !== undefined && { position: numberOf(value) }),
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
    ...(between !== undefined && { between }),
    ...(part !== undefined && { part }),
  };
}

function numberOf(insertion: string): number {
  return Number(insertion.slice(1));
}
