import type { EventRecord, Instant, Position } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import { parseInstantUnits } from '../../time/instant-units.js';
import { EventDraft } from '../event-draft.js';
import { levelOf, payloadStrings, splitStringArray } from './body-forms.js';
import { attributeValue, type Leniencies } from './character-data.js';
import { ElementText } from './element-text.js';
import { TagReader } from './tag.js';
import type { UnitText } from './unit-text.js';
import { BANG, GREATER, isSpace, LESS, QUESTION, SLASH, standsAt, type Units } from './units.js';

/** Why an event's inside could not be read. */
export interface ParseFault {
  /** What was expected and what was found; no log text. */
  readonly detail: string;
  /** Index of the unit where it was seen. */
  readonly at: number;
  readonly isLimit: boolean;
}

/**
 * The strict parser of one framed event, `<Event` to `</Event>`. It checks tags, nesting and attributes as XML wants
 * them and finds values by their path, whatever the prefixes. It lets pass what real events hold against XML: raw
 * control characters, references to them, and `&` that begins no reference (counted).
 */
export class EventParser {
  /** Set when `parse` gave undefined. */
  fault: ParseFault | undefined;
  readonly leniencies: Leniencies = { bareAmpersands: 0 };

  readonly #tag = new TagReader();
  readonly #nameFrom = new Int32Array(MAX_DEPTH + 1);
  readonly #nameTo = new Int32Array(MAX_DEPTH + 1);
  readonly #place = new Uint8Array(MAX_DEPTH + 1);
  readonly #isLeaf = new Uint8Array(MAX_DEPTH + 1);
  #units: Units = new Uint8Array(0);
  #text: UnitText = NO_TEXT;

  readonly #gathered = new ElementText(this.leniencies);

  readonly #draft = new EventDraft();
  #seen = 0;
  #leafName = '';
  #dataName: string | undefined;
  #unnamedData = 0;
  #hasBinary = false;

