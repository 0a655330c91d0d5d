/**
 * The cost of inversion, as ratios to `JSON.parse` of the same messages as NDJSON lines in the same run, with 50,000
 * templates: of prose and of blocks of labels, in several languages; what opening an indexed catalogue costs; and what becomes of hostile messages as they double.
 * Run: npm run bench -- --only messages. The bars: 1.5 with provider and event ID known, 5 with both withheld.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Catalogue, openCatalogue } from '../../src/messages/catalogue.js';
import { buildCatalogue, bytesSource, type CatalogueSource } from '../../src/messages/catalogue-file.js';
import { invertMessage } from '../../src/messages/invert.js';
import { compileTemplate } from '../../src/messages/template.js';
import { type Corpus, makeCorpus, makeTemplates, mulberry, STYLES, zipf } from './message-corpora.js';

const TEMPLATES = 50_000;
const MESSAGES = 20_000;
/** Different events in a log that repeats itself. */
const DISTINCT = 3000;
const WARM_UP = 2;
const ROUNDS = 9;

export function benchMessages(log: (line: string) => void = console.log): void {
  log(
    `load ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')}, Node ${process.version}`,
  );
  for (const style of STYLES) {
    const random = mulberry(7);
    const templates = makeTemplates(random, style, TEMPLATES);
    const bytes = buildCatalogue(templates);
    // A log repeats a few thousand kinds of event, a few of them most of the time; uniform choice is the hardest case.
    const spreads = { zipf: zipf(random, TEMPLATES, DISTINCT), uniform: () => Math.floor(random() * TEMPLATES) };
    for (const [spread, next] of Object.entries(spreads)) {
      const catalogue = openCatalogue(bytesSource(bytes));
      benchCorpus(log, `${style}, ${spread}`, catalogue, makeCorpus(random, templates, MESSAGES, next));
    }
  }
  opening(log);
  hostile(log);
}

function opening(log: (line: string) => void): void {
  const templates = makeTemplates(mulberry(7), 'prose', TEMPLATES);
  let started = performance.now();
  const bytes = buildCatalogue(templates);
  log(`build 50,000 templates: ${ms(started)} ms, ${(bytes.length / 1e6).toFixed(1)} MB`);
  const path = join(mkdtempSync(join(tmpdir(), 'evpair-bench-')), 'catalogue');
  writeFileSync(path, bytes);
  const source = fileSource(path);
  openCatalogue(source);
  started = performance.now();
  const catalogue = openCatalogue(source);
  catalogue.find(templates[123]!.provider, templates[123]!.eventId);
  log(`open it and find one event: ${ms(started)} ms`);
  started = performance.now();
  execFileSync(process.execPath, ['-e', '']);
  log(`node -e '': ${ms(started)} ms`);
  started = performance.now();
  catalogue.invert('A message of no template at all that is looked up by its literals');
  log(`first lookup by literals: ${ms(started)} ms`);

  rmSync(path, { force: true });
}

/**
 * Tasks in turn, round after round, so that what else the machine does meets them alike; medians of the ratios. `piped`:
 * each line is parsed and inverted at once, and the time of parsing alone taken off; `at hand`: all messages lie parsed
 * in memory, from where a cache of the usual size must fetch each first.
 */
function benchCorpus(log: (line: string) => void, name: string, catalogue: Catalogue, { lines, events }: Corpus): void {
  const lengths = events.map(event => event.message.length).sort((a, b) => a - b);
  const distinct = new Set(events.map(({ provider, event_id }) => `${provider} ${event_id}`)).size;
  const known = (event: Corpus['events'][number]) =>
    catalogue.invert(event.message, { provider: event.provider, eventId: event.event_id });
  const withheld = (event: Corpus['events'][number]) => catalogue.invert(event.message);
  const tasks: Record<string, () => unknown> = {
    parse: () => lines.reduce((sum, line) => sum + JSON.parse(line).message.length, 0),
  };
  for (const [task, invert] of Object.entries({ known, withheld })) {
    tasks[`${task}, piped`] = () => lines.reduce((sum, line) => sum + invert(JSON.parse(line)).insertions.length, 0);
    tasks[`${task}, at hand`] = () => events.reduce((sum, event) => sum + invert(event).insertions.length, 0);
  }
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(tasks).map(task => [task, []]));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [task, run] of Object.entries(tasks)) {
      const started = performance.now();
      run();
      if (round >= WARM_UP) times[task]!.push(performance.now() - started);
    }
  }
  const base = times.parse!;
  log(`${name}: ${MESSAGES} messages of ${distinct} events, median ${lengths[MESSAGES / 2]} characters`);
  log(`  JSON.parse            ${microseconds(base)} us a message`);
  for (const [task, own] of Object.entries(times)) {
    if (task === 'parse') continue;
    const parsing = (round: number) => (task.endsWith('piped') ? base[round]! : 0);
    const net = own.map((time, round) => time - parsing(round));
    const ratio = median(net.map((time, round) => time / base[round]!));
    log(`  ${task.padEnd(20)}  ${microseconds(net)} us, ${ratio.toFixed(2)} x JSON.parse`);
  }
  for (const [task, invert] of Object.entries({ known, withheld })) {
    let exact = 0;
    let wrong = 0;
    for (const event of events) {
      const found = invert(event);
      if (found.certainty !== 'exact') continue;
      exact++;
      if (event.values.some((value, at) => (found.insertions[at] ?? value) !== value)) wrong++;
    }
    log(`  ${task}: exact ${((exact / MESSAGES) * 100).toFixed(2)} %, wrong ${wrong}`);
  }
}

function microseconds(times: readonly number[]): string {
  return ((median(times) / MESSAGES) * 1000).toFixed(2);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** Each row doubles the message, and with it the template. */
function hostile(log: (line: string) => void): void {
  const shapes: Record<string, (size: number) => [template: string, message: string]> = {
    'a…a in a%1a%2a…': size => ['a%1a%2a%3a%4a%5a', 'a'.repeat(size)],
    'long literal that nearly fits everywhere': size => [`x%1${'a'.repeat(size / 2)}b%2y`, `x${'a'.repeat(size)}y`],
    'many inserts': size => [
      Array.from({ length: size / 64 }, (_, index) => `%${(index % 99) + 1} `).join(''),
      'a '.repeat(size / 2),
    ],
    'repeated inserts': size => ['%1%2%1%2%3%1', 'ab'.repeat(size / 2)],
    'adjacent inserts': size => ['%1%2%3%4', 'ab'.repeat(size / 2)],
    'no line break fits': size => [`${'x\n'.repeat(20)}%1`, ' \n'.repeat(size / 2)],
  };
  for (const [name, shape] of Object.entries(shapes)) {
    const times: string[] = [];
    for (let size = 8192; size <= 131_072; size *= 2) {
      const [text, message] = shape(size);
      const template = compileTemplate(text);
      const started = performance.now();
      const { certainty, reason } = invertMessage(template, message);
      times.push(`${size / 1024}K ${ms(started)} ms (${reason ?? certainty})`);
    }
    log(`hostile, ${name}: ${times.join(', ')}`);
  }
}

function ms(started: number): string {
  return (performance.now() - started).toFixed(2);
}

function fileSource(path: string): CatalogueSource {
  const descriptor = openSync(path, 'r');
  process.once('exit', () => closeSync(descriptor));
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      readSync(descriptor, bytes, 0, length, offset);
      return bytes;
    },
  };
}
