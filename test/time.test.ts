import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { DateOrder, Instant } from '../src/model/index.js';
import { utcSeconds } from '../src/time/instant-text.js';
import { readDateNumbers, readLocalText } from '../src/time/local-text.js';
import { LocalTimes, resolveInstant } from '../src/time/local-times.js';
import { isUtcName, type LocalZone } from '../src/time/local-zone.js';
import { SameDay } from '../src/time/same-day.js';
import { createZone } from '../src/time/zones.js';

const seed = Date.now() & 0x7fffffff;
const runs = (numRuns: number) => ({ seed, numRuns });
t.comment(`fast-check seed ${seed}`);

/** Text as Windows writes it, and what it says: [text, day-first numbers, seconds of the day]. */
const LOCAL_TEXTS: readonly [string, readonly [number, number, number], number][] = [
  ['10/7/2016 06:38:24 PM', [10, 7, 2016], 67_104],
  ['6/1/2026 9:00:00 AM', [6, 1, 2026], 32_400],
  ['4/16/2020 12:00:00 AM', [4, 16, 2020], 0],
  ['4/16/2020 12:00:01 PM', [4, 16, 2020], 43_201],
  ['19-07-2026 09:58:57', [19, 7, 2026], 35_937],
  ['27.10.2021 12:28:26', [27, 10, 2021], 44_906],
  ['27.10.21 12:28', [27, 10, 21], 44_880],
  ['2001/02/03 13:06:00', [2001, 2, 3], 47_160],
  ['2021/4/23 上午 08:27:16', [2021, 4, 23], 30_436],
  ['2021/4/23 下午 08:27:16', [2021, 4, 23], 73_636],
  ['2017/12/16 오전 11:19:36', [2017, 12, 16], 40_776],
  ['2017-12-16 오후 11:19:36', [2017, 12, 16], 83_976],
  ['2017/12/16 午後 0:19:36', [2017, 12, 16], 44_376],
  ['21/11/2017 3:35:24 p. m.', [21, 11, 2017], 56_124],
  ['21/11/2017 3:35:24 p.\u00a0m.', [21, 11, 2017], 56_124],
  ['21/11/2017 3:35:24\u202fa.m.', [21, 11, 2017], 12_924],
  ['\u200e2/\u200e28/\u200e2024 \u200e4:27:58\u2009AM', [2, 28, 2024], 16_078],
  ['1/12/2020 11:05:09 μμ', [1, 12, 2020], 83_109],
  ['2011. 07. 29. 10:58:49', [2011, 7, 29], 39_529],
  ['29. 7. 2011 10:58:49', [29, 7, 2011], 39_529],
  ['29.7.2011 г. 10:58:49 ч.', [29, 7, 2011], 39_529],
  ['2011-03-04 15 h 35 min 24 s', [2011, 3, 4], 56_124],
  ['26/02/2019 09.00.04', [26, 2, 2019], 32_404],
  ['١٥/٠٣/٢٠٢٤ ٠٨:١٢:٥٥ ص', [15, 3, 2024], 29_575],
  ['4/3/2568 8:12:55', [4, 3, 2568], 29_575],
];

t.test('local times are read in the forms of many regions', async t => {
  for (const [text, numbers, secondOfDay] of LOCAL_TEXTS) {
    const read = readLocalText(text);
    t.same(read && [read.first, read.second, read.third], numbers, text);
    t.equal(read?.secondOfDay, secondOfDay, text);
    const date = readDateNumbers(text);
    t.same(date && [date.first, date.second, date.third], numbers, `${text}: the date alone`);
  }
  t.equal(readLocalText('2011-03-04 08:12:55.1234567')?.fraction, '1234567', 'a fraction keeps its digits');
});

