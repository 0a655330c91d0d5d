import { type EventRecord, type Instant, isSelected, type Position, type Selection } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import { EventDraft } from '../event-draft.js';
import { levelOf, payloadStrings } from '../event-xml/body-forms.js';
import { ARRAY, BINXML, FILETIME, fileTimeInstant, NULL, renderArray, renderValue } from './bin-values.js';
import { type BinElement, type BinPart, DamagedRecord, ELEMENT, ROLES, SUBSTITUTION, TEXT } from './binxml.js';
import type { BinXmlChunk } from './binxml-chunk.js';
import type { FieldSource } from './system-plan.js';
import { ValueFrame } from './value-frame.js';

/**
 * Makes events of records without writing XML: walks the trees of their templates and renders values where they are
 * wanted. What it gives is what `EventParser` reads from the XML that Windows makes of the same record. As soon as the
 * System element is read, a record that nobody wants is dropped.
 */
export class EventOfBinXml {
  /** Where in the chunk the content of the record that was read last ends. */
  contentEnd = 0;
  /** Frames by depth: values of an embedded fragment stand in their own. */
  readonly #frames: ValueFrame[] = [];
  #chunk: BinXmlChunk | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #selection: Selection | undefined;

  #isDropped = false;
  #hasSystem = false;
  #elementsSeen = 0;
  #hasTime = false;
  readonly #draft = new EventDraft();

