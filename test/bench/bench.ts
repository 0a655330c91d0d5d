import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHIPPED_DEFINITIONS } from '../../src/index.js';
import { evtxPeers, generatedLog, realLogs, titleOf } from './evtx.bench.js';
import { type ExportShape, writeExport } from './generate.js';
import { JSON_DIALECTS, type JsonDialect } from './json-dialects.js';
import { compare, isPresent, measure } from './measure.js';
import { benchMessages } from './messages.bench.js';
import { GREP, type Peer, peersFor } from './peers.js';
import { plotRatios } from './plot.js';

/**
 * `npm run bench [-- --size 300 --runs 5 --only xml,csv,json,evtx,jobs,growth,pairs,start,messages --keep]`: evpair as a whole process beside
 * its peers, in turn, in the same run. Sizes in MB. Prints medians, ratios (ours to the peer's: below 1 is faster) and
 * peak memory, and writes test/bench/runs/latest.svg. Generated files go to the temporary folder (EVPAIR_BENCH_DIR).
 */
const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '300' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: 'xml,csv,json,evtx,jobs,growth,pairs,start,messages' },
    keep: { type: 'boolean', default: false },
  },
});
const size = Number(options.size) * 1e6;
const runs = Number(options.runs);
const sections = new Set(options.only.split(','));
const folder = process.env.EVPAIR_BENCH_DIR ?? join(tmpdir(), 'evpair-bench');
mkdirSync(folder, { recursive: true });

const EVPAIR = 'node dist/evpair.cjs --quiet --definition exchange-ews-proxy-auth';
/** A form without data shows the values in the message alone, so it must be one that evpair can read. */
const SEED_TEMPLATE = SHIPPED_DEFINITIONS.find(({ name }) => name === 'exchange-ews-proxy-auth')!.rules[0]!.messages[0]!
  .text;
