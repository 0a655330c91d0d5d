import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { commandHelp, generalHelp, optionsTable } from '../src/cli/help.js';
import { COMMANDS } from '../src/cli/options.js';
import { formsTable } from './properties/forms/readme-table.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/evpair.cjs');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const scratch = mkdtempSync(join(tmpdir(), 'evpair-readme-'));
t.teardown(() => rmSync(scratch, { recursive: true }));

t.test('the README’s tables are those that the program and the laws go by', async t => {
  const expected = withBlock(withBlock(readme, 'options', optionsTable()), 'forms', formsTable());
  if (process.env.EVPAIR_SNAP === '1') writeFileSync(join(root, 'README.md'), expected);
  t.equal(process.env.EVPAIR_SNAP === '1' ? expected : readme, expected);
});

/** The text with another content between the marks of that name. */
function withBlock(text: string, name: string, content: string): string {
  const [before, rest] = text.split(`<!-- ${name} -->\n`);
  const end = `<!-- /${name} -->`;
  if (before === undefined || rest === undefined || !rest.includes(end)) throw new Error(`README.md has no ${name}`);
  return `${before}<!-- ${name} -->\n${content}\n${rest.slice(rest.indexOf(end))}`;
}

t.test('help fits one screen, and each command’s help 80 columns', async t => {
  const general = generalHelp().split('\n');
  t.ok(general.length <= 25, `${general.length} lines`);
  for (const command of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) {
    for (const line of [...general, ...commandHelp(command).split('\n')]) t.ok(line.length <= 80, line);
  }
});

t.test('the README’s commands on samples/ run and end well', async t => {
  const bin = join(scratch, 'bin');
  mkdirSync(bin);
  symlinkSync(program, join(bin, 'evpair'));
  const commands = [...readme.matchAll(/^(evpair [^\n]*?)(?:\s+#.*)?$/gm)].map(match => match[1]!);
  t.ok(commands.length >= 4, 'the commands were found');
  const work = join(scratch, 'work');
  cpSync(join(root, 'samples'), join(work, 'exports'), { recursive: true });
  for (const part of ['part-1', 'part-2']) mkdirSync(join(work, part));
  const sample = (name: string) => join(root, 'samples', name);
  cpSync(sample('CAS01-Application.xml'), join(work, 'part-1/a.xml'));
  cpSync(sample('CAS01-forwarded-rendered.xml'), join(work, 'part-2/b.xml'));
  for (const name of ['Application.xml', 'a.xml', 'export.xml', 'rendered.xml'])
    cpSync(sample('CAS01-Application.xml'), join(work, name));
  for (const name of ['export.csv', 'later.csv']) cpSync(sample('CAS02-Application.csv'), join(work, name));
  writeFileSync(join(work, 'messages.mc'), 'MessageId=1\r\nLanguage=English\r\nFrom %1 to %2\r\n.\r\n');
  writeFileSync(join(work, 'templates.ndjson'), '{"provider":"P","event_id":1,"template":"From %1 to %2"}\n');
  writeFileSync(join(work, 'messages.ndjson'), '{"message":"From A to B"}\n');
  for (const command of commands) {
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      cwd: work,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      encoding: 'utf8',
    });
    t.ok(status === 0 || status === 1, `${command}: status ${status} ${stderr}`);
  }
  const { stdout } = spawnSync('bash', ['-c', 'evpair merge 1.partial 2.partial'], {
    cwd: work,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    encoding: 'utf8',
  });
  t.match(JSON.parse(stdout.trim().split('\n').at(-1)!), { type: 'run', duplicates: 2 });
});

t.test(
  'the package installs from its tarball, runs as a command and works as a library',
  { timeout: 300_000 },
  async t => {
    const [{ filename, files }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
        cwd: root,
        encoding: 'utf8',
      }),
    ) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map(file => file.path);
    t.notOk(
      paths.some(path => /^(test|src|samples)\//.test(path)),
      'no source, no tests',
    );
    for (const path of [
      'dist/evpair.cjs',
      'dist/index.js',
      'dist/types/index.d.ts',
      'dist/schemas/pair.json',
      'LICENSE',
      'NOTICE',
    ]) {
      t.ok(paths.includes(path), path);
    }
    const folder = join(scratch, 'user');
    mkdirSync(join(folder, 'samples'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"name":"user","private":true,"type":"module"}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', join(scratch, filename)], {
      cwd: folder,
    });
    cpSync(join(root, 'samples/CAS01-Application.xml'), join(folder, 'samples/CAS01-Application.xml'));
    const run = execFileSync(join(folder, 'node_modules/.bin/evpair'), ['samples'], { cwd: folder, encoding: 'utf8' });
    t.match(JSON.parse(run.trim().split('\n').at(-1)!), { type: 'run', events: 8, failures: 6 });

    const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    t.ok(code.split('\n').length <= 16, 'the README’s code is short');
    writeFileSync(join(folder, 'readme.ts'), code);
    const checked = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        '--outDir',
        '.',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--strict',
        '--skipLibCheck',
        '--types',
        'node',
        '--typeRoots',
        join(root, 'node_modules/@types'),
        'readme.ts',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    t.equal(checked.stdout, '', 'the README’s code compiles');
    t.match(
      execFileSync(process.execPath, ['readme.js'], { cwd: folder, encoding: 'utf8' }),
      'cas01.contoso.local → cas02.contoso.local 5',
    );
  },
);

t.test('the project’s top level is the one that was agreed', async t => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
  const top = new Set(tracked.map(path => path.split('/')[0]).filter(name => name !== ''));
  const agreed = [
    '.ci',
    '.gitignore',
    'CHANGELOG.md',
    'LICENSE',
    'NOTICE',
    'README.md',
    'biome.json',
    'knip.json',
    'package-lock.json',
    'package.json',
    'pipelines',
    'samples',
    'src',
    'test',
    'tsconfig.build.json',
    'tsconfig.json',
  ];
  t.same(
    [...top].filter(name => !agreed.includes(name!)),
    [],
  );
  t.notMatch(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
    /"resolved"/,
    'the lock file carries no registry address',
  );
  t.ok(existsSync(join(root, '.ci/run')));
  t.ok(readdirSync(join(root, 'samples')).length >= 4);
});
