import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

/**
 * Whole-program cases as folders: `cmd` is a shell line that is run in the folder with `evpair` on the path; `stdout`,
 * `stderr` and `status` are what it must give (an absent file: nothing, 0). `npm run snap` writes them anew: read the
 * difference before you commit it.
 */
const cases = fileURLToPath(new URL('./cases/', import.meta.url));
const program = fileURLToPath(new URL('../dist/evpair.cjs', import.meta.url));
const isSnap = process.env.EVPAIR_SNAP === '1';

const bin = mkdtempSync(join(tmpdir(), 'evpair-bin-'));
symlinkSync(program, join(bin, 'evpair'));
chmodSync(program, 0o755);
t.teardown(() => rmSync(bin, { recursive: true }));

for (const name of readdirSync(cases).sort()) {
  const folder = join(cases, name);
  t.test(name.replaceAll('-', ' '), async t => {
    const command = readFileSync(join(folder, 'cmd'), 'utf8');
    const { stdout, stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      cwd: folder,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const got = { stdout, stderr, status: `${status}\n` };
    for (const [file, text] of Object.entries(got)) {
      const path = join(folder, file);
      const isDefault = text === '' || (file === 'status' && text === '0\n');
      if (isSnap) {
        if (isDefault) rmSync(path, { force: true });
        else writeFileSync(path, text);
      }
      const expected = existsSync(path) ? readFileSync(path, 'utf8') : file === 'status' ? '0\n' : '';
      t.equal(text, expected, `${file} of: ${command.trim()}`);
    }
  });
}

t.test('a signal ends the reading of a silent pipe, and what was found is printed and marked', async t => {
  const sample = readFileSync(fileURLToPath(new URL('../samples/CAS01-Application.xml', import.meta.url)));
  // A signal that comes before evpair listens ends it without a word: then it gets more time.
  for (const patienceMs of [1500, 4000, 10_000]) {
    const child = spawn(process.execPath, [program, '--quiet'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(sample);
    const text = (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    })();
    const timer = setTimeout(() => child.kill('SIGTERM'), patienceMs);
    const code = await new Promise<number | null>(resolve => child.once('close', resolve));
    clearTimeout(timer);
    if (code === null) continue;
    t.equal(code, 143);
    t.match(JSON.parse((await text).trim().split('\n').at(-1)!), { type: 'run', failures: 6, complete: false });
    return;
  }
  t.fail('evpair never listened to the signal');
});

t.test('the library for logs is loaded by JSON messages alone', async t => {
  const preload = join(bin, 'list-pino.cjs');
  const isLoaded = 'Object.keys(require.cache).some(name => /[\\\\/]pino[\\\\/]/.test(name))';
  writeFileSync(preload, `process.on('exit', () => require('fs').writeSync(1, String(${isLoaded})));`);
  for (const [form, expected] of [
    ['text', 'false'],
    ['json', 'true'],
  ] as const) {
    const args = ['--require', preload, program, '-o', join(bin, 'out'), '--log-format', form, 'no-such-file'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    t.match(stderr, /no-such-file: no such file or folder/);
    t.equal(stdout, expected, form);
  }
});

t.test('a pipe that is full and does not block loses nothing', async t => {
  const folder = t.testdir();
  const half = '<Events><Event xmlns="x"><System><Provider Name="A"/>';
  for (let file = 0; file < 150; file++) writeFileSync(join(folder, `${file}.xml`), half);
  const whole = `${half.replace('A', 'B'.repeat(100_000))}<EventID>1</EventID></System></Event></Events>`;
  writeFileSync(join(folder, 'whole.xml'), whole);
  for (const [stream, args] of [
    [2, ['summarize', folder]],
    [1, ['events', '--quiet', folder]],
  ] as const) {
    const command = [process.execPath, program, ...args];
    const expected = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' }).output[stream]!;
    const pipe = join(folder, `pipe-${stream}`);
    if (spawnSync('mkfifo', [pipe]).status !== 0) return void t.skip('no named pipes here', () => undefined);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const before = fill(writer);
    // Node makes the first three descriptors of a child block.
    const child = spawn('sh', ['-c', `exec "$@" ${stream}>&3`, 'sh', ...command], {
      stdio: ['ignore', 'ignore', 'ignore', writer],
    });
    closeSync(writer);
    const ended = new Promise(resolve => child.once('close', resolve));
    let text = '';
    const room = Buffer.alloc(10_000);
    const read = () => unlessBlocked(() => readSync(reader, room, 0, room.length, null));
    let isRunning = true;
    void ended.then(() => {
      isRunning = false;
    });
    await new Promise(resolve => setTimeout(resolve, 500));
    for (let length = read(); length !== 0 && (length > 0 || isRunning); length = read()) {
      if (length > 0) text += room.toString('utf8', 0, length);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    await ended;
    closeSync(reader);
    t.not(expected, '');
    t.equal(text, before + expected, stream === 1 ? 'standard output' : 'standard error');
  }
});

/** Writes to a pipe until it is full. @returns what was written. */
function fill(pipe: number): string {
  let text = '';
  for (let length = 0; length >= 0; text += 'x'.repeat(Math.max(length, 0))) {
    length = unlessBlocked(() => writeSync(pipe, 'x'.repeat(4096)));
  }
  return text;
}

/** What `call` gives, or -1 where it would have to wait. */
function unlessBlocked(call: () => number): number {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}
