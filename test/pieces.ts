import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What tests of cut, grown and broken files put files together from, taken from samples/.

const samples = fileURLToPath(new URL('../samples/', import.meta.url));

/** Events as XML, one text each. */
export const SAMPLE_EVENTS = readFileSync(`${samples}CAS01-Application.xml`, 'utf8').match(/<Event[ >].*?<\/Event>/gs)!;
/** One that names a pair. */
export const FAILURE = SAMPLE_EVENTS[0]!;
export const FAILURE_WITHOUT_COMPUTER = FAILURE.replace(/<Computer>.*?<\/Computer>/, '');

/** Events as JSON, a line each, of the dialects whose times name their zone. */
export const JSON_LINES = readdirSync(`${samples}dialects`)
  .filter(name => /json$/.test(name) && !/elastic|graph|nxlog|eventlog|winevent/.test(name))
  .flatMap(name =>
    readFileSync(`${samples}dialects/${name}`, 'utf8')
      .replace(/^\ufeff/, '')
      .split('\n'),
  )
  .filter(line => line.startsWith('{"'));
/** One with a local time. */
export const LOCAL_TIME_LINE = readFileSync(`${samples}dialects/nxlog.json`, 'utf8').split('\n')[0]!;
