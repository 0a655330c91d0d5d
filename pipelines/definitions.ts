import {
  compileDefinitions,
  EvpairError,
  loadDefinitions,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
} from '../src/index.js';
import type { Sink } from './command.js';

/** `evpair definitions list`: the shipped definitions, one NDJSON line each. */
export function listDefinitions(output: Sink): void {
  for (const { definition, sha256 } of compileDefinitions(SHIPPED_DEFINITIONS).definitions) {
    const { name, version, title, providers, rules } = definition;
    const eventIds = [...new Set(rules.flatMap(rule => rule.eventIds))].sort((a, b) => a - b);
    output.line(
      JSON.stringify({
        type: 'definition',
        schema_version: 1,
        name,
        version,
        title,
        providers,
        event_ids: eventIds,
        sha256,
      }),
    );
  }
}

/** `evpair definitions show NAME`: a shipped definition as evpair uses it. @throws EvpairError `ERR_USAGE` without one. */
export function showDefinition(name: string, output: Sink): void {
  output.line(JSON.stringify(shippedDefinition(name), undefined, 2));
}

/** `evpair definitions check FILE`: says what a file defines. @throws EvpairError `ERR_DEFINITION` naming file, line, key. */
export async function checkDefinitions(yaml: string, fileName: string, output: Sink): Promise<void> {
  for (const { name, version, rules } of await loadDefinitions(yaml, fileName)) {
    output.line(
      JSON.stringify({
        type: 'definition_check',
        schema_version: 1,
        file: fileName,
        name,
        version,
        rules: rules.length,
      }),
    );
  }
}

/** The shipped definition of a name. @throws EvpairError `ERR_USAGE` when there is none. */
export function shippedDefinition(name: string): PairDefinition {
  const found = SHIPPED_DEFINITIONS.find(definition => definition.name === name);
  if (found !== undefined) return found;
  throw new EvpairError('ERR_USAGE', `No shipped definition is named ${JSON.stringify(name)}.`, {
    hint: 'evpair definitions list names them; give a file of your own as ./FILE.yaml.',
  });
}
