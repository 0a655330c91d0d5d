import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command as a whole process, its output read through a pipe (GNU grep stops at the first match into /dev/null). */
export interface CommandToMeasure {
  readonly name: string;
  /** A shell line; it gets no standard input unless it opens it. */
  readonly command: string;
}

export interface Run {
  readonly seconds: number;
  /** Peak resident memory in MiB of the largest process; NaN where GNU time is missing. */
  readonly memoryMiB: number;
  readonly status: number;
  readonly bytes: number;
}

const hasTime = existsSync('/usr/bin/time');

/**
 * What every command is given. Node 20 reads the certificates that this variable names at each start, whether they are
 * needed or not: of a usual bundle 40 ms, for any program that runs on it.
 */
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Runs a command once and reads all that it prints. */
export async function runOnce(command: string): Promise<Run & { readonly stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'evpair-bench-'));
  const report = join(folder, 'time');
  const args = ['-c', command];
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const start = process.hrtime.bigint();
  const child = hasTime
    ? spawn('/usr/bin/time', ['-f', '%M', '-o', report, 'bash', ...args], { stdio, env })
    : spawn('bash', args, { stdio, env });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const status = await new Promise<number>(resolve => child.once('close', code => resolve(code ?? -1)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  // A program that fails is fast.
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  const memoryMiB = hasTime ? Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) / 1024 : Number.NaN;
  rmSync(folder, { recursive: true });
  const stdout = Buffer.concat(chunks);
  return { seconds, memoryMiB, status, bytes: stdout.length, stdout: stdout.toString('latin1') };
}

export interface Comparison {
  readonly ours: Run;
  readonly peer: Run;
  /** Median of the ratios of paired runs, ours to the peer's. */
  readonly ratio: number;
}

/** Runs the two in turn, A B A B …, after one warm-up of each, so that a drifting machine moves both. */
export async function compare(ours: string, peer: string, runs: number): Promise<Comparison> {
  await runOnce(ours);
  await runOnce(peer);
  const pairs: { ours: Run; peer: Run }[] = [];
  for (let run = 0; run < runs; run++) pairs.push({ ours: await runOnce(ours), peer: await runOnce(peer) });
  return {
    ours: medianRun(pairs.map(pair => pair.ours)),
    peer: medianRun(pairs.map(pair => pair.peer)),
    ratio: median(pairs.map(pair => pair.ours.seconds / pair.peer.seconds)),
  };
}

/** The runs' median time and greatest memory. */
export async function measure(command: string, runs: number): Promise<Run> {
  await runOnce(command);
  const all: Run[] = [];
  for (let run = 0; run < runs; run++) all.push(await runOnce(command));
  return medianRun(all);
}

function medianRun(runs: readonly Run[]): Run {
  const [first] = runs;
  if (first === undefined) throw new Error('no run');
  return {
    ...first,
    seconds: median(runs.map(run => run.seconds)),
    memoryMiB: Math.max(...runs.map(run => run.memoryMiB)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** True when the shell finds the program. */
export async function isPresent(program: string): Promise<boolean> {
  return (await runOnce(`command -v ${program} >/dev/null 2>&1 && echo yes || true`)).stdout.startsWith('yes');
}
