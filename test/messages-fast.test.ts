import fc from 'fast-check';
import t from 'tap';
import { createCatalogue } from '../src/messages/catalogue.js';
import { fileTemplates } from '../src/messages/file-templates.js';
import { type GramTables, lookUpGrams } from '../src/messages/grams.js';
import { type Inversion, sameInsertions } from '../src/messages/inversion.js';
import { invertAt, invertMessage, STEPS } from '../src/messages/invert.js';
import { MessageViews } from '../src/messages/normalise.js';
import { type CompiledTemplate, compileTemplate, renderTemplate } from '../src/messages/template.js';
import { anchorsOf, mayFit, TemplateSet } from '../src/messages/template-set.js';
import { NONE, PlainTemplates, UNSURE } from '../src/messages/verbatim.js';
import { tuplesOf } from './tuples.js';

const RUNS = { numRuns: Number(process.env.EVPAIR_RUNS ?? 1000), verbose: 1 };

// Few and short pieces, so that templates and messages meet by accident; some longer than 16 units, where words of the
// fast path's memory end.
const piece = fc.constantFrom(
  ...['a', 'b', 'ab', ' ', ': ', '\r\n', '\n', '\r', '\t', 'é', '’', '\u00a0', '\u200e', 'サーバー', '?', '??', '?1'],
  ...[
    '%1',
    '%2',
    '\ufffd',
    'Name: ',
    'Name:',
    'Name:\t\t',
    '\r\n\tName:',
    'service',
    'cannot connect to the',
    'A literal that is longer than one word',
  ],
);
const text = fc.array(piece, { maxLength: 4 }).map(pieces => pieces.join(''));
const insert = fc.constantFrom('%1', '%2', '%3', '%1', '%12', '%1!s!', '%%1833');
const escaped = text.map(raw => raw.replaceAll('%', '%%.').replaceAll('\n', '%n').replaceAll('\r', '%r'));
const spaces = fc.constantFrom(' ', ' ', '%t', '%n', '%n%n', '  ');
const template = fc
  .array(
    fc.oneof({ weight: 1, arbitrary: spaces }, { weight: 3, arbitrary: escaped }, { weight: 2, arbitrary: insert }),
    { minLength: 1, maxLength: 8 },
  )
  .map(parts => parts.join(''));
const values = fc.array(text, { minLength: 3, maxLength: 12 });

/** What becomes of a message before it is read: mostly nothing. */
const change = fc.constantFrom<(message: string) => string>(
  ...[
    (message: string) => message,
    (message: string) => message,
    (message: string) => message.replaceAll('\r\n', '\n'),
  ],
  message => message.replace(/[ \t]+(?=\r?\n|$)/g, ''),
  message => message.trimEnd(),
  message => `${message} \r\n`,
  message => message.replaceAll('a', 'b'),
  message => message.replace(/\s+/g, ' '),
  message => message.repeat(400),
  message => message.replace(/\r\n?|\n/g, ''),
  message => message.replace(/\r\n?|\n/g, ' '),
  message => message.replace(/[\u00a0’]/g, lost => (lost === '’' ? "'" : ' ')),
);

/** An encoding loses characters too. */
const loss = fc.constantFrom(
  (message: string) => message,
  (message: string) => message.replace(/[^\0-\x7f]/g, '?'),
);

function messageOf(compiled: CompiledTemplate, own: readonly string[], changed: (message: string) => string): string {
  return changed(renderTemplate(compiled, own));
}

t.test('where the fast path answers, the strict one gives the same answer', async t => {
  const counts = { answered: 0, left: 0 };
  fc.assert(
    fc.property(template, template, values, change, (one, other, own, changed) => {
      const plain = new PlainTemplates();
      const [origin, stranger] = [compileTemplate(one), compileTemplate(other)];
      const rows = [plain.add(origin), plain.add(stranger)];
      const message = messageOf(origin, own, changed);
      plain.read(message);
      return [origin, stranger].every((compiled, index) => isAsStrict(plain, rows[index]!, compiled, message, counts));
    }),
    { ...RUNS, numRuns: RUNS.numRuns * 2 },
  );
  t.comment(JSON.stringify(counts));
  t.ok(counts.answered > RUNS.numRuns);
});

