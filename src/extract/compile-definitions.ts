import { type CompiledTemplate, compileTemplate } from '../messages/template.js';
import { TemplateSet } from '../messages/template-set.js';
import { EvpairError, type Selection } from '../model/index.js';
import type { MessageTemplate, PairDefinition, PairRule, Place, Recognizer } from './definition.js';
import { SHIPPED_DEFINITIONS, SHIPPED_HASHES } from './generated/shipped-definitions.js';
import { hashOfDefinition } from './hash-of-definition.js';
import { ValueMemo } from './memo.js';
import { MessageMemo } from './message-memo.js';

/** Pair definitions ready for use, in the order given. */
export interface CompiledDefinitions {
  readonly definitions: readonly CompiledDefinition[];
  /** Every event that a definition can recognise, and no more than their providers and event IDs tell. */
  readonly selection: Selection;
  /** For each provider name the definitions that it may concern. */
  readonly byProvider: ReadonlyMap<string, readonly CompiledDefinition[]>;
  /** Whether some definition takes the event's computer as an end, so that exports that name none need `--computer`. */
  readonly needsComputer: boolean;
}

export interface CompiledDefinition {
  readonly definition: PairDefinition;
  readonly name: string;
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the definition's canonical form: JSON with sorted keys, in UTF-8. */
  readonly sha256: string;
  readonly needsComputer: boolean;
  readonly rules: readonly CompiledRule[];
  /** Made at the first event. */
  memo(): ValueMemo;
  /** What it made of messages before. */
  messageMemo(): MessageMemo;
}

export interface CompiledRule extends PairRule {
  /** `recognizeBy` for events that hold data: the message last. */
  readonly recognizeWithData: readonly Recognizer[];
  /** All places that the rule reads. */
  readonly used: readonly Place[];
  /** `attributes` as a list, by their names' code units. */
  readonly named: readonly (readonly [string, readonly Place[]])[];
  /** The `%n` to report, ascending; absent where it depends on the names of an event's values. */
  readonly positions?: readonly number[];
  /** Compiled at the first message, since most runs read data alone. */
  templates(): RuleTemplates;
}

/** A rule's message templates: each, and all of them as one. */
export interface RuleTemplates {
  readonly each: readonly CompiledMessage[];
  readonly set: TemplateSet;
}

interface CompiledMessage extends MessageTemplate {
  readonly compiled: CompiledTemplate;
}

/** @throws EvpairError `ERR_DEFINITION` when two different definitions share a name. */
export function compileDefinitions(definitions: readonly PairDefinition[]): CompiledDefinitions {
  const compiled = new Map<string, CompiledDefinition>();
  for (const definition of definitions) {
    const one = compileDefinition(definition);
    const other = compiled.get(one.name);
    if (other && other.sha256 !== one.sha256) {
      throw new EvpairError('ERR_DEFINITION', `two different definitions are named "${one.name}"`, {
        hint: 'Give one of them another name.',
      });
    }
    compiled.set(one.name, one);
  }
  const byProvider = new Map<string, CompiledDefinition[]>();
  for (const one of compiled.values()) {
    for (const provider of one.definition.providers)
      byProvider.set(provider, [...(byProvider.get(provider) ?? []), one]);
  }
  return {
    definitions: [...compiled.values()],
    selection: { providers: [...byProvider].map(([name, wanting]) => selectedProvider(name, wanting)) },
    byProvider,
    needsComputer: [...compiled.values()].some(one => one.needsComputer),
  };
}

const SHIPPED_HASH = new Map(SHIPPED_DEFINITIONS.map((definition, at) => [definition, SHIPPED_HASHES[at]!]));

function compileDefinition(definition: PairDefinition): CompiledDefinition {
  const rules = definition.rules.map(compileRule);
  let memo: ValueMemo | undefined;
  let messageMemo: MessageMemo | undefined;
  return {
    definition,
    name: definition.name,
    version: definition.version,
    sha256: SHIPPED_HASH.get(definition) ?? hashOfDefinition(definition),
    needsComputer: rules.some(rule => [...rule.source, ...rule.destination].some(place => place.isComputer)),
    rules,
    messageMemo: () => {
      messageMemo ??= new MessageMemo();
      return messageMemo;
    },
    memo: () => {
      memo ??= new ValueMemo(rules);
      return memo;
    },
  };
}

function compileRule(rule: PairRule): CompiledRule {
  let templates: RuleTemplates | undefined;
  const used: Place[] = [
    ...rule.source,
    ...rule.destination,
    ...Object.values(rule.attributes).flat(),
    ...rule.when.map(({ place }) => place),
    ...(rule.shape?.values ?? []).map(({ position }) => ({ position })),
    ...rule.agree.flat().map(position => ({ position })),
  ];
  const positions = rule.placeholders ?? (used.some(isNamed) ? undefined : used.flatMap(place => place.position ?? []));
  return {
    ...rule,
    recognizeWithData: [
      ...rule.recognizeBy.filter(by => by !== 'message'),
      ...rule.recognizeBy.filter(by => by === 'message'),
    ],
    used,
    named: Object.entries(rule.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...(positions && { positions: ascending(positions) }),
    templates: () => {
      templates ??= compileMessages(rule.messages);
      return templates;
    },
  };
}

function compileMessages(messages: readonly MessageTemplate[]): RuleTemplates {
  const each = messages.map(message => ({ ...message, compiled: compileTemplate(message.text) }));
  return { each, set: new TemplateSet(each.map(({ compiled }) => compiled)) };
}

function isNamed(place: Place): boolean {
  return place.data !== undefined;
}

/** Each number once, in order. The lists are short and made for every event: inserting costs a fifth of Set and sort. */
export function ascending(numbers: readonly number[]): number[] {
  const sorted: number[] = [];
  for (const number of numbers) {
    let at = sorted.length;
    while (at > 0 && sorted[at - 1]! > number) at--;
    if (at === 0 || sorted[at - 1] !== number) sorted.splice(at, 0, number);
  }
  return sorted;
}

function selectedProvider(name: string, wanting: readonly CompiledDefinition[]): Selection['providers'][number] {
  const rules = wanting.flatMap(({ rules }) => rules);
  if (rules.some(({ recognizeBy }) => recognizeBy.includes('message') || recognizeBy.includes('shape')))
    return { names: [name] };
  return { names: [name], eventIds: [...new Set(rules.flatMap(({ eventIds }) => eventIds))].sort((a, b) => a - b) };
}
