export { type AsTransformOptions, asTransform } from './as-transform.js';
export { fileWindows } from './file-windows.js';
export { forEachLine } from './lines.js';
export { chainStages, runStages } from './run-stages.js';
export type { Stage } from './stage.js';
