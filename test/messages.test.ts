import fc from 'fast-check';
import t from 'tap';
import { createCatalogue, openCatalogue } from '../src/messages/catalogue.js';
import { buildCatalogue } from '../src/messages/catalogue-file.js';
import type { Inversion } from '../src/messages/inversion.js';
import { invertMessage } from '../src/messages/invert.js';
import { READINGS_LIMIT } from '../src/messages/readings.js';
import { compileTemplate, type MessageTemplate, renderTemplate } from '../src/messages/template.js';
import { TemplateSet } from '../src/messages/template-set.js';
import { tuplesOf } from './tuples.js';

const RUNS = { numRuns: Number(process.env.EVPAIR_RUNS ?? 3000) };

/** Every assignment of values that renders to the message, by trying all: the oracle, written without the code under test. */
function bruteForce(parts: readonly (string | number)[], message: string): string[] {
  const found = new Set<string>();
  const values: (string | undefined)[] = [];
  const step = (part: number, at: number): void => {
    if (part === parts.length) {
      if (at === message.length) found.add(JSON.stringify(values.map(value => value ?? null)));
      return;
    }
    const piece = parts[part]!;
    if (typeof piece === 'string') {
      if (message.startsWith(piece, at)) step(part + 1, at + piece.length);
      return;
    }
    const bound = values[piece - 1];
    if (bound !== undefined) {
      if (message.startsWith(bound, at)) step(part + 1, at + bound.length);
      return;
    }
    for (let end = at; end <= message.length; end++) {
      values[piece - 1] = message.slice(at, end);
      step(part + 1, end);
    }
    values[piece - 1] = undefined;
  };
  step(0, 0);
  return [...found];
}

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  ' ',
  ': ',
  '\n',
  'é',
  '’',
  '.',
  'a b',
  '\u00a0',
  '\u200e',
  'שם',
  '\t',
  'é b',
  'Name: ',
  '?',
);
const literal = fc.array(piece, { minLength: 0, maxLength: 3 }).map(pieces => pieces.join(''));
const value = fc.oneof(
  fc.array(piece, { maxLength: 3 }).map(pieces => pieces.join('')),
  fc.constantFrom('', 'a', 'server01', 'x y'),
);

/** Templates as parts: text, and numbers for inserts. Distinct numbers unless repeats are wanted. */
function partsOf(withRepeats: boolean): fc.Arbitrary<(string | number)[]> {
  return fc
    .tuple(literal, fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), literal), { maxLength: 4 }))
    .map(([first, rest]) => {
      const parts: (string | number)[] = [first];
      for (const [index, [number, text]] of rest.entries()) parts.push(withRepeats ? number : index + 1, text);
      return parts;
    });
}

function toTemplate(parts: readonly (string | number)[]): string {
  return parts
    .map(part => (typeof part === 'number' ? `%${part}` : part.replaceAll('%', '%%').replaceAll('\n', '%n')))
    .join('');
}

function compact(insertions: readonly (string | null)[]): (string | null)[] {
  const used = [...insertions];
  while (used.length > 0 && used.at(-1) === null) used.pop();
  return used.map(text => text?.replaceAll('\r\n', '\n') ?? null);
}

for (const withRepeats of [false, true]) {
  t.test(
    `inversion counts the readings that trying every assignment finds${withRepeats ? ', with repeated inserts' : ''}`,
    async () => {
      fc.assert(
        fc.property(
          partsOf(withRepeats),
          fc.array(value, { minLength: 4, maxLength: 4 }),
          fc.boolean(),
          (parts, values, isLf) => {
            const template = compileTemplate(toTemplate(parts));
            const rendered = renderTemplate(template, values);
            const message = isLf ? rendered.replaceAll('\r\n', '\n') : rendered;
            const readings = bruteForce(parts, message.replaceAll('\r\n', '\n'));
            const inversion = invertMessage(template, message);
            const found = JSON.stringify(compact(inversion.insertions));
            // Other values may give the same text once an export has changed it: the next test says when.
            if (readings.length === 1 && inversion.reason === 'views') return inversion.certainty === 'ambiguous';
            if (readings.length === 1) {
              return inversion.certainty === 'exact' && found === JSON.stringify(compact(JSON.parse(readings[0]!)));
            }
            const isCounted = inversion.readings === Math.min(readings.length, READINGS_LIMIT) || withRepeats;
            const isAmongThem = readings.some(reading => JSON.stringify(compact(JSON.parse(reading))) === found);
            return inversion.certainty === 'ambiguous' && isCounted && isAmongThem && inversion.readings! > 1;
          },
        ),
        { ...RUNS, verbose: 1 },
      );
    },
  );
}

/** What an export may do to a whole message. */
const EXPORTS: Record<string, (text: string) => string> = {
  'line breaks LF': text => text.replaceAll('\r\n', '\n'),
  'one line': text => text.replace(/\r?\n/g, ' '),
  'one line, two spaces': text => text.replaceAll('\r\n', '  ').replaceAll('\n', ' '),
  'no trailing spaces': text => text.replace(/[ \t]+(?=\r?\n|$)/g, ''),
  'no-break spaces plain': text => text.replaceAll('\u00a0', ' '),
  'apostrophes plain': text => text.replaceAll('’', "'"),
  'no marks': text => text.replaceAll('\u200e', ''),
  'ASCII with ?': text => text.replace(/[^\x00-\x7f]/g, '?'),
  'ANSI with ?': text => text.replace(/[^\x00-\xff]/g, '?'),
  'spaces after': text => `${text}  `,
};