const plotted: { name: string; ratio: number }[] = [];

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ${runs} paired runs, medians`,
);
if (sections.has('xml')) await benchXml();
if (sections.has('csv'))
  await benchOne('CSV, 5 % wanted', { format: 'csv', density: 0.05, seed: 4, template: SEED_TEMPLATE }, [GREP]);
if (sections.has('json')) await benchJson();
if (sections.has('evtx')) await benchEvtx();
if (sections.has('jobs')) await benchJobs();
if (sections.has('growth')) await benchGrowth();
if (sections.has('pairs')) await benchPairs();
if (sections.has('start')) await benchStart();
if (sections.has('messages')) {
  console.log('\nInversion of messages, in process, 50,000 templates loaded');
  benchMessages(line => console.log(`  ${line}`));
}
mkdirSync('test/bench/runs', { recursive: true });
writeFileSync('test/bench/runs/latest.svg', plotRatios('evpair to its peers (below 1 is faster)', plotted));
console.log('\nplot: test/bench/runs/latest.svg');
if (!options.keep) rmSync(folder, { recursive: true, force: true });

async function benchXml(): Promise<void> {
  const peers = await peersFor('xml', folder);
  await benchOne('XML, sparse (0.1 % wanted)', { format: 'xml', density: 0.001, seed: 1 }, peers);
  await benchOne('XML, medium (5 %)', { format: 'xml', density: 0.05, seed: 2 }, [GREP]);
  const dense: Shape = { format: 'xml', density: 1, seed: 3, share: 0.5 };
  await benchOne('XML, dense (every event wanted)', dense, peers);
  const sparse = generated({ format: 'xml', density: 0.001, seed: 1 });
  const medium = generated({ format: 'xml', density: 0.05, seed: 2 });
  await against(
    'all shipped definitions, sparse',
    `node dist/evpair.cjs --quiet ${sparse}`,
    'the one definition',
    `${EVPAIR} ${sparse}`,
  );
  await against(
    'all shipped definitions, sparse',
    `node dist/evpair.cjs --quiet ${sparse}`,
    'the one that takes its failed logons (4625)',
    `node dist/evpair.cjs --quiet --definition security-logon-failure ${sparse}`,
  );
  await against('--parse-all, medium', `${EVPAIR} --parse-all ${medium}`, 'without', `${EVPAIR} ${medium}`);
  for (const peer of peers.filter(each => each.kind === 'parses XML')) {
    await against('--parse-all, medium', `${EVPAIR} --parse-all ${medium}`, peer.name, peer.command(medium));
  }
  const wide = generated({ format: 'xml', density: 0.05, seed: 2, encoding: 'utf-16le' });
  await against('UTF-16LE, medium', `${EVPAIR} ${wide}`, 'the same events in UTF-8', `${EVPAIR} ${medium}`);
  await against('from a pipe, medium', `cat ${medium} | ${EVPAIR}`, 'cat | wc -c', `cat ${medium} | wc -c`);
}

async function benchJson(): Promise<void> {
  const peers = await peersFor('ndjson', folder);
  await benchOne('NDJSON, 5 % wanted', { format: 'ndjson', density: 0.05, seed: 5 }, peers);
  await benchOne('NDJSON, every event wanted', { format: 'ndjson', density: 1, seed: 6 }, peers);
  const parse = peers.find(({ kind, name }) => kind === 'parses JSON' && name.startsWith('JSON.parse'))!;
  for (const dialect of Object.keys(JSON_DIALECTS) as JsonDialect[]) {
    console.log(`\n${dialect}, to ${parse.name}`);
    // Of a sparse one more, since half of the time of 180 MB is the start.
    for (const [name, density, share] of [
      ['sparse', 0.001, 5 / 3],
      ['dense', 1, 0.6],
    ] as const) {
      // Some hold no values without names, so that the message must be one that evpair can read.
      const file = generated({ format: 'ndjson', dialect, density, seed: 11, share, template: SEED_TEMPLATE });
      await against(
        `${dialect}, ${name}, ${megabytes(file)} MB`,
        `${EVPAIR} --jobs 1 ${file}`,
        parse.name,
        parse.command(file),
      );
    }
  }
}

/** One thread each; what is printed goes through a pipe. Node's own start, which nothing of ours can shorten, comes first. */
async function benchEvtx(): Promise<void> {
  const peers = await evtxPeers();
  const files = [...realLogs(folder), generatedLog(folder, Math.min(size, 50_000_000))];
  const node = await measure('node -e 0', Math.max(runs, 5));
  console.log(`\n.evtx, every event as NDJSON and summarised; node -e 0 takes ${node.seconds.toFixed(3)} s of each`);
  for (const file of files) {
    for (const peer of peers) {
      // python-evtx takes a second for 150 KB.
      if (peer.name === 'python-evtx' && statSync(file).size > 2_500_000) continue;
      const title = `${titleOf(file)}, ${(statSync(file).size / 1e6).toFixed(1)} MB`;
      const events = `node dist/evpair.cjs events --quiet '${file}'`;
      await against(`${title}, events`, events, peer.name, peer.command(file));
      const summary = `node dist/evpair.cjs --quiet --jobs 1 '${file}'`;
      await against(`${title}, summarize`, summary, peer.name, peer.command(file));
    }
  }
}

async function benchJobs(): Promise<void> {
  console.log('\nThreads: two jobs to one, the other core free');
  const medium: Shape = { format: 'xml', density: 0.05, seed: 2 };
  const work: readonly [string, Shape, string][] = [
    ['XML, --parse-all', medium, '--parse-all'],
    ['XML, --parse-all, 4 times the size', { ...medium, share: 4 }, '--parse-all'],
    ['XML, dense', { format: 'xml', density: 1, seed: 3, share: 0.5 }, ''],
    ['XML, sparse', { format: 'xml', density: 0.001, seed: 1 }, ''],
    ['NDJSON, --parse-all', { format: 'ndjson', density: 0.05, seed: 5 }, '--parse-all'],
  ];
  for (const [title, shape, more] of work) {
    const file = generated(shape);
    const command = (jobs: number) => `${EVPAIR} --jobs ${jobs} ${more} ${file}`;
    await against(`${title}, 2 jobs`, command(2), '1 job', command(1));
  }
  if (!(await isPresent('taskset'))) return;
  // What bounds it: one job copies, compiles and collects garbage on the other core.
  const parseAll = (jobs: number, shape: Shape) => `${EVPAIR} --jobs ${jobs} --parse-all ${generated(shape)}`;
  const one = `taskset -c 0 ${parseAll(1, medium)}`;
  await against('XML, --parse-all, 2 jobs', parseAll(2, medium), '1 job on one core', one);
  const half = `taskset -c 0 ${parseAll(1, { ...medium, share: 0.5 })}`;
  await against('XML, --parse-all, half of it on one core', half, '1 job', parseAll(1, medium));
}

async function benchGrowth(): Promise<void> {
  console.log('\nGrowth with size: peak memory and time');
  for (const [name, density] of [
    ['medium', 0.05],
    ['dense', 1],
  ] as const) {
    for (const share of [1 / 3, 1, 3]) {
      const shape: Shape = { format: 'xml', density, seed: 8, share: density === 1 ? share / 2 : share };
      const file = generated(shape);
      const run = await measure(`${EVPAIR} ${file}`, 2);
      print(`${name} ${megabytes(file)} MB`, run.seconds, megabytes(file), run.memoryMiB);
    }
  }
}

async function benchPairs(): Promise<void> {
  console.log('\nGrowth with distinct pairs (every event wanted, --min-count leaves few lines)');
  const command = (pairs: number) =>
    `${EVPAIR} --min-count 50 ${generated({ format: 'xml', density: 1, seed: 9, pairs, rendered: 0 })}`;
  const few = command(10);
  for (const pairs of [1000, 100_000, 1_000_000]) await against(`${pairs} pairs`, command(pairs), '10 pairs', few);
}

async function benchStart(): Promise<void> {
  console.log('\nStart-up');
  const small = generated({ format: 'xml', density: 0.2, seed: 10, bytes: 50_000 });
  const node = await measure('node -e 0', Math.max(runs, 9));
  for (const [name, command] of [
    ['evpair --version', 'node dist/evpair.cjs --version'],
    ['a 50 KB export', `${EVPAIR} ${small}`],
  ]) {
    const run = await measure(command!, Math.max(runs, 9));
    console.log(
      `  ${name!.padEnd(36)} ${(run.seconds * 1000).toFixed(0)} ms, node -e 0 + ${((run.seconds - node.seconds) * 1000).toFixed(0)} ms`,
    );
  }
}

type Shape = Omit<ExportShape, 'size'> & { readonly share?: number; readonly bytes?: number };

/** Generates the export unless it is there already. */
function generated({ share = 1, bytes, ...shape }: Shape): string {
  const length = bytes ?? Math.round(size * share);
  const { template, ...named } = shape;
  const parts = [...Object.values(named), ...(template === undefined ? [] : ['seed']), length];
  const path = join(folder, `${parts.join('-')}.${shape.format}`);
  if (!existsSync(path)) writeExport(path, { ...shape, size: length });
  return path;
}

async function benchOne(title: string, shape: Shape, peers: readonly Peer[]): Promise<void> {
  const file = generated(shape);
  console.log(`\n${title}, ${megabytes(file)} MB`);
  const ours = `${EVPAIR} ${file}`;
  for (const peer of peers) {
    const result = await compare(ours, peer.command(file), runs);
    if (peer === peers[0]) print('evpair', result.ours.seconds, megabytes(file), result.ours.memoryMiB);
    print(`${peer.name} (${peer.kind})`, result.peer.seconds, megabytes(file), result.peer.memoryMiB, result.ratio);
    plotted.push({ name: `${title.replace(/,.*? \(/, ' (')} / ${peer.name}`, ratio: result.ratio });
  }
}

async function against(title: string, ours: string, peerName: string, peer: string): Promise<void> {
  const result = await compare(ours, peer, runs);
  const memory = Number.isNaN(result.ours.memoryMiB) ? '' : `, ${result.ours.memoryMiB.toFixed(0)} MiB`;
  console.log(
    `  ${title}: ${result.ours.seconds.toFixed(3)} s${memory}; ${result.ratio.toFixed(2)} × ${peerName} (${result.peer.seconds.toFixed(3)} s)`,
  );
  plotted.push({ name: `${title} / ${peerName}`, ratio: result.ratio });
}

function print(name: string, seconds: number, mb: number, memoryMiB: number, ratio?: number): void {
  const speed = `${(mb / seconds).toFixed(0)} MB/s`.padStart(11);
  const memory = Number.isNaN(memoryMiB) ? '' : `${memoryMiB.toFixed(0)} MiB`.padStart(9);
  const ratioText = ratio === undefined ? '' : `   evpair takes ${ratio.toFixed(2)} × its time`;
  console.log(`  ${name.padEnd(36)} ${seconds.toFixed(3).padStart(8)} s ${speed} ${memory}${ratioText}`);
}

function megabytes(file: string): number {
  return Math.round(statSync(file).size / 1e6);
}
