import { loadBundle } from './load-bundle.js';

/** The file of a worker thread. */
void loadBundle().work();