  /**
   * The event of the fragment in [from, to) of the chunk; undefined when `selection` does not want it.
   * @throws DamagedRecord
   */
  read(
    chunk: BinXmlChunk,
    from: number,
    to: number,
    position: Position,
    selection: Selection | undefined,
  ): EventRecord | undefined {
    this.#reset(chunk, selection);
    chunk.begin(position.length);
    const frame = this.#frameAt(0);
    const parts = chunk.open(from, to, frame);
    this.contentEnd = chunk.contentEnd;
    this.#walk(TOP, parts, frame, 0);
    if (this.#isDropped) return undefined;
    if (!this.#hasSystem) throw new DamagedRecord('a System element was expected and none found', from);
    return this.#draft.record(position);
  }

  /** Every element among the parts, those of embedded fragments and templates too, in the place they stand in. */
  #walk(place: number, parts: readonly BinPart[], frame: ValueFrame, depth: number): void {
    const chunk = this.#chunk!;
    for (let at = 0; at < parts.length && !this.#isDropped; at++) {
      const part = parts[at]!;
      chunk.spend(1);
      if (part.kind === ELEMENT) {
        const element = part.element!;
        if (isPresent(element, frame)) this.#element(place, element, frame, depth);
      } else if (part.kind === SUBSTITUTION) {
        if (frame.typeOf(part.index) === BINXML) {
          const inner = this.#frameAt(depth + 1);
          const from = frame.at[part.index]!;
          this.#walk(place, chunk.open(from, from + frame.size[part.index]!, inner), inner, depth + 1);
        }
      } else if (part.instance !== undefined) {
        const inner = this.#frameAt(depth + 1);
        inner.load(this.#bytes, part.instance.table, part.instance.end);
        this.#walk(place, part.instance.parts, inner, depth + 1);
      }
    }
  }

  #element(place: number, element: BinElement, frame: ValueFrame, depth: number): void {
    this.#elementsSeen += 1;
    switch (place) {
      case TOP:
        if (element.role === ROLES.Event) this.#walk(IN_EVENT, element.children, frame, depth);
        break;
      case IN_EVENT:
        this.#part(element, frame, depth);
        break;
      case IN_SYSTEM:
        this.#systemField(element, frame, depth);
        break;
      case IN_USER_DATA:
        if (element.role === ROLES.EventData) this.#walk(IN_EVENT_DATA, element.children, frame, depth);
        else this.#leaf(place, element, frame, depth);
        break;
      case IN_EVENT_DATA:
        if (element.role === ROLES.Data || element.role === ROLES.ComplexData) this.#data(element, frame, depth);
        else if (element.role !== ROLES.Binary) this.#leaf(place, element, frame, depth);
        break;
      case IN_USER_TREE:
        this.#leaf(place, element, frame, depth);
        break;
      case IN_PROCESSING_ERROR:
        if (element.role !== ROLES.EventPayload) break;
        for (const text of payloadStrings(this.#text(element.children, frame, depth))) this.#draft.add(text, undefined);
        break;
      case IN_RENDERING_INFO:
        if (element.role === ROLES.Message)
          this.#draft.message ??= this.#text(element.children, frame, depth) || undefined;
        break;
    }
  }

  /** A child of Event. */
  #part(element: BinElement, frame: ValueFrame, depth: number): void {
    switch (element.role) {
      case ROLES.System:
        if (this.#hasSystem) return;
        this.#hasSystem = true;
        if (this.#readByPlan(element, frame)) break;
        if (this.#selection !== undefined) this.#identify(element, frame, depth);
        if (this.#isDropped) return;
        this.#walk(IN_SYSTEM, element.children, frame, depth);
        this.#isDropped = !isSelected(this.#selection, this.#draft.provider ?? '', this.#draft.eventId ?? 0);
        break;
      case ROLES.EventData:
        if (this.#takeByPlan(element, frame)) break;
        this.#draft.insertions ??= [];
        this.#walk(IN_EVENT_DATA, element.children, frame, depth);
        break;
      case ROLES.UserData:
        this.#draft.insertions ??= [];
        this.#walk(IN_USER_DATA, element.children, frame, depth);
        break;
      case ROLES.ProcessingErrorData:
        this.#draft.insertions ??= [];
        this.#walk(IN_PROCESSING_ERROR, element.children, frame, depth);
        break;
      case ROLES.RenderingInfo:
        this.#draft.culture ??= this.#attribute(element, 'Culture', frame, depth) || undefined;
        this.#walk(IN_RENDERING_INFO, element.children, frame, depth);
        break;
    }
  }

  /** The fields of a System element made as nearly all are; false where the tree must be walked. */
  #readByPlan({ systemPlan: plan }: BinElement, frame: ValueFrame): boolean {
    if (plan === undefined) return false;
    for (const index of plan.values) {
      const type = frame.typeOf(index);
      if ((type & ARRAY) !== 0 || type === BINXML) return false;
    }
    this.#chunk!.spend(FIELDS);
    this.#draft.provider = this.#field(plan.provider, frame);
    if (plan.eventId !== undefined) {
      const text = this.#field(plan.eventId, frame);
      if (text !== undefined) this.#setEventId(text, this.#field(plan.qualifiers, frame));
    }
    this.#isDropped = !isSelected(this.#selection, this.#draft.provider ?? '', this.#draft.eventId ?? 0);
    if (this.#isDropped) return true;
    const level = this.#field(plan.level, frame);
    if (level !== undefined) this.#draft.level = levelOf(level.trim());
    const recordId = this.#field(plan.recordId, frame)?.trim();
    if (recordId !== undefined && /^\d{1,20}$/.test(recordId)) this.#draft.recordId = recordId;
    this.#draft.channel = this.#field(plan.channel, frame)?.trim() || undefined;
    this.#draft.computer = this.#field(plan.computer, frame)?.trim() || undefined;
    const { time } = plan;
    if (time === undefined || isMissing(time.dependency, frame)) return true;
    const isFileTime = time.index >= 0 && frame.typeOf(time.index) === FILETIME && frame.size[time.index]! >= 8;
    this.#draft.time = isFileTime
      ? fileTimeInstant(this.#bytes, frame.at[time.index]!)
      : parseIsoInstant(this.#field(time, frame) ?? '');
    return true;
  }

  #field(source: FieldSource | undefined, frame: ValueFrame): string | undefined {
    if (source === undefined || isMissing(source.dependency, frame)) return undefined;
    const { index } = source;
    if (index < 0) return source.text;
    const type = frame.typeOf(index);
    return type === NULL ? '' : renderValue(this.#bytes, type, frame.at[index]!, frame.size[index]!);
  }

  #setEventId(text: string, qualifiers: string | undefined): void {
    const identifier = text.trim() === '' ? 0 : wholeNumber(text);
    if (identifier === undefined) throw new DamagedRecord('a number was expected in EventID', 0);
    this.#draft.qualifiers = wholeNumber(qualifiers ?? '');
    this.#draft.identify(identifier);
  }

  /** Reads provider and event ID before anything else, where they stand as they always do. */
  #identify(system: BinElement, frame: ValueFrame, depth: number): void {
    let found = 0;
    for (const { kind, element } of system.children) {
      if (kind !== ELEMENT) return;
      if (element!.role !== ROLES.Provider && element!.role !== ROLES.EventID) continue;
      if (!isPresent(element!, frame)) return;
      this.#systemField(element!, frame, depth);
      if (++found === 2) break;
    }
    if (this.#draft.provider === undefined || this.#draft.eventId === undefined) return;
    this.#isDropped = !isSelected(this.#selection, this.#draft.provider, this.#draft.eventId);
  }

  #systemField(element: BinElement, frame: ValueFrame, depth: number): void {
    switch (element.role) {
      case ROLES.Provider:
        this.#draft.provider ??= this.#attribute(element, 'Name', frame, depth) ?? '';
        break;
      case ROLES.EventID: {
        if (this.#draft.eventId !== undefined) break;
        const qualifiers = this.#attribute(element, 'Qualifiers', frame, depth);
        this.#setEventId(this.#text(element.children, frame, depth), qualifiers);
        break;
      }
      case ROLES.Level:
        this.#draft.level ??= levelOf(this.#text(element.children, frame, depth).trim());
        break;
      case ROLES.TimeCreated:
        if (!this.#hasTime) this.#draft.time = this.#instant(element, frame, depth);
        this.#hasTime = true;
        break;
      case ROLES.EventRecordID: {
        const text = this.#text(element.children, frame, depth).trim();
        if (/^\d{1,20}$/.test(text)) this.#draft.recordId ??= text;
        break;
      }
      case ROLES.Channel:
        this.#draft.channel ??= this.#text(element.children, frame, depth).trim() || undefined;
        break;
      case ROLES.Computer:
        this.#draft.computer ??= this.#text(element.children, frame, depth).trim() || undefined;
        break;
    }
  }

  #instant(element: BinElement, frame: ValueFrame, depth: number): Instant | undefined {
    const parts = element.attributes.find(({ name }) => name === 'SystemTime')?.parts ?? [];
    const only = parts.length === 1 ? parts[0]! : undefined;
    if (only?.kind === SUBSTITUTION && frame.typeOf(only.index) === FILETIME && frame.size[only.index]! >= 8) {
      return fileTimeInstant(this.#bytes, frame.at[only.index]!);
    }
    return parseIsoInstant(this.#text(parts, frame, depth));
  }

  /** The values of an EventData element made as nearly all are; false where the tree must be walked. */
  #takeByPlan({ dataPlan: plan }: BinElement, frame: ValueFrame): boolean {
    if (plan === undefined || this.#draft.insertions !== undefined) return false;
    const { values, dependencies } = plan;
    let steps = values.length * 4;
    for (let at = 0; at < values.length; at++) {
      if (isMissing(dependencies[at]!, frame)) return false;
      const index = values[at]!;
      if (index < 0) continue;
      const type = frame.typeOf(index);
      // Each element of an array has a Data element of its own, and a fragment has elements.
      if ((type & ARRAY) !== 0 || type === BINXML) return false;
      if (type !== NULL) steps += frame.size[index]! >> 3;
    }
    this.#chunk!.spend(steps);
    const insertions: string[] = [];
    for (const index of values) {
      const type = index < 0 ? NULL : frame.typeOf(index);
      insertions.push(type === NULL ? '' : renderValue(this.#bytes, type, frame.at[index]!, frame.size[index]!));
    }
    this.#draft.take(insertions, plan.names);
    return true;
  }

  /** An array fills one `<Data>` for each of its elements. */
  #data(element: BinElement, frame: ValueFrame, depth: number): void {
    const name = this.#attribute(element, 'Name', frame, depth) || undefined;
    const array = this.#arrayOf(element, frame);
    if (array === undefined) this.#draft.add(this.#text(element.children, frame, depth), name);
    else for (const text of array) this.#draft.add(text, name);
  }

  /** An element of a UserData tree: its attributes are values, and its text is one if it turns out to be a leaf. */
  #leaf(place: number, element: BinElement, frame: ValueFrame, depth: number): void {
    const array = this.#arrayOf(element, frame);
    if (array !== undefined) {
      for (const text of array) this.#leafText(place, element, text, this.#leafAttributes(element, frame, depth));
      return;
    }
    const hasAttributes = this.#leafAttributes(element, frame, depth);
    const seenBefore = this.#elementsSeen;
    this.#walk(IN_USER_TREE, element.children, frame, depth);
    if (this.#elementsSeen > seenBefore) return;
    this.#leafText(place, element, this.#text(element.children, frame, depth), hasAttributes);
  }

  #leafAttributes(element: BinElement, frame: ValueFrame, depth: number): boolean {
    let hasAttributes = false;
    for (const { name, isNamespace, parts } of element.attributes) {
      if (isNamespace || isAbsent(parts, frame)) continue;
      this.#draft.add(this.#text(parts, frame, depth), `${element.name}@${name}`);
      hasAttributes = true;
    }
    return hasAttributes;
  }

  #leafText(place: number, element: BinElement, text: string, hasAttributes: boolean): void {
    const isAlwaysValue = !hasAttributes && place !== IN_USER_DATA;
    if (isAlwaysValue || text.trim() !== '') this.#draft.add(text, element.name);
  }

  /** The texts of the array that alone fills an element. */
  #arrayOf({ children }: BinElement, frame: ValueFrame): string[] | undefined {
    if (children.length !== 1 || children[0]!.kind !== SUBSTITUTION) return undefined;
    const { index } = children[0]!;
    const type = frame.typeOf(index);
    if ((type & ARRAY) === 0) return undefined;
    const texts = renderArray(this.#bytes, type, frame.at[index]!, frame.size[index]!);
    this.#chunk!.spend(texts.length + (frame.size[index]! >> 3));
    return texts;
  }

  #attribute(element: BinElement, name: string, frame: ValueFrame, depth: number): string | undefined {
    for (const attribute of element.attributes) {
      if (attribute.name !== name || attribute.isNamespace) continue;
      return isAbsent(attribute.parts, frame) ? undefined : this.#text(attribute.parts, frame, depth);
    }
    return undefined;
  }

  /** The text of the parts and of all that is in them. */
  #text(parts: readonly BinPart[], frame: ValueFrame, depth: number): string {
    let text = '';
    for (const part of parts) text += this.#textOf(part, frame, depth);
    return text;
  }

  #textOf(part: BinPart, frame: ValueFrame, depth: number): string {
    const chunk = this.#chunk!;
    chunk.spend(1);
    if (part.kind === TEXT) {
      chunk.spend(part.text.length >> 3);
      return part.text;
    }
    if (part.kind === SUBSTITUTION) {
      const type = frame.typeOf(part.index);
      if (type === NULL) return '';
      const at = frame.at[part.index]!;
      const size = frame.size[part.index]!;
      chunk.spend(size >> 3);
      if (type === BINXML) {
        const inner = this.#frameAt(depth + 1);
        return this.#text(chunk.open(at, at + size, inner), inner, depth + 1);
      }
      // Windows repeats the element; where text stands beside the array, that cannot be, and the values follow each other.
      if ((type & ARRAY) !== 0) return renderArray(this.#bytes, type, at, size).join('');
      return renderValue(this.#bytes, type, at, size);
    }
    if (part.kind === ELEMENT) {
      const element = part.element!;
      return isPresent(element, frame) ? this.#text(element.children, frame, depth) : '';
    }
    const inner = this.#frameAt(depth + 1);
    inner.load(this.#bytes, part.instance!.table, part.instance!.end);
    return this.#text(part.instance!.parts, inner, depth + 1);
  }

  #frameAt(depth: number): ValueFrame {
    if (depth > MAX_DEPTH) throw new DamagedRecord(`fragments nest deeper than ${MAX_DEPTH}`, 0, true);
    this.#frames[depth] ??= new ValueFrame();
    return this.#frames[depth];
  }

  #reset(chunk: BinXmlChunk, selection: Selection | undefined): void {
    this.#chunk = chunk;
    this.#bytes = chunk.bytes;
    this.#selection = selection;
    this.#isDropped = false;
    this.#hasSystem = false;
    this.#elementsSeen = 0;
    this.#hasTime = false;
    this.#draft.reset();
  }
}

function isPresent({ dependency }: BinElement, frame: ValueFrame): boolean {
  return !isMissing(dependency, frame);
}

/** Whether the value that an element depends on is null. */
function isMissing(dependency: number, frame: ValueFrame): boolean {
  return dependency >= 0 && frame.typeOf(dependency) === NULL;
}

/** An optional value that is null leaves its attribute out. */
function isAbsent(parts: readonly BinPart[], frame: ValueFrame): boolean {
  if (parts.length !== 1) return false;
  const { kind, isOptional, index } = parts[0]!;
  return kind === SUBSTITUTION && isOptional && frame.typeOf(index) === NULL;
}

function wholeNumber(text: string): number | undefined {
  return /^\s*\d{1,10}\s*$/.test(text) ? Number(text) : undefined;
}

const MAX_DEPTH = 32;
/** What the fields of a System element cost at most, in steps. */
const FIELDS = 64;

/** Where in the event an element stands. */
const TOP = 0;
const IN_EVENT = 1;
const IN_SYSTEM = 2;
const IN_EVENT_DATA = 3;
const IN_USER_DATA = 4;
const IN_USER_TREE = 5;
const IN_PROCESSING_ERROR = 6;
const IN_RENDERING_INFO = 7;