/** Values are compared without what tolerance cannot tell: form of spaces and apostrophes, marks, spaces at the ends. */
function plain(text: string): string {
  return text
    .replace(/[\u200e\u200f]/g, '')
    .replaceAll('’', "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/** A character of a rendered message, and the part of the template that it comes from. */
type Rendered = readonly [character: string, part: number];
type Export = (text: readonly Rendered[]) => readonly Rendered[];
/** `hides`: some of a literal of white space alone, between two values, is gone. */
interface Origin {
  readonly change: Export;
  readonly hides: boolean;
}

const isWhite = ([character]: Rendered) => /\s/.test(character);
const isLineBreak = ([character]: Rendered) => character === '\n';
/** A line break that is all there is between two values is not taken to be cut: then nothing was. */
const LONE = -2;
const cutUnlessLone =
  (from: (text: readonly Rendered[]) => number, to: (text: readonly Rendered[]) => number): Export =>
  text => {
    const kept = text.slice(from(text), to(text));
    const isLone = (one: Rendered) => one[1] === LONE && isLineBreak(one) && !kept.includes(one);
    return text.some(isLone) ? text : kept;
  };
const endOf = (text: readonly Rendered[]) => text.findLastIndex(one => !isWhite(one)) + 1;
const cutEnd = cutUnlessLone(() => 0, endOf);
const cutEnds = cutUnlessLone(
  text =>
    Math.max(
      0,
      text.findIndex(one => !isWhite(one)),
    ),
  endOf,
);
const cutLines: Export = text =>
  text.filter((one, at) => {
    if (!isWhite(one) || isLineBreak(one)) return true;
    const rest = text.slice(at);
    return !isWhite(rest.find(other => !isWhite(other) || isLineBreak(other)) ?? ['\n', 0]);
  });
const joinedBy =
  (by: string): Export =>
  text =>
    text.flatMap(one => (isLineBreak(one) ? [...by].map((blank): Rendered => [blank, one[1]]) : [one]));

/** Believed of literals with text in them alone: elsewhere it leaves no trace at all. */
const collapse: Export = text =>
  text.flatMap((one, at) => (!isWhite(one) ? [one] : at > 0 && isWhite(text[at - 1]!) ? [] : [[' ', one[1]] as const]));

/** What may have become of a message's white space for an answer to be exact all the same. */
const CHANGES: readonly Export[] = [
  text => text,
  cutLines,
  cutEnd,
  cutEnds,
  text => cutEnds(cutLines(text)),
  ...['', ' ', '  '].flatMap(by => [joinedBy(by), (text: readonly Rendered[]) => cutEnds(joinedBy(by)(text))]),
  collapse,
  text => cutEnds(collapse(text)),
];
const COLLAPSES = CHANGES.slice(-2);

const shortLiteral = fc.constantFrom(
  ...[
    '',
    ' ',
    '\n',
    'a',
    'a ',
    ' a',
    ': ',
    ':',
    ' a ',
    '\nb:',
    'a\n',
    ' \n',
    '  ',
    '\n\n',
    'b: ',
    'a b',
    'a: \n',
    '.',
    '\n ',
  ],
);

/** Numbers of inserts, and the literals around them; half of the time some stand twice. */
const insertsAndLiterals = fc
  .constantFrom(...[[1], [1, 2], [1, 2, 3], [1, 2, 3], [1, 1], [1, 2, 1], [1, 1, 2], [1, 2, 2]])
  .chain(inserts => {
    const length = inserts.length + 1;
    return fc.tuple(fc.constant(inserts), fc.array(shortLiteral, { minLength: length, maxLength: length }));
  });

function partsWith(inserts: readonly number[], literals: readonly string[]): (string | number)[] {
  return literals.flatMap((one, k) => (k === 0 ? [one] : [inserts[k - 1]!, one]));
}

t.test('exact is what no other values, whatever an export did to white space, could have given', async t => {
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  fc.assert(
    fc.property(insertsAndLiterals, ([inserts, literals]) => {
      const many = Math.max(...inserts);
      const hasRepeats = many < inserts.length;
      const template = compileTemplate(toTemplate(partsWith(inserts, literals)));
      const solid = literals.join('').replace(/\s/g, '');
      const length = many > 2 ? 3 : 4;
      const characters = [...new Set(['a', ' ', '\n', ...solid])].slice(0, 4);
      // What each message may come from: the values as the text has them, with the least change that gives it.
      const origins = new Map<string, Map<string, Origin>>();
      for (const values of valuesUpTo(length, many, characters)) {
        const rendered = literals.flatMap((one, k): Rendered[] => [
          ...[...one].map(
            (character): Rendered => [character, k > 0 && k < inserts.length && one.trim() === '' ? LONE : -1],
          ),
          ...[...(values[inserts[k]! - 1] ?? '')].map((character): Rendered => [character, k]),
        ]);
        for (const change of CHANGES) {
          const changed = change(rendered);
          const message = changed.map(([character]) => character).join('');
          // Longer messages may come from longer values too.
          if (message === '' || message.length - solid.length > length + (hasRepeats ? 1 : 0)) continue;
          const images = values.map((_, index) => {
            const first = inserts.indexOf(index + 1);
            return changed.map(([one, part]) => (part === first ? one : '')).join('');
          });
          const key = JSON.stringify(images);
          const known = origins.get(message) ?? new Map<string, Origin>();
          const least = known.get(key);
          const hides = rendered.some(one => one[1] === LONE && !changed.includes(one));
          if (least === undefined || (least.hides && !hides)) known.set(key, { change, hides });
          origins.set(message, known);
        }
      }
      for (const [message, images] of origins) {
        const { certainty, insertions } = invertMessage(template, message);
        const unlike = new Set<string>();
        const asRendered: string[] = [];
        for (const [key, { change }] of images) if (change === CHANGES[0]) asRendered.push(key);
        let supposed = 0;
        for (const [key, { change, hides }] of images) {
          // Of a text that fits as it stands nothing is supposed that leaves no trace.
          if (asRendered.length > 0 && (hides || COLLAPSES.includes(change))) continue;
          supposed += 1;
          if (!COLLAPSES.includes(change)) unlike.add(JSON.stringify(JSON.parse(key).map(plain)));
        }
        count(`${certainty}, ${unlike.size > 1 ? 'several' : 'one'}`);
        if (certainty === 'exact' && unlike.size > 0) {
          if (!unlike.has(JSON.stringify(insertions.map(one => plain(one ?? '')))) || unlike.size > 1) return false;
          if (asRendered.length > 0 && !asRendered.includes(JSON.stringify(insertions))) return false;
        } else if (certainty !== 'exact' && supposed === 1 && asRendered.length === 1 && !hasRepeats) {
          return false;
        }
      }
      return true;
    }),
    // A mark of direction between a space and the line's end is dropped by views; the space was none that is cut.
    {
      numRuns: Math.ceil(RUNS.numRuns / 30),
      verbose: 1,
      examples: [
        [
          [
            [1, 2],
            [' \u200e\n', ' ', ''],
          ],
        ],
      ],
    },
  );
  t.comment(JSON.stringify(counts));
  t.ok(counts['ambiguous, several']! > 100 && counts['exact, one']! > 1000);
});

/** All values of so many inserts that have no more characters than that together. */
function* valuesUpTo(length: number, many: number, characters: readonly string[]): Generator<string[]> {
  if (many === 0) {
    yield [];
    return;
  }
  for (let own = 0; own <= length; own++) {
    for (const first of textsOf(own, characters)) {
      for (const rest of valuesUpTo(length - own, many - 1, characters)) yield [first, ...rest];
    }
  }
}

function textsOf(length: number, characters: readonly string[]): string[] {
  if (length === 0) return [''];
  return textsOf(length - 1, characters).flatMap(text => characters.map(character => text + character));
}

t.test('whatever an export did to the text, an exact answer is the truth as the text has it', async t => {
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(
      partsOf(false),
      fc.array(value, { minLength: 4, maxLength: 4 }),
      fc.constantFrom(...Object.keys(EXPORTS)),
      (parts, values, name) => {
        const template = compileTemplate(toTemplate(parts));
        const inversion = invertMessage(template, EXPORTS[name]!(renderTemplate(template, values)));
        const key = `${name}: ${inversion.certainty}`;
        counts[key] = (counts[key] ?? 0) + 1;
        return !isUntrue(inversion, parts, values, name);
      },
    ),
    {
      ...RUNS,
      verbose: 1,
      examples: [
        // Folding drops the mark of direction, and the space behind it was cut.
        [['', 1, '\u200e ', 2, ''], ['', '\né b', '', ''], 'no trailing spaces'],
        // It makes a space of one that does not break, and the template's own was cut.
        [['', 1, '', 2, '', 3, ' ', 4, ''], ['', '', '\u00a0a', ''], 'no trailing spaces'],
        [['', 1, ' \n', 2, '\u00a0\n'], ['', 'a', '', ''], 'no trailing spaces'],
        // It drops all of a value, and the blank behind that was cut.
        [[' ', 1, ' ', 2, ' \n', 3, ''], ['a', '\u200e', '', ''], 'no trailing spaces'],
        // It drops all of a literal, and another was cut.
        [['', 1, '\u200e', 2, '', 3, '\t', 4, ''], ['\t', '', 'a', ''], 'no trailing spaces'],
      ],
    },
  );
  t.comment(JSON.stringify(counts, null, 1));
  for (const name of Object.keys(EXPORTS)) t.ok(counts[`${name}: exact`]! > 0, name);
});

t.test('so it is of all templates and values that are put together from a few pieces', async t => {
  const worlds: readonly [inserts: number, literals: readonly string[], values: readonly string[]][] = [
    [
      1,
      ['', 'a', ' ', ': ', '\n', '’', '\u00a0', '\u200e', '\t', '?', ' \n', 'é'],
      ['', 'a', ' ', '\u00a0a', '\u200e', '?'],
    ],
    [2, ['', 'a', ' ', '\n', '\u00a0', '\u200e', '\t', ' \n', '\u00a0\n'], ['', 'a', ' ', '\u00a0a', '\u200e', 'a\n']],
    [3, ['', ' ', ' \n', '\u200e'], ['', 'a', '\u00a0a', '\u200e']],
  ];
  let exact = 0;
  const untrue: string[] = [];
  for (const [inserts, literals, values] of worlds) {
    for (const chosen of tuplesOf(literals, inserts + 1)) {
      const parts = partsWith(
        chosen.slice(1).map((_, index) => index + 1),
        chosen,
      );
      const template = compileTemplate(toTemplate(parts));
      for (const own of tuplesOf(values, inserts)) {
        const rendered = renderTemplate(template, own);
        for (const [name, change] of Object.entries(EXPORTS)) {
          const message = change(rendered);
          if (message === rendered && name !== 'line breaks LF') continue;
          const inversion = invertMessage(template, message);
          if (inversion.certainty === 'exact') exact += 1;
          if (isUntrue(inversion, parts, own, name)) untrue.push(JSON.stringify([parts, own, name]));
        }
      }
    }
  }
  t.same(untrue.slice(0, 9), []);
  t.ok(exact > 90_000, `${exact} exact answers`);
});

t.test('so it is whatever stands in the place of a parameter that the machine did or did not replace', async t => {
  const pieces = ['%%1833', ' ', 'a', '%1', '\u00a0', '%2', '%n', ': '];
  const asText = (piece: string, values: readonly string[], parameter: string) =>
    ({ '%%1833': parameter, '%1': values[0]!, '%2': values[1]!, '%n': '\r\n' })[piece] ?? piece;
  let exact = 0;
  const untrue: string[] = [];
  for (const parts of [2, 3, 4].flatMap(length => tuplesOf(pieces, length))) {
    if (!parts.includes('%%1833')) continue;
    const template = compileTemplate(parts.join(''));
    // An insert and a parameter, or two of either, with a blank alone between them.
    const hasBareBlank = /(?:%1|%2|%%1833)[ \n]+(?:%1|%2|%%1833)/.test(parts.join('').replaceAll('%n', '\n'));
    for (const parameter of ['%1833', 'P', 'a b', '\u00a0', '']) {
      for (const values of [
        ['', ''],
        ['a', 'x y'],
        ['h', '\u00a0a'],
      ]) {
        const rendered = parts.map(piece => asText(piece, values, parameter)).join('');
        for (const name of ['line breaks LF', 'one line', 'no trailing spaces', 'no-break spaces plain']) {
          const inversion = invertMessage(template, EXPORTS[name]!(rendered));
          if (inversion.certainty === 'exact') exact += 1;
          if (hasBareBlank && name === 'no trailing spaces') continue;
          if (isUntrue(inversion, [], values, name)) untrue.push(JSON.stringify([parts, parameter, values, name]));
        }
      }
    }
  }
  t.same(untrue.slice(0, 9), []);
  t.ok(exact > 50_000, `${exact} exact answers`);
});

t.test('so it is of two templates, whichever of them a message comes from', async t => {
  const piece = fc.constantFrom('', 'a', ' b', 'a ', 'b', 'a\n', '\u00a0a');
  let exact = 0;
  fc.assert(
    fc.property(
      fc.array(insertsAndLiterals, { minLength: 2, maxLength: 2 }),
      fc.array(piece, { minLength: 3, maxLength: 3 }),
      (both, values) => {
        const templates = both.map(([inserts, literals]) => partsWith(inserts, literals));
        const compiled = templates.map(parts => compileTemplate(toTemplate(parts)));
        const set = new TemplateSet(compiled);
        return compiled.every((template, index) => {
          const rendered = renderTemplate(template, values);
          return Object.entries(EXPORTS).every(([name, change]) => {
            const inversion = set.invert(change(rendered));
            if (inversion?.certainty !== 'exact') return true;
            exact += 1;
            // Of a value that the text does not show nothing is told.
            const own = values.map((text, at) => (both[index]![0].includes(at + 1) ? text : ''));
            const insertions = own.map((_, at) => inversion.insertions[at] ?? '');
            return !isUntrue({ ...inversion, insertions }, templates.flat(), own, name);
          });
        });
      },
    ),
    { numRuns: Math.ceil(RUNS.numRuns / 2), verbose: 1 },
  );
  t.ok(exact > RUNS.numRuns, `${exact} exact answers`);
});

/** Whether the inversion calls values exact that are not those that the export had in its text. */
function isUntrue(
  { certainty, view, insertions }: Inversion,
  parts: readonly (string | number)[],
  values: readonly string[],
  name: string,
): boolean {
  if (certainty !== 'exact') return false;
  // White space alone between values leaves no trace where it is cut: a text that fits unchanged is taken at its word.
  if (name === 'no trailing spaces' && view === 'verbatim' && parts.some(isBarePart)) return false;
  return insertions.some((text, index) => text !== null && plain(text) !== plain(EXPORTS[name]!(values[index]!)));
}

function isBarePart(part: string | number, index: number): boolean {
  return index > 0 && typeof part === 'string' && part !== '' && part.trim() === '';
}

t.test('FormatMessage syntax: escapes, forms, the end, and what is no syntax', async t => {
  const rows: [template: string, values: (string | null)[], rendered: string][] = [
    ['%1 is %2%n', ['a', 'b'], 'a is b\r\n'],
    ['%1!s! %2!-10.8S! %3!08x!', ['a', 'b', 'c'], 'a b c'],
    ['%1!not a form', ['a'], 'a!not a form'],
    ['%10%1', ['a', ...new Array(8).fill(null), 'j'], 'ja'],
    ['100%% sure%. yes%! %btab%tend%rx', [], '100% sure. yes!  tab\tend\rx'],
    ['before%0after', [], 'before'],
    ['%%1833', [], '%%1833'],
    ['odd % and %', [], 'odd  and %'],
    ['%1 %2 %3', ['a'], 'a %2 %3'],
  ];
  for (const [template, values, rendered] of rows)
    t.equal(renderTemplate(compileTemplate(template), values), rendered, template);
  fc.assert(
    fc.property(
      fc.string({ maxLength: 40, unit: fc.constantFrom('%', '1', '0', '!', 's', 'n', ' ', 'x', '9') }),
      text => {
        const compiled = compileTemplate(text);
        return (
          compiled.literals.length === compiled.inserts.length + 1 && compiled.inserts.every(n => n >= 1 && n <= 99)
        );
      },
    ),
    RUNS,
  );
});

t.test('a repeated insert that was cut at the end of a line is found, and never taken for proven', async t => {
  const word = fc.constantFrom('alpha', 'beta', 'to', '0x5', 'a b');
  const value = fc.tuple(word, fc.constantFrom('', ' ', '  ', '\t', ' \t')).map(parts => parts.join(''));
  const shape = fc.constantFrom(
    ...[
      'Host: %1%nName: <%2>%nAgain: %1, said %2',
      'Again: %1; Host: %1',
      '%1 was <%2>, is [%2]%nof %1%nEnd',
      'A: %1%nB: %1%nC: %1%n',
    ],
  );
  const cut = fc.constantFrom(
    (message: string) => message.replace(/[ \t]+(?=\r\n)/g, ''),
    (message: string) => message.trimEnd(),
    (message: string) => message.replace(/[ \t]+(?=\r\n|$)/g, ''),
  );
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(shape, fc.tuple(value, value), cut, (text, own, changed) => {
      const template = compileTemplate(text);
      const found = invertMessage(template, changed(renderTemplate(template, own)));
      counts[found.certainty] = (counts[found.certainty] ?? 0) + 1;
      // As the text has them: of some, all places were cut.
      const isRight = found.insertions.every((insertion, index) => insertion?.trim() === own[index]!.trim());
      return found.certainty !== 'none' && isRight;
    }),
    { numRuns: 1000, verbose: 1 },
  );
  t.comment(JSON.stringify(counts));
  t.match(invertMessage(compileTemplate('Again: %1; Host: %1'), 'Again: bob ; Host: bob'), {
    certainty: 'ambiguous',
    insertions: ['bob '],
    reason: 'views',
  });
  t.match(invertMessage(compileTemplate('Again: %1; Host: %1'), 'Again: bob; Host: bob2'), { certainty: 'none' });
  t.match(invertMessage(compileTemplate('A: %1; B: %1; C: %1'), 'A: bob; B: bob ; C: bob'), { certainty: 'none' });
});

