export { type CompiledDefinition, type CompiledDefinitions, compileDefinitions } from './compile-definitions.js';
export type {
  Condition,
  MessageTemplate,
  PairDefinition,
  PairRule,
  Part,
  Place,
  Predicate,
  Recognizer,
  Shape,
} from './definition.js';
export type { NoPairReason } from './ends.js';
export { type Coverage, type ExtractOptions, type ExtractStage, extractFailures } from './extract-failures.js';
export { SHIPPED_DEFINITIONS } from './generated/shipped-definitions.js';
export type { Reading } from './invert-with.js';
export { loadDefinitions } from './load-definitions.js';