t.test('so it does for all templates and texts that are put together from a few pieces', async t => {
  const worlds: readonly [inserts: string[], literals: string[], characters: string[], longest: number][] = [
    [
      ['1'],
      ['', 'a', ' ', ' ’', '’ ', '\n', ' \n', 'a ', ' a', '\u00a0', '\u200e'],
      ['a', ' ', '\n', '’', '\u00a0'],
      4,
    ],
    [['12', '11'], ['', 'a', ' ', ' ’', '\n', ' \n', 'a '], ['a', ' ', '\n', '’'], 4],
    [['122', '112'], ['', ' ’', '\n', 'a '], ['a', ' ', '\n', '’'], 5],
    [['123', '121'], ['', 'a', ' ', ' \n', 'a '], ['a', ' ', '\n'], 5],
    [['1233'], ['', '\n', 'a'], ['a', ' ', '\n'], 5],
  ];
  const counts = { answered: 0, left: 0 };
  const unlike: string[] = [];
  for (const [patterns, literals, characters, longest] of worlds) {
    const messages = Array.from({ length: longest + 1 }, (_, length) => tuplesOf(characters, length)).flat();
    for (const inserts of patterns) {
      const plain = new PlainTemplates();
      for (const chosen of tuplesOf(literals, inserts.length + 1)) {
        const text = chosen.map(
          (literal, k) => `${literal.replaceAll('\n', '%n')}${inserts[k] ? `%${inserts[k]}` : ''}`,
        );
        const compiled = compileTemplate(text.join(''));
        const row = plain.add(compiled);
        for (const message of messages.map(one => one.join(''))) {
          plain.read(message);
          if (!isAsStrict(plain, row, compiled, message, counts)) unlike.push(JSON.stringify([text.join(''), message]));
        }
      }
    }
  }
  t.comment(JSON.stringify(counts));
  t.same(unlike.slice(0, 9), []);
  t.ok(counts.answered > 500_000, `${counts.answered} answers`);
});

t.test('what the fast path rules out fits under no view, nor with characters lost', async t => {
  const literals = ['', 'a', 'aéb', 'é ', '’a', ' ', '\u00a0a', 'a-', 'a?', 'b\na', 'é\u200ea'];
  const characters = ['a', 'b', '?', 'é', ' ', '-', "'", '\n'];
  const wrong: string[] = [];
  let ruledOut = 0;
  for (const [inserts, longest] of [
    [1, 3],
    [2, 2],
  ] as const) {
    const messages = Array.from({ length: longest + 1 }, (_, length) => tuplesOf(characters, length)).flat();
    const plain = new PlainTemplates();
    for (const chosen of tuplesOf(literals, inserts + 1)) {
      const text = chosen.map((literal, k) => `${literal.replaceAll('\n', '%n')}${k < inserts ? `%${k + 1}` : ''}`);
      const compiled = compileTemplate(text.join(''));
      const row = plain.add(compiled);
      for (const message of messages.map(one => one.join(''))) {
        plain.read(message);
        if (plain.fit(row) !== NONE || plain.mayFit(row)) continue;
        ruledOut += 1;
        if (invertMessage(compiled, message).certainty !== 'none') wrong.push(JSON.stringify([text.join(''), message]));
      }
    }
  }
  t.same(wrong.slice(0, 9), []);
  t.ok(ruledOut > 80_000, `${ruledOut} ruled out`);
});

/** Whether the fast path says of a message that it has read what the strict one says, or nothing. */
function isAsStrict(
  plain: PlainTemplates,
  row: number,
  compiled: CompiledTemplate,
  message: string,
  counts: { answered: number; left: number },
): boolean {
  const readings = plain.fit(row);
  if (readings === UNSURE) {
    counts.left += 1;
    return true;
  }
  counts.answered += 1;
  const strict = invertAt(compiled, new MessageViews(message), STEPS[0]!);
  if (readings === NONE) return strict === undefined;
  const found = plain.values();
  return (
    strict?.view === 'verbatim' &&
    strict.damaged === undefined &&
    strict.certainty === (readings === 1 ? 'exact' : 'ambiguous') &&
    (readings === 1 || strict.readings === readings) &&
    found.length === strict.insertions.length &&
    sameInsertions(found, strict.insertions)
  );
}

t.test('a template of one literal fits a message that is indented and whose end was cut', async t => {
  const plain = new PlainTemplates();
  const rows = ['Name:\t\t', ' Name:', 'Names:'].map(one => plain.add(compileTemplate(one)));
  plain.read(' Name:');
  t.same(
    rows.map(row => plain.fit(row) === NONE),
    [false, false, true],
  );
});

