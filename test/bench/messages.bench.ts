/**
 * The cost of inversion, as ratios to `JSON.parse` of the same messages as NDJSON lines in the same run, with 50,000
 * templates; what opening an indexed catalogue costs; and what becomes of hostile messages as they double.
 * Run: npm run bench -- --only messages.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Catalogue, openCatalogue } from '../../src/messages/catalogue.js';
import { buildCatalogue, type CatalogueSource } from '../../src/messages/catalogue-file.js';
import { invertMessage } from '../../src/messages/invert.js';
import { compileTemplate, type MessageTemplate, renderTemplate } from '../../src/messages/template.js';

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
  const random = mulberry(7);
  const templates = Array.from({ length: TEMPLATES }, (_, index) => randomTemplate(random, index));
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

  // A log repeats a few thousand kinds of event, a few of them most of the time; uniform choice is the hardest case.
  const spread = { zipf: zipf(random, TEMPLATES, DISTINCT), uniform: () => Math.floor(random() * TEMPLATES) };
  for (const [name, next] of Object.entries(spread))
    benchCorpus(log, name, catalogue, makeCorpus(random, templates, next));
  rmSync(path, { force: true });
  hostile(log);
}

interface Corpus {
  readonly lines: readonly string[];
  readonly events: readonly { provider: string; event_id: number; message: string; values: readonly string[] }[];
}

function makeCorpus(random: () => number, templates: readonly MessageTemplate[], next: () => number): Corpus {
  const lines: string[] = [];
  const values: string[][] = [];
  for (let count = 0; count < MESSAGES; count++) {
    const { provider, eventId, text } = templates[next()]!;
    const template = compileTemplate(text);
    const own = Array.from({ length: template.insertCount }, () => randomValue(random));
    lines.push(JSON.stringify({ provider, event_id: eventId, message: renderTemplate(template, own) }));
    values.push(own);
  }
  const events = lines.map((line, index) => {
    const { provider, event_id, message } = JSON.parse(line);
    // No spread, whose objects all have shapes of their own: what is measured is inversion.
    return { provider, event_id, message, values: values[index]! };
  });
  return { lines, events };
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

/** The rank-th of `distinct` templates, spread over all, with a chance of 1 / rank. */
function zipf(random: () => number, templates: number, distinct: number): () => number {
  const chosen = Array.from({ length: distinct }, () => Math.floor(random() * templates));
  return () => chosen[Math.floor((distinct + 1) ** random()) - 1]!;
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

const WORDS =
  'the service server domain controller failed could not connect to because account user process file network address port request timed out access denied error code was returned by remote computer certificate session replication database volume disk driver device update policy group object directory security system event log registry key value process started stopped entered state following information operation completed successfully configuration unable locate resource cluster node virtual machine interface protocol connection authentication kerberos ticket principal name lookup query response invalid parameter memory allocation thread handle pipe transaction recovery backup restore snapshot index schema partition naming context'.split(
    ' ',
  );

function randomTemplate(random: () => number, index: number): MessageTemplate {
  const pieces: string[] = [];
  const inserts = Math.floor(random() * 6);
  const length = 6 + Math.floor(random() * 28);
  for (let word = 0; word < length; word++) pieces.push(pick(random, WORDS));
  for (let insert = 1; insert <= inserts; insert++) {
    pieces.splice(Math.floor(random() * (pieces.length + 1)), 0, random() < 0.3 ? `'%${insert}'` : `%${insert}`);
  }
  const text = `${pieces.join(' ').replace(/^[a-z]/, letter => letter.toUpperCase())}.${random() < 0.5 ? '%r%n' : ''}`;
  const lined = text.replace(/ (?=\w+ \w+ %)/g, space => (random() < 0.1 ? '%n' : space));
  return { provider: `Provider-${index % 700}`, eventId: Math.floor(index / 700) + 1, culture: 'en-US', text: lined };
}

function randomValue(random: () => number): string {
  const kind = random();
  if (kind < 0.3) return `SRV${Math.floor(random() * 1000)}.corp.example.com`;
  if (kind < 0.5) return `0x${Math.floor(random() * 0xffffffff).toString(16)}`;
  if (kind < 0.7) return `C:\\Program Files\\App ${Math.floor(random() * 100)}\\bin\\tool.exe`;
  if (kind < 0.8) return '';
  return `S-1-5-21-${Math.floor(random() * 1e9)}-${Math.floor(random() * 1e9)}-1104`;
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