t.test('odd messages of plain templates', async t => {
  const rows: [what: string, template: string, message: string, certainty: string, insertions: (string | null)[]][] = [
    ['unfilled inserts are no values', '%1 and %2: %4', 'a and b: %4', 'exact', ['a', 'b', null, null]],
    ['adjacent inserts can be split anywhere', '%1%2', 'ab', 'ambiguous', ['', 'ab']],
    ['adjacent inserts of nothing cannot', '<%1%2>', '<>', 'exact', ['', '']],
    ['repeated inserts must agree', '%1-%2-%1', 'x-y-z', 'none', []],
    ['repeated inserts decide', '%1-%2-%1', 'a-b-c-a', 'exact', ['a', 'b-c']],
    ['a parameter reference may stand as it is', 'x %%1833 %1', 'x %%1833 b', 'exact', ['b']],
    ['or as FormatMessage leaves it', 'x %%1833 %1', 'x %1833 b', 'exact', ['b']],
    ['or as its text', 'is %%1833: %1', 'is Yes: b', 'exact', ['b']],
    ['which is not believed where it stands as it is', '%%1833%n%1.%n.', '%%1833\r\nx\ny.\r\n.', 'exact', ['x\ny']],
    ['empty values are values', 'a: %1%nb: %2', 'a: \nb: ', 'exact', ['', '']],
    ['empty values whose spaces were cut off', 'a: %1%nb: %2%n', 'a:\nb:', 'exact', ['', '']],
    ['one line', 'a: %1%nb: %2%n', 'a: x b: y', 'exact', ['x', 'y']],
    ['one line, whose last line break is a space too', 'a: %1%n', 'a: x ', 'exact', ['x']],
    ['spaces alone between values, in a text that fits as it stands', '%1 %2', 'a b', 'exact', ['a', 'b']],
    ['and where others were not cut', '%1 %2%n%nx: %3', 'a b\n\nx: ', 'exact', ['a', 'b', '']],
    ['a line break alone between values', '%1%n%2', 'a\nb', 'exact', ['a', 'b']],
    [
      'one line with two spaces, where the value could have ended in one',
      'a: %1%nb: %2',
      'a: x  b: y',
      'ambiguous',
      ['x ', 'y'],
    ],
    ['another template', 'The %1 stopped.', 'The x started.', 'none', []],
    ['the whole message', '%1', 'any\r\nthing', 'exact', ['any\r\nthing']],
  ];
  for (const [what, template, message, certainty, insertions] of rows) {
    const inversion = invertMessage(compileTemplate(template), message);
    t.match({ certainty: inversion.certainty, insertions: inversion.insertions }, { certainty, insertions }, what);
  }
  const long = 'x y'.repeat(22_000);
  t.same(invertMessage(compileTemplate('a %1 b'), `a ${long} b`).insertions, [long], '64 KiB');
  const lossy = invertMessage(compileTemplate('L’accès de %1 à %2 a échoué.'), 'L?acc?s de CAS01 ? Zo? a ?chou?.');
  t.match(
    lossy,
    { certainty: 'exact', insertions: ['CAS01', 'Zo?'], damaged: [2], view: 'damaged' },
    'lost characters are told',
  );
  const hard = invertMessage(compileTemplate('%1%2%3%4%1%3%2%4%4%1'), `${'ab'.repeat(400)}${'ba'.repeat(399)}b`);
  t.not(hard.certainty, 'exact', 'a search that gives up is never exact');
});

