/** Every key that some dialect gives a meaning; its index is its number in every `KeyTable`. */
const KNOWN_KEYS = [
  ...['Event', 'Event_attributes', 'System', 'EventData', 'UserData', 'ProcessingErrorData', 'RenderingInfo', 'Data'],
  ...['#attributes', '#text', 'Binary', 'Name', 'Name_attributes', 'Value', 'value', 'Provider', 'Provider_attributes'],
  ...['EventID', 'EventID_attributes', 'Qualifiers', 'TimeCreated', 'TimeCreated_attributes', 'SystemTime', 'Culture'],
  ...['EventRecordID', 'Channel', 'Computer', 'Level', 'Message', 'message', 'xmlns', '@Name', '@SystemTime'],
  ...['@Qualifiers', 'Properties', 'Id', 'ProviderName', 'LogName', 'RecordId', 'MachineName', 'ReplacementStrings'],
  ...['InstanceId', 'TimeGenerated', 'TimeWritten', 'EntryType', 'Index', 'Source', 'DateTime', 'Payload', 'EventId'],
  ...[
    'EventRecordId',
    'MapDescription',
    'winlog',
    'event_id',
    'provider_name',
    'computer_name',
    'record_id',
    'channel',
  ],
  ...['event_data', 'user_data', '@timestamp', 'log', 'level', 'source_name', 'log_name', 'record_number', 'event'],
  ...['original', 'code', 'created', 'EventTime', 'EventReceivedTime', 'Hostname', 'SourceName', 'RecordNumber'],
  ...['SourceModuleName', 'SourceModuleType', 'SeverityValue', 'EventSourceName', 'EventLog', 'EventLevel'],
  ...[
    'EventData_dynamic',
    'ParameterXml',
    'RenderedDescription',
    'StringInserts',
    'ComputerName',
    'EventCode',
    '_time',
  ],
  ...['_raw', 'result', '_source', 'columns', 'body', 'Body', 'system_time', 'provider', 'computer', 'name', 'id'],
  ...[
    'qualifiers',
    'data',
    'eventid',
    'datetime',
    'source',
    'logRecords',
    'kvlistValue',
    'values',
    'key',
    'stringValue',
  ],
  ...['intValue', 'doubleValue', 'boolValue', 'arrayValue', 'xml_name', 'Type', 'EventType', 'RawXml', 'Xml', 'xml'],
  ...['EventLevelName', 'LevelDisplayName', 'Severity', 'time', 'timeUnixNano', 'attributes', 'rendering_info'],
] as const;

export type KnownKey = (typeof KNOWN_KEYS)[number];

/** The number of each known key. */
export const K = Object.fromEntries(KNOWN_KEYS.map((key, number) => [key, number])) as Record<KnownKey, number>;

export const KNOWN_KEY_COUNT = KNOWN_KEYS.length;

/** Hostile input may hold any number of keys; past this many they have no number and are compared as text. */
const MAX_KEYS = 4096;
const SLOTS = 16_384;
const MAX_PROBES = 16;
const MAX_KEY_LENGTH = 128;

/**
 * Numbers the keys of JSON objects, so that a key is compared as a number and decoded once an input. Exact: equal
 * numbers mean equal keys, and a key that has a number never goes without it.
 */
export class KeyTable {
  readonly #slots = new Int32Array(SLOTS);
  readonly #followers = new Int32Array(MAX_KEYS).fill(-1);
  readonly #hashes: number[] = [];
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor() {
    for (const key of KNOWN_KEYS) this.numberOf(key);
  }

  /** The key with this number. */
  name(number: number): string {
    return this.#names[number]!;
  }

  /** The number of a key given as text, as escaped and non-ASCII keys come; -1 when it has none. */
  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#names.length >= MAX_KEYS || key.length > MAX_KEY_LENGTH) return -1;
    const number = this.#names.length;
    this.#numbers.set(key, number);
    this.#names.push(key);
    let hash = 0;
    for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
    this.#hashes.push(hash);
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = number + 1;
      break;
    }
    return number;
  }

  /**
   * The number of the key that came after `previous` the last time, if it stands again at `from` with its quote behind
   * it; -1 otherwise. Events of one producer repeat their keys in order, which saves the hash.
   */
  again(units: Uint8Array | Uint16Array, from: number, to: number, previous: number): number {
    const number = previous < 0 ? -1 : this.#followers[previous]!;
    if (number < 0) return -1;
    const name = this.#names[number]!;
    const end = from + name.length;
    if (end >= to || units[end] !== 0x22) return -1;
    for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) !== units[from + at]) return -1;
    return number;
  }

  /** Remembers that `number` came after `previous`. Only keys that can stand in JSON as they are may be remembered. */
  follow(previous: number, number: number): void {
    if (previous >= 0) this.#followers[previous] = number;
  }

  /** How many units the key with this number has. */
  lengthOf(number: number): number {
    return this.#names[number]!.length;
  }

  /**
   * The number of the ASCII key `units[from, to)` whose hash is `hash` (h = h * 31 + unit, over all of it); -1 when it
   * has none.
   */
  find(units: Uint8Array | Uint16Array, from: number, to: number, hash: number): number {
    const length = to - from;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const number = this.#slots[(hash + probe) & (SLOTS - 1)]! - 1;
      if (number < 0) break;
      if (this.#hashes[number] !== hash) continue;
      const name = this.#names[number]!;
      if (name.length !== length) continue;
      let at = 0;
      while (at < length && name.charCodeAt(at) === units[from + at]) at += 1;
      if (at === length) return number;
    }
    if (length > MAX_KEY_LENGTH) return -1;
    return this.numberOf(String.fromCharCode(...units.subarray(from, to)));
  }
}
