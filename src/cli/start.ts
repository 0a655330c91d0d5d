import { loadBundle } from './load-bundle.js';

/** The program's file. */
void loadBundle().run();
