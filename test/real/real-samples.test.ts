import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Reject } from '../../src/index.js';
import { readItems } from '../properties/run-evpair.js';
import { REAL, skip } from './samples.js';

/**
 * Every real sample is read to its end, and what is rejected is listed, file by file, with offset and reason: no event
 * text. `EVPAIR_SNAP=1` writes the list anew; read the difference before you commit it.
 */
const golden = fileURLToPath(new URL('../golden/real-samples.json', import.meta.url));

interface Found {
  readonly format: string;
  readonly events: number;
  readonly rejects: readonly string[];
}

t.test('every real sample is read to its end, and what is rejected is as listed', { skip }, async t => {
  const files = readdirSync(REAL, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(xml|csv|txt|json|snap|evtx|plaso)$/.test(entry.name))
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const found: Record<string, Found> = {};
  for (const file of files) found[relative(REAL, file)] = readWhole(file);
  if (process.env.EVPAIR_SNAP === '1') writeFileSync(golden, `${JSON.stringify(found, undefined, 1)}\n`);
  const expected = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, Found>;
  t.same(Object.keys(found), Object.keys(expected), 'the same files');
  for (const [name, each] of Object.entries(found)) t.same(each, expected[name], name);
});

t.test('the three Event Viewer exports hold 3,328 events, all of them read', { skip }, async t => {
  const names = ['Application.xml', 'Security.xml', 'System.xml'];
  const counts = names.map(name => readWhole(join(REAL, 'eventviewer-xml', name)));
  t.equal(
    counts.reduce((sum, each) => sum + each.events, 0),
    3328,
  );
  t.same(
    counts.flatMap(each => each.rejects),
    [],
  );
});

function readWhole(file: string): Found {
  const items = readItems({ name: relative(REAL, file), bytes: readFileSync(file) });
  const report = items.at(-1);
  if (report?.type !== 'input') throw new Error(`${file}: no report`);
  const rejects = items.filter((item): item is Reject => item.type === 'reject');
  if (rejects.length !== report.rejects)
    throw new Error(`${file}: ${rejects.length} rejects, ${report.rejects} reported`);
  return {
    format: report.format,
    events: report.events,
    rejects: rejects.map(
      ({ reason, position, isEvent }) => `${position.offset}+${position.length} ${reason}${isEvent ? ' (event)' : ''}`,
    ),
  };
}