t.test('both French variants of the seed invert to their four values, whatever an export did', async t => {
  const variant = (word: string) =>
    `Le serveur d'accès client %1 a tenté d'envoyer par proxy du trafic de services ${word} Exchange au serveur d'accès client %2. L'opération a échoué car l'authentification a échoué :%n1. Le nom d'hôte dans %3 n'est peut-être pas enregistré. « Set-WebServicesVirtualDirectory ».%n2. Le serveur hébergeant %4 est peut-être configuré afin de ne pas autoriser l'authentification Kerberos.`;
  const texts = [variant('Web'), variant('web')];
  const catalogue = createCatalogue(
    texts.map(text => ({ provider: 'MSExchange Web Services', eventId: 0, culture: 'fr-FR', text })),
  );
  const values = ['CAS01.contoso.local', 'CAS02.contoso.local', 'https://cas02.contoso.local/ews', 'cas02'];
  for (const text of texts) {
    const message = renderTemplate(compileTemplate(text), values);
    for (const [name, change] of Object.entries(EXPORTS)) {
      const found = catalogue.invert(change(message).replaceAll("d'", name.startsWith('apost') ? 'd’' : "d'"));
      t.match(
        { certainty: found.certainty, insertions: found.insertions, text: found.template?.text },
        { certainty: 'exact', insertions: values, text },
        name,
      );
    }
  }
});

