/**
 * evpair as a library: stages that are plain code, and Transforms of them for `pipeline()`.
 *
 * ```
 * bytes ──▶ readEvents() ──▶ extractPairs() ──▶ summarisePairs() ──▶ PairSummary …, RunSummary
 * ```
 */
export type { GrowableMemory as WindowMemory } from './bytes/byte-window.js';
export { loadCodePage } from './bytes/code-pages.js';
export { createWindowMemory, giveBackWindowMemory } from './bytes/window-memory.js';
export {
  buffersOf,
  type CorrelateOptions,
  correlateFailures,
  type ExtractCounts,
  Ledger,
  type LedgerInput,
  type LedgerOptions,
  type PackedLedger,
  PartialReader,
  packLedger,
  type RunFacts,
  readPartial,
  type SummariseOptions,
  sumCoverage,
  summarise,
  summariseInColumns,
  summariseRun,
  writePartial,
} from './correlate/index.js';
export {
  type CompiledDefinitions,
  type Coverage,
  compileDefinitions,
  type ExtractOptions,
  type ExtractStage,
  extractFailures,
  loadDefinitions,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
} from './extract/index.js';
export {
  buildCatalogue,
  bytesSource,
  type Catalogue,
  type CatalogueSource,
  compileTemplate,
  createCatalogue,
  type Inversion,
  importTemplates,
  invertLine,
  invertMessage,
  isCatalogueHead,
  learningLines,
  type MessageTemplate,
  openCatalogue,
  openTemplateFiles,
  renderTemplate,
  TemplateLearner,
  templateLine,
} from './messages/index.js';
export * from './model/index.js';
export { type SweepSettings, type Swept, sweepSettings } from './read/event-xml/sweep.js';
export { ExportReader, type ExportReaderOptions } from './read/export-reader.js';
export { MOST_EVENT_BYTES, type RangeStop } from './read/format-reader.js';
export { FORMATS } from './read/formats.js';
export { type ExpandedInputs, expandInputs, type InputSource, type MissingInput } from './read/inputs/expand-inputs.js';
export { type ReadInputOptions, readInput } from './read/inputs/read-input.js';
export {
  type FileOutlook,
  type FileRange,
  isClosedInRanges,
  lookAtFile,
  type RangeReading,
  readRange,
  readSwept,
} from './read/inputs/read-range.js';
export { openSweep, SWEPT_FORMAT } from './read/inputs/sweep-range.js';
export { type InputSurvey, surveyInputs } from './read/survey.js';
export { type ColumnMap, parseColumns } from './read/tool-csv/columns.js';
export {
  type AsTransformOptions,
  asTransform,
  chainStages,
  fileWindows,
  forEachLine,
  runStages,
  type Stage,
} from './stream/index.js';
export { extractPairs, readEvents, summarisePairs } from './stream-api.js';
export { formatInstant, parseIsoInstant } from './time/instant-text.js';
export {
  openThreads,
  type PackedError,
  packError,
  type StartedThread,
  serveTasks,
  startThread,
  type TaskContext,
  type Threads,
  type ThreadsOptions,
  unpackError,
} from './workers/threads.js';
export {
  escapeForTerminal,
  type OwnItem,
  type ParsedLine,
  pairCsvHeader,
  pairCsvRow,
  pairLine,
  pairTable,
  parseLine,
  writeItem,
  writePair,
  writePairGone,
  writeRun,
} from './write/index.js';
