import fc from 'fast-check';
import t from 'tap';
import { createCatalogue } from '../src/messages/catalogue.js';
import { invertMessage } from '../src/messages/invert.js';
import { READINGS_LIMIT } from '../src/messages/readings.js';
import { compileTemplate, renderTemplate } from '../src/messages/template.js';

const RUNS = { numRuns: Number(process.env['EVPAIR_RUNS'] ?? 3000) };

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
      rest.forEach(([number, text], index) => parts.push(withRepeats ? number : index + 1, text));
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
    `inversion says exact if and only if trying every assignment finds one${withRepeats ? ', with repeated inserts' : ''}`,
    async t => {
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

t.test('whatever an export did to the text, an exact answer is the truth as the text has it', async t => {
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(
      partsOf(false),
      fc.array(value, { minLength: 4, maxLength: 4 }),
      fc.constantFrom(...Object.keys(EXPORTS)),
      (parts, values, name) => {
        const template = compileTemplate(toTemplate(parts));
        const message = EXPORTS[name]!(renderTemplate(template, values));
        const inversion = invertMessage(template, message);
        const key = `${name}: ${inversion.certainty}`;
        counts[key] = (counts[key] ?? 0) + 1;
        if (inversion.certainty !== 'exact') return true;
        // An empty value before cut-off spaces takes part of its literal with it. If the rest of the text then fits the
        // template in another way, nothing tells: the text is taken at its word.
        if (name === 'no trailing spaces' && values.some(text => text === '' || text.trim() !== text)) return true;
        return inversion.insertions.every(
          (text, index) => text === null || plain(text) === plain(EXPORTS[name]!(values[index]!)),
        );
      },
    ),
    { ...RUNS, verbose: 1 },
  );
  t.comment(JSON.stringify(counts, null, 1));
});

t.test('a catalogue answers', async t => {
  const catalogue = createCatalogue([{ provider: 'A', eventId: 1, text: 'x %1' }]);
  t.equal(catalogue.size, 1);
});
