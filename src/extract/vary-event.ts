import {
  CHANNEL_PLACE,
  COMPUTER_PLACE,
  type EventRecord,
  type Failure,
  type TextAt,
  type Unpaired,
  type VariedEvent,
  type VariedFailure,
} from '../model/index.js';
import type { CompiledDefinition, CompiledRule } from './compile-definitions.js';
import type { Place } from './definition.js';
import { labelOf, meaningAt, placeOfEnd } from './ends.js';
import { isFilled, isWarnedOf, nameOf, outcomeByRule, recognize, reportedPositions, valuesOfData } from './outcome.js';
import { type EventValues, holdsOf, looksAs, positionOf, textAt } from './place.js';

/**
 * What events make that differ from this one in texts, time, record ID and place alone. All that definitions ask of an
 * event with data they ask of its texts one by one: so where each text gives the answers that this event's gave, the same
 * failures come of it, told with other texts; or the same reason why it has none. Undefined where that does not hold (values
 * of an event that must agree, a message that must be read), of events that make nothing, and of those that lack a computer.
 */
export function varyEvent(event: EventRecord, definitions: readonly CompiledDefinition[]): VariedEvent | undefined {
  const { insertions = [], isUnordered } = event;
  if (insertions.length === 0 || isUnordered === true) return undefined;
  const likeness = new Likeness(event);
  const failures: VariedFailure[] = [];
  const unpaired: Unpaired[] = [];
  for (const { name, rules } of definitions) {
    for (const rule of rules) {
      if (rule.recognizeBy.includes('shape')) likeness.askShape(rule);
      const recognition = recognize(event, rule, undefined);
      if (recognition === undefined && !rule.recognizeBy.includes('message')) continue;
      // The message was looked at: then more decides than those texts.
      if (recognition === undefined || recognition.recognizedBy === 'message') return undefined;
      if (rule.agree.length > 0) return undefined;
      likeness.askEnds(rule);
      const { found } = outcomeByRule(event, name, rule, recognition, undefined);
      if (found.type === 'failure') failures.push(variedFailure(found, rule, likeness));
      else unpaired.push(found);
      break;
    }
  }
  if (failures.length === 0 && (unpaired.length === 0 || unpaired.some(isWarnedOf))) return undefined;
  return {
    failures,
    unpaired: failures.length > 0 ? [] : unpaired,
    places: likeness.places(),
    isAlike: likeness.isAlike,
    apart: likeness.apart,
  };
}

function variedFailure(failure: Failure, rule: CompiledRule, likeness: Likeness): VariedFailure {
  const { values } = likeness;
  const placeholders: Record<`%${number}`, TextAt> = {};
  for (const position of reportedPositions(rule, values)) {
    const place = likeness.placeOf({ position });
    if (place !== undefined) placeholders[nameOf(position)] = { place };
  }
  const attributes: Record<string, TextAt> = {};
  for (const [name, places] of rule.named) {
    for (const place of places) likeness.ask(place, isFilled);
    const place = places.find(each => isFilled(likeness.textAt(each)));
    if (place !== undefined) attributes[name] = likeness.told(place, text => text);
  }
  for (const each of Object.values(placeholders)) likeness.tell(each.place);
  const end = (name: 'source' | 'destination') => likeness.told(placeOfEnd(name, rule, values), text => text.trim());
  return { failure, source: end('source'), destination: end('destination'), placeholders, attributes };
}

/** The questions that are asked of an event's texts, with the answers that one event's gave. */
class Likeness {
  readonly values: EventValues;
  readonly apart: (readonly [TextAt, TextAt])[] = [];
  readonly #event: EventRecord;
  readonly #questions = new Map<number, Question[]>();

  constructor(event: EventRecord) {
    this.#event = event;
    this.values = valuesOfData(event);
    // The outline of a failure holds the channel, and whether there is a computer.
    this.#ask(CHANNEL_PLACE, text => text);
    this.#ask(COMPUTER_PLACE, text => text === '');
  }

  places(): number[] {
    return [...this.#questions.keys()].sort((a, b) => a - b);
  }

  readonly isAlike = (place: number, text: string): boolean =>
    this.#questions.get(place)?.every(({ answerOf, answer }) => answerOf(text) === answer) !== false;

  /** The number of a place that the event has. */
  placeOf(place: Place): number | undefined {
    if (place.isComputer) return COMPUTER_PLACE;
    const position = positionOf(place, this.values);
    return position === 0 || position > this.values.insertions.length ? undefined : position + 1;
  }

  /** What a place means of the event's own text there. */
  textAt(place: Place): string | undefined {
    const number = this.placeOf(place);
    return number === undefined ? undefined : textAt(place, this.#textOf(number));
  }

  askShape({ shape }: CompiledRule): void {
    for (const { position, looksLike } of shape?.values ?? []) {
      this.ask({ position }, text => text !== undefined && looksAs(looksLike, text));
    }
  }

  askEnds(rule: CompiledRule): void {
    this.askShape(rule);
    for (const condition of rule.when) this.ask(condition.place, text => holdsOf(condition, text));
    for (const place of [...rule.source, ...rule.destination]) {
      const isApart = !rule.isSelfLocal || place.isComputer === true || this.#isApart(place);
      if (!isApart) this.#ask(COMPUTER_PLACE, text => text);
      const asked = isApart ? { ...rule, isSelfLocal: false } : rule;
      this.ask(place, text => meaningAt(place, text?.trim(), asked, this.values));
    }
  }

  /**
   * Whether the event's computer and the text at a place cannot be one machine by their labels. Of what is then as far
   * apart the rest is told without the computer; else nothing holds of another one.
   */
  #isApart(place: Place): boolean {
    const number = this.placeOf(place);
    if (number === undefined) return true;
    const there: TextAt = { place: number, part: text => labelOf(textAt(place, text)?.trim() ?? '') };
    const here: TextAt = { place: COMPUTER_PLACE, part: labelOf };
    if (there.part!(this.#textOf(number)) === labelOf(this.#textOf(COMPUTER_PLACE))) return false;
    this.apart.push([there, here]);
    return true;
  }

  /** Asks of the part of the text that a place means. */
  ask(place: Place, answerOf: (text: string | undefined) => unknown): void {
    const number = this.placeOf(place);
    if (number !== undefined) this.#ask(number, text => answerOf(textAt(place, text)));
  }

  /** A place whose text is told, whatever it is. */
  tell(place: number): void {
    if (!this.#questions.has(place)) this.#questions.set(place, []);
  }

  /** What is told of a place that is known to have a text. */
  told(place: Place, shown: (text: string) => string): TextAt {
    const number = this.placeOf(place)!;
    this.tell(number);
    const part = (text: string) => shown(textAt(place, text)!);
    const isWhole = (text: string) => part(text) === text;
    if (!isWhole(this.#textOf(number))) return { place: number, part };
    this.ask(place, text => text !== undefined);
    this.#ask(number, isWhole);
    return { place: number };
  }

  #textOf(place: number): string {
    if (place === CHANNEL_PLACE) return this.#event.channel ?? '';
    if (place === COMPUTER_PLACE) return this.#event.computer ?? '';
    return this.#event.insertions![place - 2]!;
  }

  #ask(place: number, answerOf: Question['answerOf']): void {
    const questions = this.#questions.get(place) ?? [];
    questions.push({ answerOf, answer: answerOf(this.#textOf(place)) });
    this.#questions.set(place, questions);
  }
}

interface Question {
  readonly answerOf: (text: string) => unknown;
  readonly answer: unknown;
}
