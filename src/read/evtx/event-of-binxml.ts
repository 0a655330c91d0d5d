import { type EventRecord, isSelected, type Selection } from '../../model/index.js';
import { parseIsoInstant } from '../../time/instant-text.js';
import { levelOf, payloadStrings } from '../event-xml/body-forms.js';
import { ARRAY, BINXML, FILETIME, fileTimeInstant, NULL, renderArray, renderValue } from './bin-values.js';
import { type BinElement, type BinPart, type BinValue, type ChunkBinXml, DamagedRecord } from './binxml-template.js';

/** A record's fields; undefined when no one wants the event. */
export type EventFields = Omit<EventRecord, 'type' | 'position'>;

/** The values of a template that elements at hand are filled with; none outside a template. */
type Values = readonly BinValue[];

/** Elements walked for one record: a template cannot multiply a few bytes without end. */
const MAX_STEPS = 100_000;

/**
 * Makes events of a chunk's fragments, walking the trees without writing XML. Provider and event ID come first: a
 * record that cannot match is not rendered.
 */
export class EventOfBinXml {
  readonly #binXml: ChunkBinXml;
  readonly #chunk: Buffer;
  #steps = 0;

  constructor(chunk: Uint8Array, binXml: ChunkBinXml) {
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#binXml = binXml;
  }

