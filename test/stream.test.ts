import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { asTransform, chainStages, fileWindows, forEachLine, runStages, type Stage } from '../src/stream/index.js';

/** Doubles numbers, then counts down from `tail` at the end. */
function doubling(tail = 0): Stage<number, number> & { ended: number } {
  return {
    ended: 0,
    push(item, emit) {
      emit(item);
      emit(item * 2);
    },
    *end() {
      for (let left = tail; left > 0; left--) yield -left;
      this.ended += 1;
    },
  };
}

function sinkOf<T>(into: T[], delayMs?: number): Writable {
  return new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(item: T, _encoding, done) {
      into.push(item);
      if (delayMs === undefined) done();
      else setTimeout(done, delayMs);
    },
  });
}

t.test('a stage gives the same items as a Transform and in a plain loop', async t => {
  const looped: number[] = [];
  runStages([1, 2, 3], doubling(2), item => looped.push(item));
  const streamed: number[] = [];
  await pipeline(Readable.from([1, 2, 3]), asTransform(doubling(2)), sinkOf(streamed));
  t.same(looped, [1, 2, 2, 4, 3, 6, -2, -1]);
  t.same(streamed, looped);
});

t.test('chained stages hand on what the first one gives at its end', async t => {
  const items: number[] = [];
  runStages([1], chainStages(doubling(1), doubling(1)), item => items.push(item));
  t.same(items, [1, 2, 2, 4, -1, -2, -1]);
});

t.test('a slow reader holds back the writer', async t => {
  let pushed = 0;
  const counting: Stage<number, number> = {
    push(item, emit) {
      pushed += 1;
      emit(item);
    },
  };
  const read: number[] = [];
  const greatestLead = { value: 0 };
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(item: number, _encoding, done) {
      read.push(item);
      greatestLead.value = Math.max(greatestLead.value, pushed - read.length);
      setImmediate(done);
    },
  });
  await pipeline(Readable.from(Array.from({ length: 2000 }, (_, i) => i)), asTransform(counting), slow);
  t.equal(read.length, 2000);
  t.ok(greatestLead.value < 100, `the stage ran at most ${greatestLead.value} items ahead`);
});

t.test('an end of a million items is pulled at the reader’s pace', async t => {
  let made = 0;
  let greatestLead = 0;
  let read = 0;
  const long: Stage<number, number> = {
    push() {},
    *end() {
      for (; made < 1_000_000; made++) yield made;
    },
  };
  const sink = new Writable({
    objectMode: true,
    write(_item, _encoding, done) {
      read += 1;
      greatestLead = Math.max(greatestLead, made - read);
      done();
    },
  });
  await pipeline(Readable.from([0]), asTransform(long), sink);
  t.equal(read, 1_000_000);
  t.ok(greatestLead <= 64, `at most ${greatestLead} items waited`);
});

t.test('an error thrown in push destroys the pipeline with that error', async t => {
  const failing: Stage<number, number> = {
    push(item, emit) {
      if (item === 3) throw new Error('three');
      emit(item);
    },
  };
  await t.rejects(pipeline(Readable.from([1, 2, 3, 4]), asTransform(failing), sinkOf([])), { message: 'three' });
});

t.test('an error thrown in end, at its first item or later, destroys the pipeline with that error', async t => {
  for (const before of [0, 1, 50]) {
    const failing: Stage<number, number> = {
      push() {},
      *end() {
        for (let i = 0; i < before; i++) yield i;
        throw new Error('end');
      },
    };
    await t.rejects(
      pipeline(Readable.from([1]), asTransform(failing), sinkOf([])),
      { message: 'end' },
      `after ${before}`,
    );
  }
  const throwing: Stage<number, number> = {
    push() {},
    end() {
      throw new Error('no iterator');
    },
  };
  await t.rejects(pipeline(Readable.from([1]), asTransform(throwing), sinkOf([])), { message: 'no iterator' });
});

t.test('a thrown value that is no Error still fails the pipeline', async t => {
  const failing: Stage<number, number> = {
    push() {
      throw 'text';
    },
  };
  await t.rejects(pipeline(Readable.from([1]), asTransform(failing), sinkOf([])), { message: 'text' });
});

t.test('a stream destroyed while its end waits for the reader closes the iterator', async t => {
  let closed = false;
  const endless: Stage<number, number> = {
    push() {},
    *end() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    },
  };
  const stream = asTransform(endless);
  stream.end(1);
  await new Promise<void>(resolve => stream.once('readable', () => resolve()));
  stream.destroy();
  await new Promise<void>(resolve => stream.once('close', () => resolve()));
  t.ok(closed);
});

t.test('a stream destroyed between two pushes takes no more', async t => {
  let pushed = 0;
  const counting: Stage<number, number> = {
    push(item, emit) {
      pushed += 1;
      emit(item);
    },
  };
  const stream = asTransform(counting);
  const seen: number[] = [];
  const done = pipeline(Readable.from(Array.from({ length: 1000 }, (_, i) => i)), stream, async source => {
    for await (const item of source) {
      seen.push(item);
      if (seen.length === 5) break;
    }
  });
  await t.rejects(done);
  t.equal(seen.length, 5);
  t.ok(pushed < 100);
});

t.test('an abort signal ends a pipeline in the middle', async t => {
  const controller = new AbortController();
  let seen = 0;
  const source = Readable.from(
    (function* () {
      for (let i = 0; ; i++) yield i;
    })(),
  );
  const sink = new Writable({
    objectMode: true,
    write(_item, _encoding, done) {
      seen += 1;
      if (seen === 100) controller.abort();
      setImmediate(done);
    },
  });
  await t.rejects(pipeline(source, asTransform(doubling()), sink, { signal: controller.signal }), {
    name: 'AbortError',
  });
  t.equal(seen, 100);
});

t.test('a file comes as windows in order, and a missing one as an error', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'evpair-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const bytes = Buffer.alloc(700_001);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 9)) & 255;
  writeFileSync(join(folder, 'file'), bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of fileWindows(join(folder, 'file'))) chunks.push(chunk);
  t.ok(Buffer.concat(chunks).equals(bytes));
  t.ok(chunks.length > 2);
  await t.rejects(pipeline(fileWindows(join(folder, 'none')), sinkOf([])), { code: 'ENOENT' });
  const controller = new AbortController();
  const aborted = fileWindows(join(folder, 'file'), { signal: controller.signal });
  aborted.once('data', () => controller.abort());
  await t.rejects(pipeline(aborted, sinkOf([], 5)), { name: 'AbortError' });
});

t.test('lines come whole for any cut, without a byte order mark, the last one without a line end', async t => {
  const text = Buffer.from('\ufeff{"a":"é"}\r\n\n{"b":2}');
  for (const size of [1, 2, 3, 100]) {
    const lines: string[] = [];
    await forEachLine(
      (async function* () {
        for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
      })(),
      line => lines.push(line),
    );
    t.same(lines, ['{"a":"é"}', '', '{"b":2}'], `cut at ${size}`);
  }
  await t.rejects(
    forEachLine(
      (async function* () {
        yield Buffer.from('x\n');
      })(),
      () => {
        throw new Error('handler');
      },
    ),
    { message: 'handler' },
  );
});