  /** The event in `units[from, to)`; undefined, with `fault` set, when it breaks the format. */
  parse(units: Units, from: number, to: number, text: UnitText, position: Position): EventRecord | undefined {
    this.#reset(units, text);
    if (!this.#walk(from, to)) return undefined;
    if ((this.#seen & SEEN_SYSTEM) === 0) {
      this.#fail('expected a System element and found none', from);
      return undefined;
    }
    return this.#record(position);
  }

  #walk(from: number, to: number): boolean {
    const units = this.#units;
    const tag = this.#tag;
    let depth = 0;
    let at = from;
    for (;;) {
      const next = units[at + 1];
      if (next === SLASH) {
        if (depth === 0) return this.#fail('expected the event to end here', at);
        const start = this.#nameFrom[depth]!;
        const length = this.#nameTo[depth]! - start;
        let k = 0;
        while (k < length && units[at + 2 + k] === units[start + k]) k += 1;
        let end = at + 2 + k;
        while (end < to && isSpace(units[end])) end += 1;
        if (k !== length || units[end] !== GREATER || end >= to) {
          return this.#fail('an end tag does not match the start tag', at);
        }
        if (!this.#close(depth)) return false;
        depth -= 1;
        at = end + 1;
        if (depth === 0) return at === to || this.#fail('expected nothing after the end of the event', at);
      } else if (next === BANG) {
        const end = this.#comment(at, to);
        if (end < 0) return false;
        at = end;
      } else if (next === QUESTION) {
        let end = at + 2;
        while (end < to && !(units[end] === QUESTION && units[end + 1] === GREATER)) end += 1;
        if (end + 1 >= to) return this.#fail('a processing instruction has no end', at);
        at = end + 2;
      } else {
        const end = tag.read(units, at, to);
        if (end < 0) return this.#fail(tag.detail, tag.faultAt, tag.isLimit);
        depth += 1;
        if (depth > MAX_DEPTH) return this.#fail(`elements nest deeper than ${MAX_DEPTH}`, at, true);
        this.#nameFrom[depth] = at + 1;
        this.#nameTo[depth] = tag.nameTo;
        this.#open(depth);
        at = end;
        if (tag.isEmpty) {
          if (!this.#close(depth)) return false;
          depth -= 1;
          if (depth === 0) return at === to || this.#fail('expected nothing after the end of the event', at);
        }
      }
      if (at < to && units[at] !== LESS) {
        const textFrom = at;
        at += 1;
        while (at < to && units[at] !== LESS) at += 1;
        if (this.#gathered.depth > 0) this.#gathered.add(textFrom, at, false);
      }
      if (at >= to) return this.#fail('expected an end tag and found the end of the event', at);
    }
  }

  /** A comment or a CDATA section; gives where it ends, or -1. */
  #comment(at: number, to: number): number {
    const units = this.#units;
    const isComment = standsAt(units, at, '<!--');
    if (!isComment && !standsAt(units, at, '<![CDATA[')) {
      this.#fail('expected a comment or a CDATA section', at);
      return -1;
    }
    const closing = isComment ? '-->' : ']]>';
    const from = at + (isComment ? 4 : 9);
    let end = from;
    while (end < to && !standsAt(units, end, closing)) end += 1;
    if (end + 3 > to) {
      this.#fail(isComment ? 'a comment has no end' : 'a CDATA section has no end', at);
      return -1;
    }
    if (!isComment && this.#gathered.depth > 0) this.#gathered.add(from, end, true);
    return end + 3;
  }

  #open(depth: number): void {
    const tag = this.#tag;
    const units = this.#units;
    const parent = depth === 1 ? NOWHERE : this.#place[depth - 1]!;
    const { localFrom: a, nameTo: z } = tag;
    let place = OTHER;
    this.#isLeaf[depth] = 1;
    this.#isLeaf[depth - 1] = 0;
    switch (parent) {
      case NOWHERE:
        place = EVENT;
        break;
      case EVENT:
        if (tag.isNamed(units, 'System')) {
          if ((this.#seen & SEEN_SYSTEM) === 0) place = SYSTEM;
          this.#seen |= SEEN_SYSTEM;
        } else if (tag.isNamed(units, 'EventData')) place = this.#openBody(EVENT_DATA);
        else if (tag.isNamed(units, 'UserData')) place = this.#openBody(USER_DATA);
        else if (tag.isNamed(units, 'RenderingInfo')) {
          place = RENDERING_INFO;
          this.#draft.culture ??= this.#attribute('Culture') || undefined;
        } else if (tag.isNamed(units, 'ProcessingErrorData')) place = this.#openBody(PROCESSING_ERROR);
        break;
      case SYSTEM:
        place = this.#openSystem();
        if (place >= GATHERING) this.#gather(depth);
        break;
      case EVENT_DATA:
      case USER_EVENT_DATA:
        if (tag.isNamed(units, 'Data') || tag.isNamed(units, 'ComplexData')) {
          place = DATA;
          this.#dataName = this.#attribute('Name') || undefined;
          this.#gather(depth);
        } else if (tag.isNamed(units, 'Binary')) this.#hasBinary = true;
        else place = this.#openLeaf(depth, a, z);
        break;
      case USER_DATA:
        if (tag.isNamed(units, 'EventData')) place = USER_EVENT_DATA;
        else place = this.#openLeaf(depth, a, z);
        break;
      case USER_TREE:
        place = this.#openLeaf(depth, a, z);
        break;
      case RENDERING_INFO:
        if (tag.isNamed(units, 'Message') && this.#draft.message === undefined) {
          place = MESSAGE;
          this.#gather(depth);
        }
        break;
      case PROCESSING_ERROR:
        if (tag.isNamed(units, 'EventPayload')) {
          place = PAYLOAD;
          this.#gather(depth);
        }
        break;
    }
    this.#place[depth] = place;
  }

  #openBody(place: number): number {
    this.#draft.insertions ??= [];
    return place;
  }

  #openSystem(): number {
    const tag = this.#tag;
    const units = this.#units;
    if (tag.isNamed(units, 'Provider')) {
      if ((this.#seen & SEEN_PROVIDER) === 0) this.#draft.provider = this.#attribute('Name') ?? '';
      this.#seen |= SEEN_PROVIDER;
      return OTHER;
    }
    if (tag.isNamed(units, 'EventID')) {
      if ((this.#seen & SEEN_EVENT_ID) !== 0) return OTHER;
      this.#seen |= SEEN_EVENT_ID;
      const qualifiers = this.#attribute('Qualifiers');
      if (qualifiers !== undefined && /^\d{1,5}$/.test(qualifiers)) this.#draft.qualifiers = Number(qualifiers);
      return EVENT_ID;
    }
    if (tag.isNamed(units, 'TimeCreated')) {
      if ((this.#seen & SEEN_TIME) === 0) this.#draft.time = this.#instant();
      this.#seen |= SEEN_TIME;
      return OTHER;
    }
    if (tag.isNamed(units, 'Level') && this.#draft.level === undefined) return LEVEL;
    if (tag.isNamed(units, 'EventRecordID') && this.#draft.recordId === undefined) return RECORD_ID;
    if (tag.isNamed(units, 'Channel') && this.#draft.channel === undefined) return CHANNEL;
    if (tag.isNamed(units, 'Computer') && this.#draft.computer === undefined) return COMPUTER;
    return OTHER;
  }

  #instant(): Instant | undefined {
    const index = this.#tag.find(this.#units, 'SystemTime');
    if (index < 0) return undefined;
    const from = this.#tag.valueFrom[index]!;
    const to = this.#tag.valueTo[index]!;
    return parseInstantUnits(this.#units, from, to) ?? parseIsoInstant(this.#attributeAt(index));
  }

  /** An element of a UserData tree: its attributes are values, and its text is one if it turns out to be a leaf. */
  #openLeaf(depth: number, localFrom: number, nameTo: number): number {
    const tag = this.#tag;
    const name = this.#text.decode(this.#units, localFrom, nameTo);
    for (let index = 0; index < tag.attributes; index++) {
      if (tag.isNamespace(this.#units, index)) continue;
      const attribute = this.#text.decode(
        this.#units,
        tag.attributeLocalFrom(this.#units, index),
        tag.attributeTo[index]!,
      );
      this.#draft.add(this.#attributeAt(index), `${name}@${attribute}`);
      // Its text then counts only if there is any.
      this.#isLeaf[depth] = 2;
    }
    this.#leafName = name;
    this.#gather(depth);
    return USER_TREE;
  }

  #close(depth: number): boolean {
    const place = this.#place[depth]!;
    if (place === USER_TREE) {
      if (this.#isLeaf[depth] !== 0 && this.#gathered.depth === depth) {
        const isAlwaysValue = this.#isLeaf[depth] === 1 && this.#place[depth - 1] !== USER_DATA;
        const text = this.#gathered.takeValue();
        if (text.trim() !== '' || isAlwaysValue) this.#draft.add(text, this.#leafName);
      }
      return true;
    }
    if (this.#gathered.depth !== depth || place < GATHERING) return true;
    switch (place) {
      case DATA:
        if (this.#dataName === undefined) this.#unnamedData += 1;
        this.#draft.add(this.#gathered.takeValue(), this.#dataName);
        break;
      case EVENT_ID: {
        const text = this.#gathered.take().trim();
        if (text === '') break;
        if (!/^\d{1,10}$/.test(text)) return this.#fail('expected a number in EventID', this.#nameFrom[depth]!);
        this.#draft.identify(Number(text));
        break;
      }
      case LEVEL:
        this.#draft.level = levelOf(this.#gathered.take().trim());
        break;
      case RECORD_ID: {
        const text = this.#gathered.take().trim();
        if (/^\d{1,20}$/.test(text)) this.#draft.recordId = text;
        break;
      }
      case CHANNEL:
        this.#draft.channel = this.#gathered.take().trim() || undefined;
        break;
      case COMPUTER:
        this.#draft.computer = this.#gathered.take().trim() || undefined;
        break;
      case MESSAGE:
        this.#draft.message = this.#gathered.takeValue() || undefined;
        break;
      case PAYLOAD:
        for (const text of payloadStrings(this.#gathered.take())) this.#draft.add(text, undefined);
        break;
    }
    return true;
  }

  #attribute(name: string): string | undefined {
    const index = this.#tag.find(this.#units, name);
    return index < 0 ? undefined : this.#attributeAt(index);
  }

  #attributeAt(index: number): string {
    const raw = this.#text.decode(this.#units, this.#tag.valueFrom[index]!, this.#tag.valueTo[index]!);
    return this.#tag.valueIsPlain[index] ? raw : attributeValue(raw, this.leniencies);
  }

  /** The text of the element whose tag was just read is wanted. */
  #gather(depth: number): void {
    this.#gathered.begin(depth, isSpace(this.#units[this.#nameFrom[depth]! - 2]));
  }

  #record(position: Position): EventRecord {
    const draft = this.#draft;
    if (this.#hasBinary && this.#unnamedData === 1 && draft.insertions?.length === 1) {
      draft.insertions = splitStringArray(draft.insertions[0]!) ?? draft.insertions;
    }
    return draft.record(position);
  }

  #fail(detail: string, at: number, isLimit = false): false {
    this.fault = { detail, at, isLimit };
    return false;
  }

  #reset(units: Units, text: UnitText): void {
    this.#units = units;
    this.#text = text;
    this.fault = undefined;
    this.leniencies.bareAmpersands = 0;
    this.#gathered.reset(units, text);
    this.#draft.reset();
    this.#seen = 0;
    this.#unnamedData = 0;
    this.#hasBinary = false;
  }
}

const MAX_DEPTH = 256;
const NO_TEXT: UnitText = { begin() {}, decode: () => '', isFallback: false };

const SEEN_SYSTEM = 1;
const SEEN_PROVIDER = 2;
const SEEN_EVENT_ID = 4;
const SEEN_TIME = 8;

// Where in the event an element stands. From GATHERING on, its text is wanted.
const NOWHERE = 0;
const OTHER = 1;
const EVENT = 2;
const SYSTEM = 3;
const EVENT_DATA = 4;
const USER_DATA = 5;
const USER_EVENT_DATA = 6;
const USER_TREE = 7;
const RENDERING_INFO = 8;
const PROCESSING_ERROR = 9;
const GATHERING = 10;
const EVENT_ID = 10;
const LEVEL = 11;
const RECORD_ID = 12;
const CHANNEL = 13;
const COMPUTER = 14;
const DATA = 15;
const MESSAGE = 16;
const PAYLOAD = 17;