t.test('what is no local time is none', async t => {
  const nones = [
    '',
    'Date and Time',
    '10/7 06:38:24',
    '10/7/2016',
    '10/7.2016 06:38:24',
    '10/7/2016 06:38:24 xx',
    '10/7/2016 24:00:00',
    '10/7/2016 10:60:00',
    '10/7/2016 13:00:00 AM',
    '10/7/201 10:00:00',
    '2016/7/2016 10:00:00',
    '10/7/2016 06:38:24 PM and more 5',
    `10/7/2016 ${'x'.repeat(100)}`,
  ];
  for (const text of nones) t.equal(readLocalText(text), undefined, JSON.stringify(text));
});

const read = (times: LocalTimes, text: string) => {
  times.observe(text);
  return times.read(text);
};
const utc = (year: number, month: number, day: number) => (utcSeconds(year, month, day, 0, 0, 0) ?? Number.NaN) * 1000;

t.test('two-digit and Buddhist years are brought to our count', async t => {
  const times = new LocalTimes({ dateOrder: 'dmy' });
  t.equal((times.read('4.3.11 0:00:00') as Instant).epochMs, utc(2011, 3, 4));
  t.equal((times.read('4.3.99 0:00:00') as Instant).epochMs, utc(1999, 3, 4));
  t.equal((times.read('4/3/2568 0:00:00') as Instant).epochMs, utc(2025, 3, 4));
  const swedish = new LocalTimes({ dateOrder: 'ymd' });
  t.equal(
    (swedish.read('11-03-04 0:00:00') as Instant).epochMs,
    utc(2011, 3, 4),
    'a two-digit year in front, as given',
  );
  t.equal(swedish.read('04/16/2020 0:00:00'), 'date-order', 'a year at the end contradicts it');
});

t.test('a date is read both ways until one date shows the order', async t => {
  const times = new LocalTimes({ language: 'en' });
  const early = read(times, '3/4/2011 8:00:00 AM') as Instant;
  t.equal(early.epochMs, utc(2011, 3, 4) + 28_800_000, 'the default for English slashes is month, day');
  t.equal(early.alternative, utc(2011, 4, 3) + 28_800_000);
  t.equal(
    (read(times, '5/5/2011 0:00:00') as Instant).alternative,
    undefined,
    'where both readings are one there is no other',
  );
  t.equal((read(times, '13/4/2011 0:00:00') as Instant).epochMs, utc(2011, 4, 13));
  t.same(times.report().dateOrder, { order: 'dmy', basis: 'found', swap: true });
  t.equal(resolveInstant(early, times.report().dateOrder).epochMs, utc(2011, 4, 3) + 28_800_000);
  t.equal('alternative' in resolveInstant(early, times.report().dateOrder), false);
  t.equal(read(times, '4/13/2011 0:00:00'), 'date-order', 'a later date that contradicts is refused');
  t.equal(read(times, '31/2/2011 0:00:00'), 'unreadable', 'no such day in any order');
  t.equal((read(times, '2011-12-31 0:00:00') as Instant).epochMs, utc(2011, 12, 31), 'year first needs no order');
});

t.test('an input that shows no order takes the default of separator and language', async t => {
  const cases: [string, string | undefined, DateOrder][] = [
    ['3/4/2011 0:00:00', 'en', 'mdy'],
    ['3/4/2011 0:00:00', undefined, 'mdy'],
    ['3/4/2011 0:00:00', 'fr', 'dmy'],
    ['3-4-2011 0:00:00', 'en', 'dmy'],
    ['3.4.2011 0:00:00', 'en', 'dmy'],
  ];
  for (const [text, language, order] of cases) {
    const times = new LocalTimes({ language });
    const instant = read(times, text) as Instant;
    t.same(times.report().dateOrder, { order, basis: 'assumed' }, `${text} ${language}`);
    t.equal(instant.epochMs, order === 'mdy' ? utc(2011, 3, 4) : utc(2011, 4, 3));
  }
  const yearFirst = new LocalTimes({});
  read(yearFirst, '2011/3/4 0:00:00');
  t.same(yearFirst.report().dateOrder, { order: 'ymd', basis: 'found' });
});

