import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import type { EventRecord } from '../../src/index.js';
import { createCatalogue, TemplateLearner } from '../../src/messages/index.js';
import { readItems } from '../properties/run-evpair.js';
import { REAL, skip } from './samples.js';

/**
 * Of each real export that holds both values and messages, every other event teaches templates, and the messages of the
 * rest are inverted: the shares that are exact, ambiguous and missed, and why each is missed. No text of the log is shown.
 */

t.test('half of the rendered events of real exports make the other half readable', { skip }, async t => {
  const files = readdirSync(REAL, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(xml|json|txt|csv)$/.test(entry.name))
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  let tried = 0;
  for (const file of files) {
    const events = renderedEvents(file);
    if (events.length < 10) continue;
    const outcomes = halfByHalf(events);
    tried++;
    t.comment(`${relative(REAL, file)}: ${events.length} events with values and message`);
    const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    for (const [outcome, count] of [...outcomes].sort()) {
      t.comment(`  ${((count / total) * 100).toFixed(1).padStart(5)} %  ${String(count).padStart(4)}  ${outcome}`);
    }
    t.notOk(
      [...outcomes.keys()].some(outcome => outcome.startsWith('wrong')),
      `${relative(REAL, file)}: none is wrong`,
    );
    const exact = [...outcomes].reduce((sum, [outcome, count]) => sum + (outcome.startsWith('exact') ? count : 0), 0);
    if (file.endsWith('eventviewer-xml/Application.xml')) {
      t.ok(exact / total > 0.92, 'Application.xml: as many exact as when this was written');
    }
  }
  t.ok(tried >= 1, 'some export holds both');
});

function renderedEvents(file: string): EventRecord[] {
  const events: EventRecord[] = [];
  for (const item of readItems({ name: file, bytes: readFileSync(file) })) {
    if (item.type === 'event' && item.isUnordered !== true && item.message && item.insertions !== undefined) {
      events.push(item);
    }
  }
  return events;
}

/** How many of the second half came out how, and why. */
function halfByHalf(events: readonly EventRecord[]): Map<string, number> {
  const learner = new TemplateLearner();
  const taught = new Map<string, EventRecord[]>();
  events.forEach((event, index) => {
    if (index % 2 === 1) return;
    learner.add(event);
    taught.set(typeOf(event), [...(taught.get(typeOf(event)) ?? []), event]);
  });
  const { templates } = learner.learn();
  const catalogue = createCatalogue(templates.map(({ template }) => template));
  const outcomes = new Map<string, number>();
  events.forEach((event, index) => {
    if (index % 2 === 0) return;
    const outcome = outcomeOf(event);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  return outcomes;

  function outcomeOf(event: EventRecord): string {
    const { provider, eventId, culture } = event;
    const found = catalogue.invert(event.message!, { provider, eventId, culture });
    const values = event.insertions!;
    if (found.certainty === 'ambiguous') return `ambiguous: ${found.reason}`;
    if (found.certainty === 'none') {
      const others = taught.get(typeOf(event));
      if (others === undefined) return 'missed: no event of its type is in the half that teaches';
      const message = plain(event.message!);
      if (values.some(text => text !== '' && !message.includes(plain(text)))) {
        return 'missed: the text shows a value in another form than the data (a time), so that it taught none';
      }
      const isUntaught = values.some((text, at) => text !== '' && others.every(other => other.insertions![at] === ''));
      return isUntaught
        ? 'missed: a value that it has is empty in all events that taught its type'
        : 'missed: its text is another than that of the events that taught its type';
    }
    const isTrue = found.insertions.every((text, at) => text === null || plain(text) === plain(values[at] ?? ''));
    if (!isTrue) {
      // Such as a logon ID: the text has hexadecimal digits in capitals.
      const isFormOnly = found.insertions.every(
        (text, at) => text === null || plain(text).toLowerCase() === plain(values[at] ?? '').toLowerCase(),
      );
      return isFormOnly ? 'exact: all values, some in other capitals than the data' : 'wrong';
    }
    const absent = values.filter((text, at) => text !== '' && typeof found.insertions[at] !== 'string').length;
    return absent === 0 ? 'exact: all values' : 'exact: all values that the text shows';
  }
}

function typeOf({ provider, eventId, culture }: EventRecord): string {
  return JSON.stringify([provider, eventId, culture]);
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