const WORDS = ['service', 'state', 'cannot connect to', 'failed with', 'error', 'the', 'für', 'サーバー', 'accès'];
const template: fc.Arbitrary<MessageTemplate> = fc
  .record({
    provider: fc.constantFrom('A', 'B', 'Ünï'),
    eventId: fc.integer({ min: 1, max: 4 }),
    culture: fc.option(fc.constantFrom('en-US', 'fr-FR'), { nil: undefined }),
    parts: fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom('%1', '%2', '%3', '%n')), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ culture, parts, ...rest }) => ({
    ...rest,
    ...(culture === undefined ? {} : { culture }),
    text: parts.join(' '),
  }));

t.test('the catalogue agrees with trying every template, and reads back what was written', async t => {
  fc.assert(
    fc.property(
      fc.array(template, { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.array(fc.constantFrom('x', 'the error', 'C:\\a b', '', 'für'), { minLength: 3, maxLength: 3 }),
      fc.constantFrom('event', 'literals'),
      fc.constantFrom(...Object.keys(EXPORTS)),
      (templates, pick, values, by, change) => {
        const catalogue = createCatalogue(templates);
        const origin = templates[pick % templates.length]!;
        const message = EXPORTS[change]!(renderTemplate(compileTemplate(origin.text), values));
        const known = by === 'event' ? { provider: origin.provider, eventId: origin.eventId } : {};
        const found = catalogue.invert(message, known);
        const candidates = templates.filter(
          ({ provider, eventId }) => by === 'literals' || (provider === origin.provider && eventId === origin.eventId),
        );
        const all = candidates.map(({ text }) => invertMessage(compileTemplate(text), message));
        const single = all[candidates.indexOf(origin)];
        // An exact answer is given by some template; found by event it is the one that trying that template alone gives.
        if (
          found.certainty === 'exact' &&
          !all.some(one => JSON.stringify(compact(one.insertions)) === JSON.stringify(compact(found.insertions)))
        )
          return false;
        if (by === 'event' && candidates.length === 1 && single !== undefined) {
          return (
            found.certainty === single.certainty &&
            JSON.stringify(found.insertions) === JSON.stringify(single.insertions)
          );
        }
        return by === 'literals' || found.certainty !== 'none' || all.every(one => one.certainty === 'none');
      },
    ),
    { ...RUNS, verbose: 1 },
  );
  const templates = fc.sample(template, { numRuns: 40, seed: 7 });
  const bytes = buildCatalogue(templates);
  t.same(buildCatalogue([...templates].reverse()), bytes, 'the order of templates does not matter');
  let read = 0;
  const catalogue = openCatalogue({
    size: bytes.length,
    read: (offset, length) => {
      read += length;
      return bytes.slice(offset, offset + length);
    },
  });
  t.ok(read < 200, 'opening reads the header alone');
  const key = (one: MessageTemplate) => JSON.stringify([one.provider, one.eventId, one.culture, one.text]);
  t.same(new Set([...catalogue.templates()].map(key)), new Set(templates.map(key)));
  const { provider, eventId } = templates[0]!;
  const wanted = templates.filter(one => one.provider === provider && one.eventId === eventId);
  t.same(new Set(catalogue.find(provider, eventId).map(key)), new Set(wanted.map(key)));
  t.throws(() => openCatalogue({ size: 4, read: () => new Uint8Array(4) }), { code: 'ERR_CATALOGUE' });
  t.throws(
    () => openCatalogue({ size: bytes.length - 9, read: (offset, length) => bytes.slice(offset, offset + length) }),
    {
      code: 'ERR_CATALOGUE',
    },
  );
});

t.test(
  'a template that fits as it stands is not believed where another fits a message whose lines were joined',
  async t => {
    const catalogue = createCatalogue([
      { provider: 'P', eventId: 1, culture: 'en-US', text: 'The service stopped: %1 (code)' },
      { provider: 'P', eventId: 1, culture: 'en-US', text: 'The service stopped: %1%nReason: %2 (code)' },
      { provider: 'P', eventId: 2, culture: 'en-US', text: 'The disk %1 is full.' },
      { provider: 'P', eventId: 2, culture: 'en-US', text: 'The disk%n%1 is full.' },
    ]);
    const joined = 'The service stopped: Spooler Reason: crash (code)';
    for (const known of [{}, { provider: 'P', eventId: 1 }])
      t.match(catalogue.invert(joined, known), { certainty: 'ambiguous', reason: 'templates' });
    t.match(catalogue.invert('The service stopped: Spooler (code)'), { certainty: 'exact', insertions: ['Spooler'] });
    t.match(catalogue.invert('The disk C: is full.', { provider: 'P', eventId: 2 }), {
      certainty: 'exact',
      insertions: ['C:'],
    });
  },
);

t.test('templates that disagree are ambiguous, templates that agree are exact', async t => {
  const catalogue = createCatalogue([
    { provider: 'P', eventId: 1, culture: 'en-US', text: 'Error: %1' },
    { provider: 'P', eventId: 2, culture: 'en-US', text: 'Error: cannot open %1' },
    { provider: 'Q', eventId: 1, culture: 'en-US', text: 'Cannot reach %1.%n' },
    { provider: 'R', eventId: 9, culture: 'en-GB', text: 'Cannot reach %1.' },
  ]);
  t.match(catalogue.invert('Error: cannot open x'), { certainty: 'ambiguous', reason: 'templates', insertions: ['x'] });
  t.match(catalogue.invert('Error: cannot open x', { provider: 'P', eventId: 2 }), {
    certainty: 'exact',
    insertions: ['x'],
    foundBy: 'event',
  });
  t.match(catalogue.invert('Cannot reach x.'), { certainty: 'exact', insertions: ['x'] });
  t.match(catalogue.invert('Cannot reach x.', { culture: 'en-GB' }), { culture: 'en-GB' });
  t.match(
    catalogue.invert('Cannot reach x.', { provider: 'P', eventId: 1 }),
    { certainty: 'exact', foundBy: 'literals' },
    'a match is proved, not assumed',
  );
  t.match(catalogue.invert('Something else'), { certainty: 'none' });
});

t.test("Windows' text for a missing template gives the strings back, in every language", async t => {
  const catalogue = createCatalogue([{ provider: 'P', eventId: 9, text: '%1 %2 and %3' }]);
  const heads: Record<string, [string, string, string]> = {
    'en-US': [
      'The description for Event ID 9 from source P cannot be found. Either the component that raises this event is not installed on your local computer or the installation is corrupted.',
      'The following information was included with the event: ',
      'The message resource is present but the message was not found in the message table',
    ],
    'fr-FR': [
      'La description de l’ID d’événement 9 dans la source P est introuvable. Le composant qui a déclenché cet événement n’est pas installé.',
      'Les informations suivantes étaient incluses avec l’événement\u00a0: ',
      '',
    ],
    'de-DE': [
      'Die Beschreibung für Ereignis-ID "9" aus der Quelle "P" wurde nicht gefunden. Entweder ist die Komponente nicht installiert.',
      'Die folgenden Informationen wurden mit dem Ereignis gespeichert: ',
      '',
    ],
    'es-ES': [
      'No se puede encontrar la descripción del id. de evento 9 del origen P. El componente no está instalado.',
      'La siguiente información se incluyó con el evento: ',
      '',
    ],
    'it-IT': [
      "Impossibile trovare la descrizione per l'ID evento 9 dall'origine P. Il componente non è installato.",
      "Le seguenti informazioni sono state incluse nell'evento: ",
      '',
    ],
    'ru-RU': [
      'Не найдено описание для события с кодом 9 из источника P. Вызывающий компонент не установлен.',
      'К событию были добавлены следующие сведения: ',
      '',
    ],
    'ja-JP': [
      'ソース "P" からのイベント ID 9 の説明が見つかりません。このイベントを発生させるコンポーネントがインストールされていません。',
      'イベントには次の情報が含まれています: ',
      'メッセージ リソースは存在しますが、メッセージがメッセージ テーブルに見つかりませんでした。',
    ],
    'zh-CN': [
      '无法找到来自源 P 的事件 ID 9 的描述。本地计算机上未安装引发此事件的组件。',
      '以下是包含在事件中的信息: ',
      '消息资源存在，但在消息表中找不到该消息。',
    ],
    'zh-TW': ['找不到來源 P 的事件識別碼 9 的描述。您的本機電腦上並未安裝元件。', '下列資訊已包含在事件中: ', ''],
    'ko-KR': [
      '원본 P의 이벤트 ID 9에 대한 설명을 찾을 수 없습니다. 구성 요소가 설치되어 있지 않습니다.',
      '다음 정보가 이벤트에 포함되어 있습니다: ',
      '',
    ],
    'pt-BR': [
      'Não foi possível encontrar a descrição da ID de Evento 9 da fonte P. O componente não está instalado.',
      'As seguintes informações foram incluídas com o evento: ',
      '',
    ],
  };
  for (const [culture, [head, marker, trailer]] of Object.entries(heads)) {
    for (const nl of ['\r\n', '\n']) {
      const text = (...strings: string[]) =>
        [head, '', 'x', '', marker, '', ...strings, ...(trailer === '' ? [] : ['', trailer, ''])].join(nl);
      t.match(
        catalogue.invert(text('a', 'b c', 'd'), { provider: 'P', eventId: 9 }),
        { certainty: 'exact', insertions: ['a', 'b c', 'd'], culture, foundBy: 'fallback' },
        culture,
      );
      t.match(
        catalogue.invert(text('a', 'b')),
        { certainty: 'ambiguous', reason: 'strings', insertions: ['a', 'b'], readings: 2 },
        culture,
      );
      t.match(catalogue.invert(text('one')), { certainty: 'exact', insertions: ['one'] }, culture);
    }
  }
  // As .NET words it in Get-EventLog, and as translated documentation has it: first sentences, or what stands before the strings.
  const oneParagraph: [culture: string, text: string][] = [
    [
      'ja-JP',
      "ソース 'P' のイベント ID '9' の説明が見つかりません。アクセス許可がない可能性があります。次の情報はイベントの一部です:",
    ],
    [
      'es-ES',
      "No se encontró la descripción del id. de evento '9' en el origen 'P'. Es posible que no tenga permiso. Xxx yyy:",
    ],
    ['ru-RU', "Не найдено описание для события с кодом '9' в источнике 'P'. Возможно, нет разрешения. Xxx yyy:"],
    ['de-DE', "Die Beschreibung für Ereignis-ID '9' in Quelle 'P' wurde nicht gefunden. Xxx yyy:"],
    ['pt-PT', 'Não é possível encontrar a descrição do evento ID 9 da P de origem. Xxx yyy:'],
  ];
  for (const [culture, text] of oneParagraph) {
    t.match(
      catalogue.invert(`${text}'a', 'b c', 'd'`, { provider: 'P', eventId: 9 }),
      { certainty: 'exact', insertions: ['a', 'b c', 'd'], culture, foundBy: 'fallback' },
      culture,
    );
  }
  const paragraphs: [culture: string, head: string, marker: string][] = [
    [
      'es-ES',
      'No se encuentra la descripción del id. de evento 9 en el origen P.',
      'La siguiente información se incluyó con el evento:',
    ],
    [
      'ru-RU',
      'Не удается найти описание для события с кодом 9 из источника P.',
      'В событии содержалась такая информация:',
    ],
    [
      'it-IT',
      'Non è possibile trovare la descrizione dell’ID evento 9 da P.',
      "Le informazioni seguenti sono state incluse con l'evento:",
    ],
    [
      'pt-BR',
      'A descrição da ID do evento 9 do P de origem não pode ser localizada.',
      'As informações a seguir foram incluídas com o evento:',
    ],
    ['zh-TW', '找不到來自 P 的事件識別碼 9 的描述。', '該事件隨附了下列資訊：'],
    [
      'de-DE',
      'Die Beschreibung für Ereignis-ID 9 aus der Quelle P konnte nicht gefunden werden.',
      'Worte, die niemand kennt:',
    ],
  ];
  for (const [culture, head, marker] of paragraphs) {
    t.match(
      catalogue.invert(`${head} Xxx.\r\n\r\nYyy.\r\n\r\n${marker} \r\n\r\na\r\nb c\r\nd\r\n`, {
        provider: 'P',
        eventId: 9,
      }),
      { certainty: 'exact', insertions: ['a', 'b c', 'd'], culture, foundBy: 'fallback' },
      culture,
    );
  }
  const disabled =
    'La description de l’ID d’événement 9 dans la source P est introuvable.\r\n\r\nLes informations suivantes étaient incluses avec l’événement\u00a0: \r\n\r\none\r\n\r\nLe serveur de publication a été désactivé et ses ressources ne sont pas disponibles. Cela se produit généralement lorsque le serveur de publication est en cours de désinstallation ou de mise à niveau\r\n';
  t.match(catalogue.invert(disabled), { insertions: ['one'], culture: 'fr-FR' });
  const quoted =
    "The description for Event ID '0' in Source 'P' cannot be found.  The local computer may not have the necessary registry information.  The following information is part of the event:'My Error', 'b'";
  t.match(catalogue.invert(quoted), { insertions: ['My Error', 'b'], certainty: 'ambiguous' });
  const old =
    'The description for Event ID ( 5 ) in Source ( P ) cannot be found. The following information is part of the event: a, b.';
  t.match(catalogue.invert(old), { insertions: ['a', 'b'] });
});
