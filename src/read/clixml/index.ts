import type { ByteWindow } from '../../bytes/byte-window.js';
import { type EventRecord, isSelected, type Reject, type Warning } from '../../model/index.js';
import { LocalTimes } from '../../time/local-times.js';
import { TextSource } from '../event-text/text-source.js';
import { DEFAULT_MAX_EVENT_BYTES, type FormatReader, type FormatReport, type ReadOptions } from '../format-reader.js';
import { ObjectFramer, type ObjectSink } from './object-framer.js';
import { parseClixmlObject } from './parse-object.js';

type Emit = (item: EventRecord | Reject | Warning) => void;

/** Reads events in CLIXML, as PowerShell's `Export-Clixml` writes what Get-WinEvent and Get-EventLog gave. */
export function createClixmlReader(options: ReadOptions): FormatReader {
  return new ClixmlReader(options);
}

/** How sure it is that the head of an input (as text) is CLIXML with events in it. */
export function detectClixml(head: string): number {
  if (!/<Objs [^>]{0,200}http:\/\/schemas\.microsoft\.com\/powershell\//.test(head)) return 0;
  return /Eventing\.Reader\.EventLogRecord|Diagnostics\.EventLogEntry|N="(ProviderName|EventID)"/.test(head)
    ? 0.97
    : 0.2;
}

class ClixmlReader implements FormatReader, ObjectSink {
  readonly #options: ReadOptions;
  readonly #source: TextSource;
  readonly #times: LocalTimes;
  readonly #framer = new ObjectFramer();
  #emit: Emit = () => {};
  readonly #warnings = new Map<string, number>();
  #events = 0;
  #malformed = 0;
  #rejects = 0;
  #withoutTime = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#source = new TextSource(options);
    this.#times = new LocalTimes(options);
  }

  read(window: ByteWindow, isLast: boolean, emit: Emit): void {
    this.#emit = emit;
    const source = this.#source;
    if (!source.take(window, isLast)) return;
    this.#framer.frame(source.units, source.start, source.end, source.base, this);
    if (isLast) this.#framer.finish(this);
    const { firstNeeded } = this.#framer;
    const needed = this.#isOverlong(firstNeeded, source.end + source.base) ? source.end : firstNeeded - source.base;
    source.release(isLast ? source.end : Math.min(Math.max(needed, source.start), source.end));
  }

  report(): FormatReport {
    return {
      format: 'clixml',
      encoding: this.#source.encoding,
      events: this.#events,
      unparsed: 0,
      malformed: this.#malformed,
      rejects: this.#rejects,
      withoutTime: this.#withoutTime,
      ...this.#times.report(),
      warnings: Object.fromEntries(this.#warnings),
    };
  }

  object(from: number, to: number): void {
    this.#events += 1;
    const source = this.#source;
    if (this.#isOverlong(from, to)) {
      this.#reject('too-long', 'the object is longer than the limit (--max-event-bytes)', from, to, true);
      return;
    }
    const before = source.fallbackEvents;
    source.begin(from - source.base, to - source.base);
    const parsed = parseClixmlObject(source.decode(from - source.base, to - source.base), text => {
      this.#times.observe(text);
      const time = this.#times.read(text);
      return typeof time === 'string' ? undefined : time;
    });
    if (parsed === undefined) {
      this.#reject(
        'malformed',
        'the object is no event: a provider or an event ID is missing, or its XML breaks',
        from,
        to,
        true,
      );
      return;
    }
    const { fields, isLost } = parsed;
    const { selection, input, computer } = this.#options;
    if (!isSelected(selection, fields.provider, fields.eventId)) return;
    if (isLost)
      this.#warn('insertions-lost', 'some events were exported without their values; export them whole, not selected');
    if (source.fallbackEvents > before) this.#warn('encoding-fallback', FALLBACK);
    if (fields.time === undefined) this.#withoutTime += 1;
    this.#emit({
      type: 'event',
      ...fields,
      ...(fields.computer === undefined && computer !== undefined ? { computer } : {}),
      position: { input, offset: from * source.unitBytes, length: (to - from) * source.unitBytes },
    });
  }

  broken(reason: 'cut-off' | 'truncated', from: number, to: number): void {
    this.#events += 1;
    const detail =
      reason === 'truncated' ? 'the input ends inside the object' : 'another object starts inside this one';
    this.#reject(this.#isOverlong(from, to) ? 'too-long' : reason, detail, from, to, true);
  }

  region(from: number, to: number): void {
    this.#reject('no-event', 'these bytes between objects are none', from, to, false);
  }

  #isOverlong(from: number, to: number): boolean {
    return (to - from) * this.#source.unitBytes > (this.#options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES);
  }

  #reject(reason: Reject['reason'], detail: string, from: number, to: number, isEvent: boolean): void {
    const source = this.#source;
    this.#rejects += 1;
    if (isEvent) this.#malformed += 1;
    const start = from - source.base;
    // Of what is too long the window keeps nothing, so that any cut into windows gives the same.
    const isKept = this.#options.keepRejectBytes === true && !this.#isOverlong(from, to);
    const position = {
      input: this.#options.input,
      offset: from * source.unitBytes,
      length: (to - from) * source.unitBytes,
    };
    const bytes = isKept ? { bytes: source.bytesOf(start, start + to - from) } : {};
    this.#emit({ type: 'reject', reason, detail, position, isEvent, ...bytes });
  }

  #warn(code: string, message: string): void {
    const count = (this.#warnings.get(code) ?? 0) + 1;
    this.#warnings.set(code, count);
    if (count === 1) this.#emit({ type: 'warning', code, input: this.#options.input, message });
  }
}

const FALLBACK =
  'some events are no valid UTF-8 and were read in the fallback code page; name the right one with --encoding';