t.test('a message in the memory of another gives what it gives alone', async () => {
  const compiled = compileTemplate('Name: %1 and %2.');
  const plain = new PlainTemplates();
  const row = plain.add(compiled);
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.constant('x'.repeat(8000))), { maxLength: 6 }), others => {
      for (const other of others) plain.read(other).fit(row);
      return plain.read('Name: a and b.').fit(row) === 1 && plain.values().join() === 'a,b';
    }),
    { numRuns: 200 },
  );
});

t.test('both ways of looking up the literals of a message find the same texts', async () => {
  fc.assert(
    fc.property(
      fc.array(template, { minLength: 1, maxLength: 20 }),
      values,
      change,
      fc.nat(),
      (texts, own, changed, pick) => {
        const compiled = texts.map(compileTemplate);
        const tables = fileTemplates(compiled);
        const plain = new PlainTemplates();
        const index = plain.addIndex(tables, compiled.length, number => plain.add(compiled[number]!))!;
        const message = messageOf(compiled[pick % compiled.length]!, own, changed);
        plain.read(message);
        const expected = new Set<number>();
        lookUpGrams(tables, message, number => expected.add(number));
        plain.search(index);
        const count = plain.listedCount;
        if (count < 0) return message.length > 8192;
        const found = plain.listed(index, count);
        return found.length === expected.size && found.every(number => expected.has(number));
      },
    ),
    RUNS,
  );
});

t.test(
  'no text that a message may come from is dropped for its first and last characters or its companions',
  async t => {
    const word = fc.constantFrom(
      ...[
        'the',
        'service',
        'could',
        'not',
        'reach',
        'Überprüfung',
        'l’utilisateur',
        'n’a',
        'été',
        'служба',
        'サーバー',
      ],
      ...['on-line', '«', 'a', '\u00a0:', '%n', '%n%t', '%t', "'%1'", '%1', '%2', '%3', '%%1833', 'soft\u00adware'],
    );
    const wordy = fc.array(fc.tuple(word, fc.constantFrom(' ', ' ', '')), { minLength: 3, maxLength: 14 });
    const counts = { dropped: 0, kept: 0 };
    fc.assert(
      fc.property(
        fc.array(wordy, { minLength: 1, maxLength: 12 }),
        values,
        change,
        loss,
        fc.nat(),
        (all, own, changed, lost, pick) => {
          const compiled = all.map(words => compileTemplate(words.flat().join('')));
          const tables = fileTemplates(compiled);
          const message = lost(messageOf(compiled[pick % compiled.length]!, own, changed));
          const found = textsFound(tables, message);
          return [...textsFound(gramsAlone(tables), message)].every(number => {
            counts[found.has(number) ? 'kept' : 'dropped']++;
            return found.has(number) || invertMessage(compiled[number]!, message).certainty === 'none';
          });
        },
      ),
      RUNS,
    );
    t.comment(JSON.stringify(counts));
    t.ok(counts.dropped > RUNS.numRuns / 20 && counts.kept > RUNS.numRuns / 20);
  },
);

function textsFound(tables: GramTables, message: string): Set<number> {
  const found = new Set<number>();
  lookUpGrams(tables, message, number => found.add(number));
  return found;
}

function gramsAlone(tables: GramTables): GramTables {
  const postings = tables.postings.slice();
  for (let at = 0; at < postings.length; at += postings[at]! * 4 + 1) {
    for (let posting = 0; posting < postings[at]!; posting++)
      postings.fill(0, at + 2 + posting * 4, at + 5 + posting * 4);
  }
  return { ...tables, postings };
}

t.test('a message that lost a mark at its start or end is found by the literals of its template', async t => {
  const catalogue = createCatalogue([
    { provider: 'P', eventId: 1, text: '“service failed on %1 again, and once more”' },
  ]);
  t.match(catalogue.invert('?service failed on A again, and once more?'), { insertions: ['A'] });
});

