import type { DataPlan } from './data-plan.js';
import type { SystemPlan } from './system-plan.js';

/**
 * The parts of Windows' binary XML as the event log service stores it ([MS-EVEN6] 2.2.12 for the grammar and the types,
 * libyal/libevtx "Windows XML Event Log (EVTX) format" for the offsets in a chunk).
 */
export interface BinElement {
  /** The local name. */
  readonly name: string;
  readonly role: Role;
  /** The substitution whose absence leaves the element out, or -1. */
  readonly dependency: number;
  readonly attributes: readonly BinAttribute[];
  readonly children: readonly BinPart[];
  /** Of an EventData element made as nearly all are. */
  readonly dataPlan: DataPlan | undefined;
  /** Of a System element made as nearly all are. */
  readonly systemPlan: SystemPlan | undefined;
}

export interface BinAttribute {
  /** The local name. */
  readonly name: string;
  readonly isNamespace: boolean;
  readonly parts: readonly BinPart[];
}

/** One shape for all kinds, since walking them is the hot loop. */
export interface BinPart {
  readonly kind: PartKind;
  /** Of a text. */
  readonly text: string;
  /** Of an element. */
  readonly element: BinElement | undefined;
  /** Of a substitution: which value. */
  readonly index: number;
  /** Of a substitution: a value that is null leaves its attribute out. */
  readonly isOptional: boolean;
  /** Of a template instance inside a tree. */
  readonly instance: TemplateInstance | undefined;
}

/** A template and where in the chunk its values stand. */
export interface TemplateInstance {
  readonly parts: readonly BinPart[];
  readonly table: number;
  readonly end: number;
}

/** What stands in a record's bytes and should not; thrown inside the reader only, so it carries no stack. */
export class DamagedRecord {
  /** What was expected and what was found; no log text. */
  readonly detail: string;
  /** Where in the chunk. */
  readonly at: number;
  /** A bound on work stopped the reader, not the bytes themselves. */
  readonly isLimit: boolean;

  constructor(detail: string, at: number, isLimit = false) {
    this.detail = detail;
    this.at = at;
    this.isLimit = isLimit;
  }
}

export type PartKind = 0 | 1 | 2 | 3;
export const TEXT = 0;
export const ELEMENT = 1;
export const SUBSTITUTION = 2;
export const INSTANCE = 3;

/** What an element's name means in one place or another of an event; looked up once, when its tree is parsed. */
export type Role = (typeof ROLES)[keyof typeof ROLES] | 0;
export const ROLES = {
  Event: 1,
  System: 2,
  EventData: 3,
  UserData: 4,
  RenderingInfo: 5,
  ProcessingErrorData: 6,
  Data: 7,
  ComplexData: 8,
  Binary: 9,
  Provider: 10,
  EventID: 11,
  Level: 12,
  TimeCreated: 13,
  EventRecordID: 14,
  Channel: 15,
  Computer: 16,
  Message: 17,
  EventPayload: 18,
} as const;
const ROLE_OF = new Map<string, Role>(Object.entries(ROLES));

/** 0 for a name that means nothing in particular. */
export function roleOf(localName: string): Role {
  return ROLE_OF.get(localName) ?? 0;
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