/** The rule in one sentence, over the whole list: brute force, by another route than the code under test. */
function oracle(dates: readonly (readonly [number, number])[], byDefault: 'dmy' | 'mdy'): (string | number)[] {
  const deciding = dates.findIndex(([a, b]) => a > 12 !== b > 12);
  const order = deciding < 0 ? byDefault : dates[deciding]![0] > 12 ? 'dmy' : 'mdy';
  return dates.map(([a, b]) => {
    const [day, month] = order === 'dmy' ? [a, b] : [b, a];
    const exists = (d: number, m: number) => m <= 12 && new Date(Date.UTC(2011, m - 1, d)).getUTCMonth() === m - 1;
    if (exists(day, month)) return Date.UTC(2011, month - 1, day);
    // The first number that cannot be a month tells the other order, whether or not there is such a day.
    const showsOther = order === 'dmy' ? b > 12 && a <= 12 : a > 12 && b <= 12;
    return showsOther ? 'date-order' : 'unreadable';
  });
}

t.test('the date order is that of the first telling date of the whole input', async () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }));
  const dates = fc.array(fc.tuple(number, number), { maxLength: 30 });
  fc.assert(
    fc.property(dates, fc.constantFrom('en', 'fr'), (dates, language) => {
      const times = new LocalTimes({ language });
      const given = dates.map(([a, b]) => read(times, `${a}/${b}/2011 0:00:00`));
      const { dateOrder } = times.report();
      const resolved = given.map(each => (typeof each === 'string' ? each : resolveInstant(each, dateOrder).epochMs));
      assert.deepEqual(resolved, oracle(dates, language === 'en' ? 'mdy' : 'dmy'));
    }),
    runs(300),
  );
});

t.test('an hour that the clock showed twice is the earlier one, one that it skipped moves forward', async t => {
  const berlin = createZone('Europe/Berlin');
  const at = (text: string) => Date.parse(`${text}Z`) / 1000;
  const cases: [LocalZone, string, string, string | undefined][] = [
    [berlin, '2021-10-31T02:30:00', '2021-10-31T00:30:00', 'ambiguous'],
    [berlin, '2021-10-31T02:00:00', '2021-10-31T00:00:00', 'ambiguous'],
    [berlin, '2021-10-31T01:59:59', '2021-10-30T23:59:59', undefined],
    [berlin, '2021-10-31T03:00:00', '2021-10-31T02:00:00', undefined],
    [berlin, '2021-03-28T02:30:00', '2021-03-28T01:30:00', 'skipped'],
    [berlin, '2021-03-28T01:59:59', '2021-03-28T00:59:59', undefined],
    [berlin, '2021-03-28T03:00:00', '2021-03-28T01:00:00', undefined],
    [berlin, '2021-07-01T12:00:00', '2021-07-01T10:00:00', undefined],
    [createZone('America/New_York'), '2021-11-07T01:30:00', '2021-11-07T05:30:00', 'ambiguous'],
    [createZone('America/St_Johns'), '2006-10-29T00:00:30', '2006-10-29T02:30:30', 'ambiguous'],
    [createZone('Australia/Lord_Howe'), '2021-04-04T01:45:00', '2021-04-03T14:45:00', 'ambiguous'],
    [createZone('Pacific/Apia'), '2011-12-30T12:00:00', '2011-12-30T22:00:00', 'skipped'],
    [createZone('Asia/Kolkata'), '2021-04-04T00:00:00', '2021-04-03T18:30:00', undefined],
  ];
  for (const [zone, local, instant, note] of cases) {
    const zoned = zone.toInstant(at(local));
    t.equal(new Date(zoned.seconds * 1000).toISOString().slice(0, 19), instant, `${zone.name} ${local}`);
    t.equal(zoned.note, note, `${zone.name} ${local}`);
  }
  t.throws(() => createZone('W. Europe Standard Time'), { code: 'ERR_USAGE' });
  t.equal(createZone('utc').name, 'UTC');
  t.equal(isUtcName('Europe/London'), false);
});