t.test('both ways find a gram wherever in a message it stands', async t => {
  const texts = ['short %1 ok', 'alpha beta gamma delta epsilon %1 zeta', 'été à la plage du nord %1', 'ab1 %1 %2 cd2'];
  // What may start with anything: no word of it starts behind a letter.
  texts.push('%1 words stand in the middle of it %2', '%1 yes %2');
  const compiled = texts.map(compileTemplate);
  const tables = fileTemplates(compiled);
  const plain = new PlainTemplates();
  const index = plain.addIndex(tables, compiled.length, number => plain.add(compiled[number]!))!;
  let tried = 0;
  let missed = 0;
  const differing: string[] = [];
  // Sixty-four units are looked at together, eight are loaded at once.
  for (const fill of ['x', 'x ', 'é', 'é-', ' ', '-', 'Ab3 ', '\u200b']) {
    for (let length = 0; length <= 150; length++) {
      const padding = fill.repeat(length).slice(0, length);
      for (const text of texts) {
        for (const message of [
          padding + text.replace(/%\d/g, 'v'),
          text.replace('%1', padding),
          text.replace('%1 ', padding),
        ]) {
          plain.read(message).search(index);
          const found = plain.listed(index, plain.listedCount).sort();
          const expected = new Set<number>();
          lookUpGrams(tables, message, number => expected.add(number));
          tried++;
          if (expected.size === 0) missed++;
          if (String(found) !== String([...expected].sort())) differing.push(JSON.stringify(message));
        }
      }
    }
  }
  t.strictSame(differing, []);
  t.ok(missed < tried / 2, 'most messages have a gram to find');
});

/**
 * Every template by the strict inverter: those that fit with the least tolerance, and what the others give with more. All must
 * agree, the latter but for white space around the values.
 */
interface Tried {
  readonly best: readonly Inversion[];
  readonly rivals: readonly Inversion[];
}

function tryAll(all: readonly CompiledTemplate[], message: string): Tried {
  const views = new MessageViews(message);
  const best: Inversion[] = [];
  const rivals: Inversion[] = [];
  for (const step of STEPS) {
    if (best.length > 0) break;
    for (const compiled of all) {
      const own = invertAt(compiled, views, step);
      if (own !== undefined) best.push(own);
    }
    if (best.length === 0) continue;
    for (const compiled of all) {
      if (invertAt(compiled, views, step) !== undefined) continue;
      const alone = invertMessage(compiled, message);
      if (alone.certainty !== 'none') rivals.push(alone);
    }
  }
  return { best, rivals };
}

function isAgreed({ best, rivals }: Tried): boolean {
  const [first, ...others] = best;
  const trimmed = (inversion: Inversion) => inversion.insertions.map(value => value?.trim() ?? null);
  return (
    first?.certainty === 'exact' &&
    others.every(other => other.certainty === 'exact' && sameInsertions(other.insertions, first.insertions)) &&
    rivals.every(other => other.certainty === 'exact' && sameInsertions(trimmed(other), trimmed(first)))
  );
}

t.test('a set of templates answers as trying each of them does', async t => {
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(
      fc.array(template, { minLength: 1, maxLength: 5 }),
      values,
      change,
      fc.nat(),
      (texts, own, changed, pick) => {
        const compiled = texts.map(compileTemplate);
        const message = messageOf(compiled[pick % compiled.length]!, own, changed);
        const all = tryAll(compiled, message);
        const found = new TemplateSet(compiled).invert(message);
        const key = `${describe(all)}: ${found?.certainty}`;
        counts[key] = (counts[key] ?? 0) + 1;
        const { best } = all;
        if (best.length === 0) return found === undefined;
        if (isAgreed(all)) return found?.certainty === 'exact' && sameInsertions(found.insertions, best[0]!.insertions);
        return (
          found?.certainty === 'ambiguous' &&
          best.some(({ insertions }) => sameInsertions(insertions, found.insertions))
        );
      },
    ),
    RUNS,
  );
  t.comment(JSON.stringify(counts));
  t.ok(counts['several fit: exact'] && counts['several fit: ambiguous'], 'that two fit is among what was tried');
  t.ok(counts['1 fits, and others loosely: ambiguous'], 'so is that another one fits if more was done to the message');
});

function describe({ best, rivals }: Tried): string {
  if (best.length === 1) return rivals.length > 0 ? '1 fits, and others loosely' : '1 fits';
  return `${best.length > 1 ? 'several' : 'none'} fit`;
}

t.test('what a set drops at a glance fits in no view', async () => {
  fc.assert(
    fc.property(template, values, change, (one, own, changed) => {
      const compiled = compileTemplate(one);
      const message = messageOf(compiled, own, changed);
      return mayFit(message, anchorsOf(compiled)) || invertMessage(compiled, message).certainty === 'none';
    }),
    RUNS,
  );
});

