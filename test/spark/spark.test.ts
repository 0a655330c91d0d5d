import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { asXml, eventsArb } from '../properties/fake-events.js';

/**
 * The Spark job on a real Spark: a local cluster of two worker processes with executors of their own, one of which is
 * killed while it works. Needs Java, and a Python that has pyspark (EVPAIR_PYTHON, default python3).
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const python = process.env.EVPAIR_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'evpair-spark-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const inputs = fc.sample(eventsArb, { numRuns: 24, seed: 20_110_304 }).map((events, at) => {
  const path = join(folder, `log-${String(at).padStart(2, '0')}.xml`);
  writeFileSync(path, asXml(events));
  return path;
});
// Events overlap: the same record IDs of the same computers stand in several logs.
writeFileSync(join(folder, 'inputs.txt'), inputs.map(path => `${path}\n`).join(''));
const evpair = join(root, 'dist/evpair.cjs');

/** evpair that takes its time and leaves a trace, so that an executor can be killed in the middle of a task. */
const slow = join(folder, 'slow-evpair.sh');
writeFileSync(
  slow,
  `#!/bin/sh\necho "$PPID" >>"${folder}/started"\nsleep 1\nexec "${process.execPath}" "${evpair}" "$@"\n`,
);
chmodSync(slow, 0o755);

const pairLines = (text: string) => text.split('\n').filter(line => line.startsWith('{"type":"pair"'));
const accounting = (text: string) => {
  const run = JSON.parse(text.trim().split('\n').at(-1)!);
  const { events, failures, duplicates, no_pair, not_selected, extracted } = run;
  return { events, failures, duplicates, no_pair, not_selected, extracted };
};
const expected = execFileSync(process.execPath, [evpair, '--quiet', ...inputs], { encoding: 'utf8' });

async function runSpark(output: string, whileRunning: () => Promise<void>): Promise<void> {
  const child = spawn(
    python,
    [
      ...[join(root, 'pipelines/spark/evpair_spark.py'), '--inputs', join(folder, 'inputs.txt'), '--output', output],
      ...['--evpair', slow, '--fan-in', '4', '--', '--gap', '15m'],
    ],
    {
      env: {
        ...process.env,
        SPARK_LOCAL_IP: '127.0.0.1',
        PYSPARK_PYTHON: python,
        PYSPARK_SUBMIT_ARGS:
          '--master local-cluster[2,1,700] --conf spark.executor.memory=512m --conf spark.ui.enabled=false ' +
          '--conf spark.task.maxFailures=8 pyspark-shell',
      },
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  const errors: Buffer[] = [];
  child.stderr.on('readable', () => {
    for (let chunk = child.stderr.read(); chunk !== null; chunk = child.stderr.read()) errors.push(chunk as Buffer);
  });
  const done = new Promise<number>(resolve => child.once('close', code => resolve(code ?? -1)));
  await whileRunning();
  const status = await done;
  if (status !== 0) throw new Error(`spark ended with ${status}: ${Buffer.concat(errors).toString().slice(-4000)}`);
}

t.test('the cluster gives the lines of a single run, byte for byte', { timeout: 400_000 }, async t => {
  const output = join(folder, 'pairs.ndjson');
  await runSpark(output, async () => undefined);
  const text = readFileSync(output, 'utf8');
  t.ok(pairLines(expected).length > 5, 'there is something to compare');
  t.same(pairLines(text), pairLines(expected));
  t.same(accounting(text), accounting(expected));
});

t.test('an executor that is killed in the middle changes nothing', { timeout: 400_000 }, async t => {
  rmSync(join(folder, 'started'), { force: true });
  const output = join(folder, 'pairs-after-kill.ndjson');
  let killed = 0;
  await runSpark(output, async () => {
    for (let wait = 0; wait < 600 && !existsSync(join(folder, 'started')); wait++) await sleep(100);
    const executors = processesNamed('CoarseGrainedExecutorBackend');
    if (executors[0] === undefined) return;
    process.kill(executors[0], 'SIGKILL');
    killed += 1;
  });
  t.equal(killed, 1, 'one executor was killed while it worked');
  const text = readFileSync(output, 'utf8');
  t.same(pairLines(text), pairLines(expected));
  t.same(accounting(text), accounting(expected));
  const started = readFileSync(join(folder, 'started'), 'utf8').trim().split('\n').length;
  t.ok(started > inputs.length, `tasks were run again: evpair was started ${started} times`);
});

function processesNamed(name: string): number[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(name) && line.includes('java'))
    .map(line => Number.parseInt(line, 10));
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
