import type { Failure, Unpaired } from '../model/index.js';

/** The kinds of rows, the richest first: of two copies of an event the richer one says what it was. */
export const ROW_KINDS = ['failure', 'recovery', 'context', 'no_pair', 'not_extracted'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

// Places in `ROW_KINDS`.
export const FAILURE = ROW_KINDS.indexOf('failure');
export const RECOVERY = ROW_KINDS.indexOf('recovery');

/** What the contributions of one definition and one kind of event share: all but names and values. */
export interface Outline {
  readonly kind: RowKind;
  /** The kind's place in `ROW_KINDS`. */
  readonly kindRank: number;
  /** Whether the kind has a source and a destination. */
  readonly hasPair: boolean;
  readonly definition: string;
  readonly provider: string;
  readonly eventId: number;
  readonly channel: string | undefined;
  readonly recognizedBy: Failure['recognizedBy'];
  readonly extractedFrom: Failure['extractedFrom'];
  readonly certainty: Failure['certainty'];
  readonly damaged: readonly string[];
  /** The placeholders' names in the order of their numbers. */
  readonly placeholders: readonly string[];
  /** The attributes' names in the order of code units. */
  readonly attributes: readonly string[];
}

/** Interned outlines; there are few, and the one at hand is mostly the one before. */
export class Outlines {
  readonly #outlines: Outline[] = [];
  readonly #ids = new Map<string, number>();
  /** The outlines that a definition's last items had, the latest first: values that a system leaves out make several. */
  readonly #recent = new Map<string, number[]>();

  get size(): number {
    return this.#outlines.length;
  }

  get(id: number): Outline {
    return this.#outlines[id]!;
  }

  idOf(item: Failure | Unpaired): number {
    let recent = this.#recent.get(item.definition);
    if (recent === undefined) {
      recent = [];
      this.#recent.set(item.definition, recent);
    }
    for (let at = 0; at < recent.length; at++) {
      const id = recent[at]!;
      if (!isOutlineOf(this.#outlines[id]!, item)) continue;
      for (let to = at; to > 0; to--) recent[to] = recent[to - 1]!;
      recent[0] = id;
      return id;
    }
    const id = this.intern(outlineOf(item));
    recent.unshift(id);
    if (recent.length > RECENT) recent.pop();
    return id;
  }

  intern(outline: Outline): number {
    const { kind, definition, provider, eventId, channel, recognizedBy, extractedFrom, certainty } = outline;
    const key = JSON.stringify([
      [kind, definition, provider, eventId, channel ?? null, recognizedBy, extractedFrom, certainty],
      [outline.damaged, outline.placeholders, outline.attributes],
    ]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#outlines.length);
    this.#outlines.push(outline);
    return this.#outlines.length - 1;
  }
}

const RECENT = 8;
const NO_NAMES: readonly string[] = [];

function outlineOf(item: Failure | Unpaired): Outline {
  const { definition, provider, eventId, channel } = item;
  const kind = item.type === 'failure' ? item.kind : item.bucket;
  const shared = { kind, kindRank: ROW_KINDS.indexOf(kind), definition, provider, eventId, channel };
  if (item.type === 'unpaired') {
    return {
      ...shared,
      hasPair: false,
      recognizedBy: 'event_id',
      extractedFrom: 'data',
      certainty: 'exact',
      damaged: NO_NAMES,
      placeholders: NO_NAMES,
      attributes: NO_NAMES,
    };
  }
  return {
    ...shared,
    hasPair: true,
    recognizedBy: item.recognizedBy,
    extractedFrom: item.extractedFrom,
    certainty: item.certainty,
    damaged: [...(item.damaged ?? NO_NAMES)].sort(byPlaceholder),
    placeholders: Object.keys(item.placeholders).sort(byPlaceholder),
    attributes: Object.keys(item.attributes).sort(byCodeUnits),
  };
}

/** Whether `outlineOf(item)` is this outline, found without making one. */
function isOutlineOf(outline: Outline, item: Failure | Unpaired): boolean {
  if (outline.eventId !== item.eventId || outline.provider !== item.provider || outline.channel !== item.channel) {
    return false;
  }
  if (item.type === 'unpaired') return outline.kind === item.bucket;
  return (
    outline.kind === item.kind &&
    outline.recognizedBy === item.recognizedBy &&
    outline.extractedFrom === item.extractedFrom &&
    outline.certainty === item.certainty &&
    areNames(outline.damaged, item.damaged ?? NO_NAMES) &&
    areKeys(outline.placeholders, item.placeholders) &&
    areKeys(outline.attributes, item.attributes)
  );
}

function areNames(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, at) => name === others[at]);
}

function areKeys(names: readonly string[], values: Readonly<Record<string, string>>): boolean {
  let at = 0;
  for (const key in values) if (key !== names[at++]) return false;
  return at === names.length;
}

/** `%2` before `%10`; other names after them, by code units. */
export function byPlaceholder(a: string, b: string): number {
  const [m, n] = [numberOf(a), numberOf(b)];
  return m === n ? byCodeUnits(a, b) : m - n;
}

function numberOf(name: string): number {
  return /^%[1-9]\d{0,8}$/.test(name) ? Number(name.slice(1)) : 1e9;
}

/** The order of all output: by UTF-16 code units, the same in every locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
