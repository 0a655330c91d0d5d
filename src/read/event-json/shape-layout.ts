import { JSON_SHAPES, JSON_SHAPES_END } from '../../bytes/window-memory.js';
import type { Mutable } from '../../model/index.js';
import type { splitEventId } from './dialect-fields.js';
import type { JsonDocument } from './json-document.js';
import type { ShapedPlaces } from './shaped-places.js';

/**
 * A shape that was learnt. Its places are the numbers of strings or numbers in the document, `NONE`, or from
 * `FIRST_CONSTANT` downwards constants.
 */
export interface Shape extends Omit<ShapedPlaces, 'values'> {
  readonly address: number;
  readonly dialect: string;
  /** Texts that belong to the shape: of `true` and `false`. */
  readonly constants: readonly string[];
  /** The strings and numbers that are the same in events which repeat each other. */
  readonly lasting: readonly number[];
  readonly values: readonly number[] | undefined;
  readonly names: readonly (string | number | undefined)[] | undefined;
  // What was read last, and from which text.
  judgedProvider: string | undefined;
  judgedId: number;
  isWanted: boolean;
  idText: string | undefined;
  id: EventId | undefined;
  qualifiersText: string | undefined;
  qualifiersRead: number | undefined;
  levelText: string | undefined;
  levelRead: number | undefined;
}

export type EventId = NonNullable<ReturnType<typeof splitEventId>>;

/** Where the shape with a number, below `MOST_SHAPES`, lies in the memory. */
export function shapeAddress(number: number): number {
  return JSON_SHAPES + number * SHAPE_BYTES;
}

/**
 * The shape of a document that was read at `places`, laid out at `address` of the memory as `assembly/json-shapes.ts` reads it;
 * undefined where it has no room or is no plain one.
 */
export function layOutShape(
  bytes: Buffer,
  address: number,
  document: JsonDocument,
  from: number,
  to: number,
  dialect: string,
  places: ShapedPlaces,
): Shape | undefined {
  const { values } = places;
  const constants: string[] = [];
  const holes = new Map<number, number>();
  const leaves = [...document.leaves()];
  for (const [node] of leaves) holes.set(node, holes.size);
  let isPlain = leaves.length < MOST_LEAVES;
  const placeOf = (node: number): number => {
    if (node < 0) return NONE;
    const hole = holes.get(node);
    if (hole !== undefined) return hole;
    // A list or an object is no text of its own.
    if (document.isObject(node) || document.isArray(node)) isPlain = false;
    constants.push(document.text(node));
    return FIRST_CONSTANT - (constants.length - 1);
  };
  const first = new Set([placeOf(places.eventId), placeOf(places.provider)]);
  const shape: Mutable<Shape> = {
    address,
    dialect,
    constants,
    lasting: [],
    eventId: placeOf(places.eventId),
    provider: placeOf(places.provider),
    qualifiers: placeOf(places.qualifiers),
    channel: placeOf(places.channel),
    computer: placeOf(places.computer),
    recordId: placeOf(places.recordId),
    level: placeOf(places.level),
    time: placeOf(places.time),
    messages: places.messages.map(placeOf).filter(place => place !== NONE),
    culture: placeOf(places.culture),
    values: values?.values.map(placeOf),
    names: values?.names.some(name => name !== undefined)
      ? values.names.map(name => (typeof name === 'number' ? placeOf(name) : name))
      : undefined,
    payload: placeOf(places.payload),
    filled: places.filled.map(placeOf),
    isLevelSure: places.isLevelSure,
    isUnordered: places.isUnordered,
    losses: places.losses,
    readLevel: places.readLevel,
    readTime: places.readTime,
    readPayload: places.readPayload,
    readQualifiers: places.readQualifiers,
    areValues: places.areValues,
    judgedProvider: undefined,
    judgedId: -1,
    isWanted: true,
    idText: undefined,
    id: undefined,
    qualifiersText: undefined,
    qualifiersRead: undefined,
    levelText: undefined,
    levelRead: undefined,
  };
  if (!isPlain) return undefined;
  const asked = new Set<unknown>([
    ...[shape.qualifiers, shape.channel, shape.computer, shape.level, shape.culture, shape.payload],
    ...[...shape.messages, ...(shape.values ?? []), ...(shape.names ?? [])],
  ]);
  shape.lasting = [...holes.values()].filter(hole => first.has(hole) || asked.has(hole));
  const passing = new Set([shape.recordId, shape.time].filter(place => place >= 0 && !shape.lasting.includes(place)));
  const view = new DataView(bytes.buffer, address, SHAPE_BYTES);
  let room = 8 + (leaves.length + 1) * 8;
  let part = 8;
  let at = from;
  const addPart = (start: number, kind: number, asker: number): boolean => {
    const length = start - at;
    if (length > 0xffff || room + length + 16 > SHAPE_BYTES || !isAscii(bytes, at, start)) return false;
    bytes.copy(bytes, address + room, at, start);
    view.setUint32(part, address + room, true);
    view.setUint16(part + 4, length, true);
    view.setUint8(part + 6, kind);
    view.setUint8(part + 7, asker);
    room += length;
    part += 8;
    return true;
  };
  if (room > SHAPE_BYTES) return undefined;
  for (const [node, start, end] of leaves) {
    const hole = holes.get(node)!;
    const asker = first.has(hole)
      ? ASKED_FIRST
      : asked.has(hole)
        ? ASKED_THEN
        : passing.has(hole)
          ? NEW_EACH_TIME
          : NOT_ASKED;
    if (!addPart(start, document.isString(node) ? STRING : NUMBER, asker)) return undefined;
    at = end;
  }
  if (!addPart(to, END, NOT_ASKED)) return undefined;
  view.setUint32(0, leaves.length + 1, true);
  return shape;
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

export const MOST_SHAPES = 8;
const SHAPE_BYTES = (JSON_SHAPES_END - JSON_SHAPES) / MOST_SHAPES;
const MOST_LEAVES = 512;

/** The place of what a shape has not. */
export const NONE = -1;
export const FIRST_CONSTANT = -2;

// As in `assembly/json-shapes.ts`.
const END = 0;
const STRING = 1;
const NUMBER = 2;
const NOT_ASKED = 0;
export const ASKED_FIRST = 1;
export const ASKED_THEN = 2;
const NEW_EACH_TIME = 3;