t.test('of two templates that differ in a short word, the other is ruled out at once', async t => {
  const plain = new PlainTemplates();
  const rowOf = (text: string): number => plain.add(compileTemplate(text));
  const [own, other] = ['Web', 'web'].map(word => rowOf(`Server %1 a sent ${word} services to server %2 at %3.`));
  plain.read('Server A a sent Web services to server B at C.');
  t.strictSame([plain.fit(own!), plain.fit(other!), plain.mayFit(other!)], [1, NONE, false]);
  // Right behind the literal before it, with white space that is no longer what it was.
  const behind = rowOf('Name:%1a literal and%2');
  plain.read('Name:a  literal and more');
  t.strictSame([plain.fit(behind), plain.mayFit(behind)], [NONE, true]);
});

t.test('a catalogue answers as trying its templates does, with provider and event ID and without', async t => {
  const counts: Record<string, number> = {};
  // Some templates have the text of another, or one that its messages may fit too.
  const events = fc
    .array(
      fc.record({
        provider: fc.constantFrom('P', 'Q'),
        eventId: fc.integer({ min: 1, max: 2 }),
        culture: fc.constantFrom(undefined, 'en-US', 'fr-FR'),
        text: template,
        like: fc.constantFrom('%T', '%T', '%T%n', '%T%3', '%1%T', undefined, undefined),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map(all =>
      all.map(({ like, text, ...rest }) => ({
        ...rest,
        text: like === undefined ? text : like.replace('%T', all[0]!.text),
      })),
    );
  fc.assert(
    fc.property(events, values, change, fc.nat(), fc.boolean(), (events, inserted, changed, pick, isKnown) => {
      const templates = events.map(({ culture, ...rest }) => (culture === undefined ? rest : { ...rest, culture }));
      const catalogue = createCatalogue(templates);
      const origin = events[pick % events.length]!;
      const message = messageOf(compileTemplate(origin.text), inserted, changed);
      const { provider, eventId } = origin;
      const found = catalogue.invert(message, isKnown ? { provider, eventId } : {});
      // Texts without a word of three characters are not looked up: they would fit nearly anything.
      const byLiterals = events.filter(one => isFiled(one.text));
      const own = events.filter(one => isKnown && one.provider === provider && one.eventId === eventId);
      // Of a literal that an encoding destroyed as a whole nothing is left to look up.
      const isErasable = (text: string) => isFiled(text) && !/[A-Za-z\d]{3}/.test(text.replace(/%\d+|%\W/g, ' '));
      if (message.includes('?') && events.some(one => isErasable(one.text))) return true;
      const ofEvent = tryAll(compile(own), message);
      const all = ofEvent.best.length > 0 ? ofEvent : tryAll(compile(byLiterals), message);
      // Where line breaks were left out, a word that starts a line may start none in the message: it is not looked up.
      const { best } = all;
      if (ofEvent.best.length === 0 && [...best, ...all.rivals].some(({ view }) => view === 'unbroken'))
        return found.certainty !== 'exact' || isAgreed(all);
      const key = `${isKnown ? 'known' : 'withheld'}, ${describe(all)}: ${found.certainty}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (best.length === 0) return found.certainty === 'none';
      if (isAgreed(all)) return found.certainty === 'exact' && sameInsertions(found.insertions, best[0]!.insertions);
      return (
        found.certainty === 'ambiguous' && best.some(({ insertions }) => sameInsertions(insertions, found.insertions))
      );
    }),
    {
      ...RUNS,
      // Where line breaks are left out, the first is not found by its words: neither starts one.
      examples: [
        [
          [
            { provider: 'P', eventId: 1, culture: undefined, text: '%1aaa%rservice' },
            { provider: 'P', eventId: 1, culture: undefined, text: 'aaa%rservice' },
          ],
          ['', '', ''],
          message => message.replace(/[\r\n]/g, ''),
          0,
          false,
        ],
      ],
    },
  );
  t.comment(JSON.stringify(counts));
  for (const way of ['known', 'withheld'])
    t.ok(counts[`${way}, several fit: exact`] && counts[`${way}, several fit: ambiguous`]);
  t.ok(counts['known, 1 fits, and others loosely: ambiguous']);
});

function compile(events: readonly { readonly text: string }[]): CompiledTemplate[] {
  return events.map(event => compileTemplate(event.text));
}

function isFiled(text: string): boolean {
  return fileTemplates([compileTemplate(text)]).postings.length > 0;
}
