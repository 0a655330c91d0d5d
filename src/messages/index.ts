export {
  type Catalogue,
  type CatalogueInversion,
  createCatalogue,
  type KnownEvent,
  openCatalogue,
} from './catalogue.js';
export { buildCatalogue, bytesSource, type CatalogueSource, isCatalogueHead } from './catalogue-file.js';
export { importTemplates, type TemplateFile } from './import-templates.js';
export type { ImportOptions, TemplateImport } from './import-text.js';
export type { Inversion, InversionReason } from './inversion.js';
export { invertMessage } from './invert.js';
export { invertLine } from './invert-lines.js';
export { type LearnedTemplate, type LearningEvent, type LearningReport, TemplateLearner } from './learn.js';
export { type CompiledTemplate, compileTemplate, type MessageTemplate, renderTemplate } from './template.js';
export { type CatalogueFile, learningLines, openTemplateFiles, templateLine } from './templates.js';
