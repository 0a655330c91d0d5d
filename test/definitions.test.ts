import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import {
  compileDefinitions,
  extractFailures,
  loadDefinitions,
  type PairDefinition,
  SHIPPED_DEFINITIONS,
} from '../src/extract/index.js';
import { compileTemplate, renderTemplate } from '../src/messages/template.js';
import { type EventRecord, EvpairError, type ExtractItem } from '../src/model/index.js';

const FOLDER = new URL('../pipelines/definitions/', import.meta.url);
const GOLDEN = new URL('./golden/definitions/', import.meta.url);
const files = readdirSync(FOLDER)
  .filter(name => name.endsWith('.yaml'))
  .sort();

interface Golden {
  readonly synthetic: string;
  readonly definition: string;
  readonly cases: readonly {
    readonly title: string;
    readonly event: Omit<EventRecord, 'type' | 'position'>;
    readonly yields: readonly Record<string, unknown>[];
  }[];
}

const goldens = files.map(
  file => JSON.parse(readFileSync(new URL(file.replace('.yaml', '.json'), GOLDEN), 'utf8')) as Golden,
);

function extract(
  event: Golden['cases'][number]['event'],
  definitions: readonly PairDefinition[] = SHIPPED_DEFINITIONS,
): ExtractItem[] {
  const found: ExtractItem[] = [];
  const stage = extractFailures(compileDefinitions(definitions));
  stage.push({ ...event, type: 'event', position: { input: 'golden', offset: 0, length: 1 } }, item =>
    found.push(item),
  );
  return found.filter(({ type }) => type !== 'warning');
}

/** Of an item what a golden case speaks of. */
function told(item: ExtractItem, wanted: Record<string, unknown> | undefined): Record<string, unknown> {
  const all: Record<string, unknown> = { ...item };
  const keys = item.type === 'unpaired' ? ['bucket', 'reason'] : ['kind', 'source', 'destination', 'recognizedBy'];
  if (wanted?.attributes !== undefined) keys.push('attributes');
  return Object.fromEntries(keys.map(key => [key, all[key]]));
}

t.test('every shipped definition tells its sample events as their golden file says', async t => {
  for (const { definition, cases } of goldens) {
    for (const { title, event, yields } of cases) {
      const found = extract(event).filter(item => 'definition' in item && item.definition === definition);
      t.strictSame(
        found.map((item, index) => told(item, yields[index])),
        yields,
        `${definition}: ${title}`,
      );
    }
  }
});

t.test('no sample event of one definition is recognised by another', async t => {
  for (const { definition, cases } of goldens) {
    for (const { title, event } of cases) {
      const others = extract(event).filter(item => 'definition' in item && item.definition !== definition);
      t.strictSame(others, [], `${definition}: ${title}`);
    }
  }
});

t.test('a rendered message yields what the data of the same event yield', async t => {
  let compared = 0;
  for (const { definition, cases } of goldens) {
    const rules = SHIPPED_DEFINITIONS.find(({ name }) => name === definition)!.rules;
    for (const { title, event } of cases) {
      if (event.insertions === undefined) continue;
      const [fromData] = extract(event);
      if (fromData?.type !== 'failure' && fromData?.type !== 'unpaired') continue;
      const rule = rules.find(({ eventIds }) => eventIds.length === 0 || eventIds.includes(event.eventId));
      for (const { text } of rule?.messages ?? []) {
        const template = compileTemplate(text);
        const { insertions = [], names: _, ...rest } = event;
        const [fromMessage] = extract({ ...rest, message: renderTemplate(template, insertions) });
        const why = `${definition}: ${title}`;
        if (fromData.type === 'unpaired') t.equal(fromMessage?.type, 'unpaired', why);
        else if (fromMessage?.type === 'failure') {
          const { source, destination, kind, attributes } = fromData;
          t.match(fromMessage, { source, destination, kind, extractedFrom: 'message', certainty: 'exact' }, why);
          t.match(attributes, fromMessage.attributes, `${why}: the attributes that the message holds`);
          compared += 1;
        } else t.fail(`${why}: no failure from the message`);
      }
    }
  }
  t.ok(compared >= 30, `${compared} messages compared`);
});