  /** @throws DamagedRecord when the fragment is no event. */
  read(parts: readonly BinPart[], selection: Selection | undefined): EventFields | undefined {
    this.#steps = 0;
    const event = this.#elements(parts, []).find(({ element }) => element.name === 'Event');
    if (event === undefined) throw new DamagedRecord('the record holds no <Event>', 0);
    const inside = this.#elements(event.element.children, event.values);
    const system = inside.find(({ element }) => element.name === 'System');
    if (system === undefined) throw new DamagedRecord('the event holds no <System>', 0);
    const fields = this.#system(system.element, system.values);
    if (!isSelected(selection, fields.provider, fields.eventId)) return undefined;
    const body = inside.find(({ element }) => BODIES.has(element.name));
    if (body !== undefined) Object.assign(fields, this.#body(body.element, body.values));
    return fields;
  }

  #system(system: BinElement, values: Values): Mutable<EventFields> {
    let provider = '';
    let eventId: number | undefined;
    const fields: Partial<Mutable<EventFields>> = {};
    for (const { element, values: own } of this.#elements(system.children, values)) {
      const text = () => this.#text(element.children, own);
      switch (element.name) {
        case 'Provider':
          provider ||= this.#attribute(element, 'Name', own) ?? '';
          break;
        case 'EventID': {
          eventId ??= wholeNumber(text());
          const qualifiers = wholeNumber(this.#attribute(element, 'Qualifiers', own) ?? '');
          if (qualifiers !== undefined) fields.qualifiers = qualifiers;
          break;
        }
        case 'Level': {
          const level = levelOf(text());
          if (level !== undefined) fields.level = level;
          break;
        }
        case 'TimeCreated': {
          const time = this.#time(element, own);
          if (time !== undefined) fields.time = time;
          break;
        }
        case 'EventRecordID':
          fields.recordId = text();
          break;
        case 'Channel':
          if (text() !== '') fields.channel = text();
          break;
        case 'Computer':
          if (text() !== '') fields.computer = text();
          break;
      }
    }
    if (eventId === undefined) throw new DamagedRecord('the event holds no <EventID>', 0);
    return { ...fields, provider, eventId: eventId & 0xffff };
  }

  /** Event Viewer prints seven digits of the second's fraction, all that a FILETIME has. */
  #time(element: BinElement, values: Values): EventRecord['time'] {
    const attribute = element.attributes.find(({ name }) => name === 'SystemTime');
    const [part] = attribute?.parts ?? [];
    const value = part?.kind === 'substitution' ? values[part.index] : undefined;
    if (value?.type === FILETIME && value.size >= 8) {
      return { ...fileTimeInstant(this.#chunk.readBigUInt64LE(value.at)), digits: 7, basis: 'export' };
    }
    return parseIsoInstant(this.#attribute(element, 'SystemTime', values) ?? '');
  }

  #body(body: BinElement, values: Values): Pick<Mutable<EventFields>, 'insertions' | 'names'> {
    const insertions: string[] = [];
    const names: (string | undefined)[] = [];
    const add = (text: string, name: string | undefined) => {
      insertions.push(text);
      names.push(name);
    };
    if (body.name === 'ProcessingErrorData') {
      const payload = this.#elements(body.children, values).find(({ element }) => element.name === 'EventPayload');
      if (payload === undefined) return {};
      return { insertions: payloadStrings(this.#text(payload.element.children, payload.values)) };
    }
    if (body.name === 'EventData') this.#addData(body, values, add);
    else for (const child of this.#elements(body.children, values)) this.#addTree(child.element, child.values, add, 0);
    return names.some(name => name !== undefined) ? { insertions, names } : { insertions };
  }

  /** An array fills one `<Data>` for each of its elements. */
  #addData(body: BinElement, values: Values, add: (text: string, name: string | undefined) => void): void {
    for (const { element, values: own } of this.#elements(body.children, values)) {
      if (element.name !== 'Data' && element.name !== 'ComplexData') continue;
      const name = this.#attribute(element, 'Name', own);
      for (const text of this.#texts(element.children, own)) add(text, name);
    }
  }

  /** The texts of an element: one, or as many as the array that fills it has. */
  #texts(parts: readonly BinPart[], values: Values): string[] {
    const [part] = parts;
    const value = part?.kind === 'substitution' && parts.length === 1 ? values[part.index] : undefined;
    const isArray = value !== undefined && (value.type & ARRAY) !== 0;
    return isArray ? renderArray(this.#chunk, value) : [this.#text(parts, values)];
  }

  /** An element of a UserData tree: attributes but `xmlns` are values, and the text of a leaf is. */
  #addTree(
    element: BinElement,
    values: Values,
    add: (text: string, name: string | undefined) => void,
    depth: number,
  ): void {
    if (element.name === 'EventData' && depth === 0) {
      const data = this.#elements(element.children, values);
      if (data.some(child => child.element.name === 'Data')) {
        this.#addData(element, values, add);
        return;
      }
    }
    let hasAttributes = false;
    for (const { name } of element.attributes) {
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      const value = this.#attribute(element, name, values);
      if (value === undefined) continue;
      hasAttributes = true;
      add(value, `${localName(element.name)}@${localName(name)}`);
    }
    const children = this.#elements(element.children, values);
    for (const child of children) this.#addTree(child.element, child.values, add, depth + 1);
    if (children.length > 0) return;
    for (const text of this.#texts(element.children, values)) {
      if (text.trim() !== '' || (!hasAttributes && depth > 0)) add(text, localName(element.name));
    }
  }

  /** The child elements among the parts, those of embedded fragments and templates too; absent ones are left out. */
  #elements(parts: readonly BinPart[], values: Values): { readonly element: BinElement; readonly values: Values }[] {
    const found: { readonly element: BinElement; readonly values: Values }[] = [];
    for (const part of parts) {
      if (++this.#steps > MAX_STEPS) throw new DamagedRecord(`the event has more than ${MAX_STEPS} parts`, 0);
      if (part.kind === 'element') {
        const { dependency } = part.element;
        if (dependency >= 0 && (values[dependency]?.type ?? NULL) === NULL) continue;
        found.push({ element: part.element, values });
      } else if (part.kind === 'instance') {
        found.push(...this.#elements(part.instance.parts, part.instance.values));
      } else if (part.kind === 'substitution') {
        const value = values[part.index];
        if (value?.type !== BINXML || value.size === 0) continue;
        found.push(...this.#elements(this.#binXml.fragment(value.at, value.at + value.size), []));
      }
    }
    return found;
  }

  #attribute({ attributes }: BinElement, name: string, values: Values): string | undefined {
    const attribute = attributes.find(each => each.name === name);
    if (attribute === undefined) return undefined;
    const [part] = attribute.parts;
    // An optional value that is absent leaves its attribute out.
    const isAbsent =
      attribute.parts.length === 1 &&
      part?.kind === 'substitution' &&
      part.isOptional &&
      (values[part.index]?.type ?? NULL) === NULL;
    return isAbsent ? undefined : this.#text(attribute.parts, values);
  }

  #text(parts: readonly BinPart[], values: Values): string {
    let text = '';
    for (const part of parts) {
      if (part.kind === 'text') {
        text += part.text;
      } else if (part.kind === 'substitution') {
        const value = values[part.index];
        if (value === undefined || value.type === BINXML) continue;
        text +=
          (value.type & ARRAY) === 0 ? renderValue(this.#chunk, value) : renderArray(this.#chunk, value).join(', ');
      }
    }
    return text;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const BODIES = new Set(['EventData', 'UserData', 'ProcessingErrorData']);

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
