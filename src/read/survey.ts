import type { EventRecord, InputReport, ReadItem } from '../model/index.js';
import type { Stage } from '../stream/stage.js';
import { compareInstants } from '../time/instant-text.js';

/** What one input is and holds, for a person with a pile of files. */
export interface InputSurvey {
  readonly type: 'survey';
  readonly report: InputReport;
  readonly firstTime?: NonNullable<EventRecord['time']>;
  readonly lastTime?: NonNullable<EventRecord['time']>;
  /** Counts by value, the most frequent first, equals by code units. */
  readonly channels: readonly Tally[];
  readonly computers: readonly Tally[];
  readonly cultures: readonly Tally[];
  readonly events: readonly (Tally & { readonly provider: string; readonly eventId: number })[];
  /** How many events hold their insertion strings, a rendered message, a computer, a record ID, a time. */
  readonly holds: {
    readonly insertions: number;
    readonly message: number;
    readonly computer: number;
    readonly recordId: number;
    readonly time: number;
  };
}

export interface Tally {
  readonly value: string;
  readonly count: number;
}

/** Distinct values kept per input and kind; hostile input must not make a survey grow. What is past it is summed up. */
const MAX_DISTINCT = 10_000;

/** Counts what each input holds; for every input one survey, when its report comes. Events are not handed on. */
export function surveyInputs(): Stage<ReadItem, InputSurvey> {
  let survey = newSurvey();
  return {
    push(item, emit) {
      if (item.type === 'event') addEvent(survey, item);
      if (item.type !== 'input') return;
      emit(closeSurvey(survey, item));
      survey = newSurvey();
    },
  };
}

interface OpenSurvey {
  first: EventRecord['time'];
  last: EventRecord['time'];
  readonly channels: Map<string, number>;
  readonly computers: Map<string, number>;
  readonly cultures: Map<string, number>;
  readonly events: Map<string, number>;
  readonly holds: { insertions: number; message: number; computer: number; recordId: number; time: number };
}

function newSurvey(): OpenSurvey {
  return {
    first: undefined,
    last: undefined,
    channels: new Map(),
    computers: new Map(),
    cultures: new Map(),
    events: new Map(),
    holds: { insertions: 0, message: 0, computer: 0, recordId: 0, time: 0 },
  };
}

function addEvent(survey: OpenSurvey, event: EventRecord): void {
  count(survey.events, `${event.eventId} ${event.provider}`);
  if (event.channel !== undefined) count(survey.channels, event.channel);
  if (event.computer !== undefined) count(survey.computers, event.computer);
  if (event.culture !== undefined) count(survey.cultures, event.culture);
  const { holds } = survey;
  if (event.insertions !== undefined) holds.insertions += 1;
  if (event.message !== undefined) holds.message += 1;
  if (event.computer !== undefined) holds.computer += 1;
  if (event.recordId !== undefined) holds.recordId += 1;
  if (event.time === undefined) return;
  holds.time += 1;
  if (survey.first === undefined || compareInstants(event.time, survey.first) < 0) survey.first = event.time;
  if (survey.last === undefined || compareInstants(event.time, survey.last) > 0) survey.last = event.time;
}

function count(counts: Map<string, number>, value: string): void {
  const known = counts.get(value);
  if (known !== undefined) counts.set(value, known + 1);
  else if (counts.size < MAX_DISTINCT) counts.set(value, 1);
  else counts.set('', (counts.get('') ?? 0) + 1);
}

function closeSurvey(survey: OpenSurvey, report: InputReport): InputSurvey {
  return {
    type: 'survey',
    report,
    ...(survey.first === undefined ? {} : { firstTime: survey.first }),
    ...(survey.last === undefined ? {} : { lastTime: survey.last }),
    channels: ranked(survey.channels),
    computers: ranked(survey.computers),
    cultures: ranked(survey.cultures),
    events: ranked(survey.events).map(tally => {
      const space = tally.value.indexOf(' ');
      return { ...tally, eventId: Number(tally.value.slice(0, space)), provider: tally.value.slice(space + 1) };
    }),
    holds: survey.holds,
  };
}

function ranked(counts: ReadonlyMap<string, number>): Tally[] {
  return [...counts]
    .map(([value, each]) => ({ value, count: each }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
}