t.test(
  'every shipped definition says what it rests on, and has a sample that is a pair and one that is none',
  async t => {
    t.ok(files.length >= 17, `${files.length} definitions`);
    for (const [index, file] of files.entries()) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8');
      t.match(text, /^# Source of truth: /m, file);
      const { synthetic, cases } = goldens[index]!;
      t.match(synthetic, /written for the tests/, file);
      t.ok(
        cases.some(({ yields }) => yields.some(({ source }) => source !== undefined)),
        `${file} has a pair`,
      );
      t.ok(
        cases.some(({ yields }) => yields.every(({ source }) => source === undefined)),
        `${file} has no pair`,
      );
      t.strictSame(
        await loadDefinitions(text, file),
        SHIPPED_DEFINITIONS.filter(({ name }) => `${name}.yaml` === file),
        `${file} is what the build made of it`,
      );
    }
    t.equal(SHIPPED_DEFINITIONS.length, files.length);
  },
);

t.test('a definition that takes the computer as an end says so in its comment', async t => {
  for (const file of files) {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    if (/\bComputer\b/.test(text.replace(/^#.*$/gm, ''))) {
      t.match(text.replaceAll(/\n# /g, ' '), /computer that logged|node that logged|[Ll]ogged by/, file);
    }
  }
});

const MINIMAL =
  'name: mine\nversion: 1\ntitle: T\nprovider: P\nfailure:\n  event_id: 1\n  source: "%1"\n  destination: "%2"\n';

t.test('a problem in a definition is told with file, line, column, key and what to write', async t => {
  const cases: readonly [string, string, RegExp][] = [
    [
      'a key is missing',
      MINIMAL.replace('  source: "%1"\n', ''),
      /^mine\.yaml:6:3: key "failure\.source": is missing; write for example source: "%1"$/,
    ],
    [
      'a key is misspelt',
      MINIMAL.replace('source:', 'sorce:'),
      /^mine\.yaml:7:3: unknown key "sorce" in "failure"; did you mean "source"\?/m,
    ],
    ['an unknown key', `${MINIMAL}colour: red\n`, /^mine\.yaml:9:1: unknown key "colour"; remove it$/],
    [
      'a value of the wrong type',
      MINIMAL.replace('version: 1', 'version: one'),
      /^mine\.yaml:2:10: key "version": .*; write for example version: 1$/,
    ],
    [
      'a place that is none',
      MINIMAL.replace('"%2"', '"2"'),
      /^mine\.yaml:8:16: key "failure\.destination": expected Computer, "%n"/,
    ],
    [
      'an unknown part',
      MINIMAL.replace('"%2"', '{ value: "%2", part: host }'),
      /^mine\.yaml:8:37: key "failure\.destination\.part": expected one of url_host/,
    ],
    [
      'an empty place',
      MINIMAL.replace('"%2"', '{ part: url_host }'),
      /^mine\.yaml:8:16: key "failure\.destination": a place needs value/,
    ],
    [
      'nothing to recognise by',
      MINIMAL.replace('  event_id: 1\n', ''),
      /^mine\.yaml:6:3: key "failure": a rule recognises events by event_id, messages or shape/,
    ],
    [
      'a recogniser without its key',
      MINIMAL.replace('event_id: 1', 'event_id: 1\n  recognize_by: [event_id, shape]'),
      /^mine\.yaml:7:17: key "failure\.recognize_by": names shape, but the rule has no shape/,
    ],
    [
      'an ID beyond 16 bits',
      MINIMAL.replace('event_id: 1', 'event_id: [1, 3221235481]'),
      /^mine\.yaml:6:17: key "failure\.event_id\[1\]": expected the low 16 bits/,
    ],
    [
      'no failure rule',
      MINIMAL.replace('failure:', 'recovery:'),
      /^mine\.yaml:1:1: definition: a definition needs at least one failure rule$/,
    ],
    [
      'a predicate that is none',
      MINIMAL.replace('event_id: 1', 'shape: { values: { "%1": hosts } }'),
      /^mine\.yaml:6:28: key "failure\.shape\.values\.%1": expected one of any, filled, host/,
    ],
    ['broken YAML', 'name: [', /^mine\.yaml:1:\d+: no valid YAML: /],
    ['a key given twice', `${MINIMAL}name: again\n`, /^mine\.yaml:9:1: no valid YAML: Map keys must be unique/],
    ['an empty file', '# nothing\n', /^mine\.yaml:1:1: the file holds no definition$/],
    [
      'the second of a list',
      `- { name: a, version: 1, title: T, provider: P, failure: { event_id: 1, source: "%1", destination: "%2" } }\n- { name: B }\n`,
      /^mine\.yaml:2:11: key "name": expected lower-case words/,
    ],
    ['a list where a mapping belongs', 'failure', /^mine\.yaml:1:1: definition: /],
    ['an alias of nothing', `${MINIMAL}recovery: *x\n`, /^mine\.yaml:1:1: no valid YAML: Unresolved alias/],
    [
      'aliases that multiply',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefg'.replace(/./g, c => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)}, `.repeat(9)}]\n`)}`,
      /^mine\.yaml:1:1: no valid YAML: Excessive alias count/,
    ],
    [
      'a value that is no %n',
      MINIMAL.replace('event_id: 1', 'shape: { values: { "1": host } }'),
      /^mine\.yaml:6:22: key "failure\.shape\.values\.1": .*%1 to %99/,
    ],
  ];
  for (const [what, text, message] of cases) {
    const error = await loadDefinitions(text, 'mine.yaml').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!t.ok(error instanceof EvpairError, what)) continue;
    t.equal((error as EvpairError).code, 'ERR_DEFINITION', what);
    t.match((error as EvpairError).message, message, `${what}: ${(error as EvpairError).message}`);
    t.ok((error as EvpairError).hint, what);
  }
  const both = await loadDefinitions(MINIMAL.replace('version: 1', 'version: 0').replace('"%2"', '7'), 'f').catch(
    String,
  );
  t.match(both, /f:2:10: .*\nf:8:16: /, 'all problems at once');
});

t.test('definitions come from one mapping, a list or several documents, and mean the same', async t => {
  const item = MINIMAL.trim().split('\n').join('\n  ');
  const [alone] = await loadDefinitions(`\ufeff${MINIMAL}`, 'a');
  t.strictSame(await loadDefinitions(`- ${item}\n`, 'b'), [alone]);
  t.strictSame(await loadDefinitions(`---\n${MINIMAL}---\n${MINIMAL.replace('mine', 'other')}`, 'c'), [
    alone,
    { ...alone, name: 'other' },
  ]);
});

t.test('a digest changes with the meaning of a definition and not with its spelling', async t => {
  const digest = async (text: string) => compileDefinitions(await loadDefinitions(text, 'f')).definitions[0]!.sha256;
  const one = await digest(MINIMAL);
  t.match(one, /^[\da-f]{64}$/);
  t.equal(await digest(`# comment\n${MINIMAL.replace('event_id: 1', 'event_id: [1]')}`), one);
  t.equal(await digest(MINIMAL.replace('title: T\nprovider: P', 'provider: [P]\ntitle: "T"')), one);
  t.not(await digest(MINIMAL.replace('"%2"', '"%3"')), one);
  const shipped = compileDefinitions(SHIPPED_DEFINITIONS).definitions.map(({ sha256 }) => sha256);
  const computed = compileDefinitions(structuredClone(SHIPPED_DEFINITIONS)).definitions.map(({ sha256 }) => sha256);
  t.same(shipped, computed, 'those that the build writes down are those that would be computed');
});

t.test('two different definitions cannot share a name; the same one twice is one', async t => {
  const [one] = await loadDefinitions(MINIMAL, 'f');
  const [other] = await loadDefinitions(MINIMAL.replace('version: 1', 'version: 2'), 'f');
  t.equal(compileDefinitions([one!, one!]).definitions.length, 1);
  t.throws(() => compileDefinitions([one!, other!]), { code: 'ERR_DEFINITION', message: /named "mine"/ });
});

t.test("the seed event is recognised by ID where a user's own definition gives one", async t => {
  const text = readFileSync(new URL('exchange-ews-proxy-auth.yaml', FOLDER), 'utf8').replace(
    'failure:\n',
    'failure:\n  event_id: 5\n',
  );
  const own = await loadDefinitions(text, 'own.yaml');
  const { event } = goldens.find(({ definition }) => definition === 'exchange-ews-proxy-auth')!.cases[0]!;
  t.match(extract(event, own), [{ type: 'failure', recognizedBy: 'event_id' }]);
  t.match(extract({ ...event, eventId: 6 }, own), [{ type: 'failure', recognizedBy: 'shape' }]);
});
