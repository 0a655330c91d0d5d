/**
 * A pair definition: which events tell of a failure between two machines, and which of their values name source,
 * destination and the rest. Plain data, as `loadDefinitions` makes it of YAML; what is optional in YAML is filled in.
 */
export interface PairDefinition {
  readonly name: string;
  /** A whole number that rises when the definition's meaning changes. */
  readonly version: number;
  readonly title: string;
  /** Exact provider names: as events carry them, event source names, and the display names of text exports. */
  readonly providers: readonly string[];
  readonly rules: readonly PairRule[];
}

/** Some events of a definition that are read alike. Rules are tried in order; an event is read by the first that fits. */
export interface PairRule {
  readonly kind: 'failure' | 'recovery' | 'context';
  /** How an event is recognised; the first that holds is reported. */
  readonly recognizeBy: readonly Recognizer[];
  readonly eventIds: readonly number[];
  /** The message templates: what the message of an event is inverted with, and recognised by where the rule says so. */
  readonly messages: readonly MessageTemplate[];
  readonly shape?: Shape;
  /** The first of these places that holds a host names the machine that tried. */
  readonly source: readonly Place[];
  /** Likewise the machine that it failed to reach or to convince. */
  readonly destination: readonly Place[];
  /** The `%n` to report. Default: every value that the rule uses. */
  readonly placeholders?: readonly number[];
  readonly attributes: Readonly<Record<string, readonly Place[]>>;
  /** An event outside these conditions is recognised and yields no pair. */
  readonly when: readonly Condition[];
  /** Further values of an end that mean "no other machine", beside those that always do. */
  readonly local: readonly string[];
  /** True when an end that is the event's own computer means "no other machine". */
  readonly isSelfLocal: boolean;
  /** Groups of `%n` that must name one host; where they do not, no pair is given. */
  readonly agree: readonly (readonly number[])[];
}

export type Recognizer = 'event_id' | 'message' | 'shape';

export interface MessageTemplate {
  /** BCP 47 tag. */
  readonly culture?: string;
  /** In FormatMessage's syntax. */
  readonly text: string;
}

/** What the values of an event look like. As a recogniser it tells the event; otherwise it guards against wrong pairs. */
export interface Shape {
  /** Least and greatest number of insertion strings. */
  readonly count?: readonly [number, number];
  readonly values: readonly { readonly position: number; readonly looksLike: Predicate }[];
}

export const PREDICATES = ['any', 'filled', 'host', 'host_or_url', 'url', 'ip', 'number', 'hex'] as const;
export type Predicate = (typeof PREDICATES)[number];

/** Where a value stands. */
export interface Place {
  /** The machine that logged the event. */
  readonly isComputer?: true;
  /** The value with this Data name. Where an event names its values and none has the name, the value is absent. */
  readonly data?: string;
  /** `%n`; beside `data`, for events whose values have no names. */
  readonly position?: number;
  /** Only what follows the first occurrence of this text. */
  readonly after?: string;
  /** Only what stands before the first occurrence of this text, if it occurs. */
  readonly before?: string;
  /** Only what stands between the first occurrence of the first text and the next of the second. */
  readonly between?: readonly [string, string];
  readonly part?: Part;
}

/**
 * - `url_host`: the host of the first http(s) URL anywhere in the value
 * - `unc_host`: the server of a value that is a UNC path
 * - `spn_host`: the host of a service principal name such as `HTTP/cas02.contoso.local:443@REALM`
 * - `machine_account`: the machine of an account that ends in `$`
 */
export const PARTS = ['url_host', 'unc_host', 'spn_host', 'machine_account'] as const;
export type Part = (typeof PARTS)[number];

/** Numbers are compared as numbers (`0x0` is `0x00000000`), other values without regard to case. */
export interface Condition {
  readonly place: Place;
  readonly is?: readonly string[];
  readonly isNot?: readonly string[];
}