/** What the clock of a zone shows at an instant, by Intl alone. */
function wallClock(format: Intl.DateTimeFormat, epochMs: number): number {
  const part = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour! % 24, part.minute!, part.second!) / 1000;
}

t.test('every instant comes back from its wall clock, unless the clock showed that reading before', async () => {
  const names = ['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Tehran', 'Africa/Casablanca', 'Australia/Lord_Howe'];
  for (const name of names) {
    const zone = createZone(name);
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 1_800_000_000 }), seconds => {
        const local = wallClock(format, seconds * 1000);
        const zoned = zone.toInstant(local);
        assert.equal(wallClock(format, zoned.seconds * 1000), local, 'shows the same reading');
        assert.ok(zoned.seconds <= seconds, 'never a later instant');
        if (zoned.seconds !== seconds) assert.equal(zoned.note, 'ambiguous');
      }),
      runs(60),
    );
  }
});

t.test('notes of the zone are counted for the reading that held', async t => {
  const zone = createZone('Europe/Berlin');
  const times = new LocalTimes({ language: 'en', timezone: 'Europe/Berlin', zone });
  t.equal((read(times, '10/3/2010 2:30:00 AM') as Instant).basis, 'given');
  t.same(times.notes(), { ambiguous: 0, skipped: 0 });
  read(times, '3/28/2010 2:30:00 AM');
  t.same(times.notes(), { ambiguous: 0, skipped: 1 });
  t.same(times.report().timezone, { name: 'Europe/Berlin', basis: 'given' });
  t.throws(() => new LocalTimes({ timezone: 'Europe/Berlin' }), { code: 'ERR_USAGE' });
  const swapped = new LocalTimes({ language: 'en', timezone: 'Europe/Rome', zone: createZone('Europe/Rome') });
  // Read both ways; the second date shows that the first number is the day, and its hour came twice.
  read(swapped, '5/11/2006 1:30:00');
  read(swapped, '29/10/2006 2:30:00');
  t.same(swapped.notes(), { ambiguous: 1, skipped: 0 }, 'found after the order turned round');
});

t.test('a time of the day before is read as by itself, whatever came before', async () => {
  const date = fc.constantFrom(
    '04/03/2011',
    '3/4/2011',
    '2011-03-04',
    '4.3.11',
    '4/3/201',
    '04/03/20111',
    '4 . 3 . 2011',
  );
  const part = fc.constantFrom('0', '1', '9', '00', '07', '11', '12', '13', '23', '24', '59', '60', '', 'x', '123');
  const end = fc.constantFrom('', '', '', ' AM', ' PM', ' am', ' P', ' PMx', ' XM', 'PM', '.5', ' ');
  const text = fc
    .record({ date, space: fc.constantFrom(' ', ' ', ' ', '  ', ', ', ''), parts: fc.tuple(part, part, part), end })
    .map(({ date, space, parts, end }) => `${date}${space}${parts.join(':')}${end}`);
  const anyText = fc.oneof({ weight: 4, arbitrary: text }, fc.constantFrom(...LOCAL_TEXTS.map(([each]) => each), ''));
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 30 }), texts => {
      const sameDay = new SameDay();
      for (const each of texts) {
        const alone = readLocalText(each);
        const second = sameDay.secondOfDay(each);
        if (second < 0) {
          assert.deepEqual(sameDay.learn(each), alone);
        } else {
          assert.ok(sameDay.date !== undefined && alone !== undefined, each);
          assert.deepEqual({ ...sameDay.date, secondOfDay: second, fraction: '' }, alone, each);
        }
      }
    }),
    runs(2000),
  );
  const sameDay = new SameDay();
  sameDay.learn('04/03/2011 08:12:55');
  assert.equal(sameDay.secondOfDay('04/03/2011 08:12:56'), 29_576);
});
