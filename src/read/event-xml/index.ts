import type { ByteWindow } from '../../bytes/byte-window.js';
import { codePage, isUnicode } from '../../bytes/code-pages.js';
import { type EventRecord, EvpairError, type Reject, type Warning } from '../../model/index.js';
import {
  DEFAULT_MAX_EVENT_BYTES,
  type FormatReader,
  type FormatReport,
  type RangeStop,
  type ReadOptions,
} from '../format-reader.js';
import type { Leniencies } from './character-data.js';
import { IndexOfFinder, PLAIN_FINDER } from './finder.js';
import { Framer, type FrameSink } from './frame.js';
import { TAKEN } from './like-events.js';
import { EventParser } from './parse-event.js';
import { createSimdParse, type FastParse } from './simd-parse.js';
import { createSimdScan } from './simd-scan.js';
import { givenUnits } from './unit-encoding.js';
import { ByteText, type UnitText, WideText } from './unit-text.js';
import { swapBack } from './unit-window.js';
import type { Units } from './units.js';
import { Wanted } from './wanted.js';

/**
 * Reads Windows events in XML, as Event Viewer, wevtutil, `ToXml()`, evtx_dump, python-evtx and others write them: any
 * root or none, declarations and byte order marks anywhere, 8-bit text and UTF-16, changing between events.
 */
export function createEventXmlReader(options: ReadOptions): FormatReader {
  const { selection, parseAll = false, input } = options;
  const wanted = selection === undefined ? undefined : new Wanted(selection);
  const usesPrefilter = !parseAll && options.prefilter !== false;
  const fallback = options.encoding === undefined || isUnicode(options.encoding) ? undefined : options.encoding;
  if (fallback !== undefined) codePage(fallback);
  // Most exports hold nothing for the strict parser.
  let parser: EventParser | undefined;
  let byteText: ByteText | undefined;
  let wideText: WideText | undefined;
  const textOf = ({ BYTES_PER_ELEMENT }: Units): UnitText => {
    if (BYTES_PER_ELEMENT === 1) {
      byteText ??= new ByteText(fallback);
      return byteText;
    }
    wideText ??= new WideText();
    return wideText;
  };
  const warnings: Record<string, number> = {};
  let emit: (item: EventRecord | Reject | Warning) => void = () => {};
  let encoding: string | undefined;
  let events = 0;
  let unparsed = 0;
  let malformed = 0;
  let rejects = 0;
  let withoutTime = 0;

  let fastParse: FastParse | undefined;

  const sink: FrameSink = {
    event(units, from, to, offset) {
      if (wanted !== undefined && usesPrefilter && !wanted.mayHold(units, from, to)) drop(1);
      else sink.candidate(units, from, to, offset);
    },
    candidate(units, from, to, offset) {
      events += 1;
      encoding ??= framer.encoding;
      const length = (to - from) * units.BYTES_PER_ELEMENT;
      const event = fastParse?.parse(units, from, to, offset, length);
      if (event === TAKEN) return;
      if (event !== undefined) {
        take(event, fastParse!.leniencies, false);
        return;
      }
      const text = textOf(units);
      text.begin(units, from, to);
      parser ??= new EventParser();
      const strict = parser.parse(units, from, to, text, { input, offset, length });
      if (strict !== undefined) {
        take(strict, parser.leniencies, text.isFallback);
        return;
      }
      // What the prefilter would have dropped unread counts as dropped, unless everything is to be checked.
      if (wanted !== undefined && !parseAll && !wanted.mayHold(units, from, to)) {
        unparsed += 1;
        return;
      }
      const { detail, at, isLimit } = parser.fault!;
      const where = `${detail}, ${(at - from) * units.BYTES_PER_ELEMENT} bytes into the event`;
      malformed += 1;
      const firstByte = units.byteOffset + from * units.BYTES_PER_ELEMENT;
      const bytes = new Uint8Array(units.buffer, firstByte, length).slice();
      if (framer.encoding === 'utf-16be') swapBack(bytes);
      reject(isLimit ? 'limit' : 'malformed', true, where, offset, length, bytes);
    },
    reject(reason, isEvent, detail, offset, length, bytes) {
      if (isEvent) {
        encoding ??= framer.encoding;
        events += 1;
        malformed += 1;
      }
      reject(reason, isEvent, detail, offset, length, bytes);
    },
  };
  const maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
  const isSimd = options.search === undefined || options.search === 'simd';
  const framer = new Framer({
    sink,
    finder: options.search === 'plain' ? PLAIN_FINDER : new IndexOfFinder(),
    createFast: isSimd ? createFast : undefined,
    maxEventBytes,
    keepRejectBytes: options.keepRejectBytes ?? false,
    encoding: options.range?.units ?? givenUnits(options.encoding),
    stopAt: options.range?.stopAt,
  });

  function createFast(window: ByteWindow): ReturnType<typeof createSimdScan> {
    fastParse = createSimdParse(window, input, options);
    return createSimdScan(window, sink, drop, wanted, usesPrefilter, maxEventBytes, takeRepeats);
  }

  function takeRepeats(units: Units, window: ByteWindow): void {
    // Those that are left are counted on the way.
    const taken = fastParse?.takeRepeats(units, window, sink.candidate) ?? 0;
    events += taken;
  }

  function take(event: EventRecord, leniencies: Leniencies, isFallback: boolean): void {
    if (wanted !== undefined && !wanted.has(event.provider, event.eventId)) return;
    if (event.time === undefined) withoutTime += 1;
    if (isFallback) warn('encoding-fallback', FALLBACK);
    if (leniencies.bareAmpersands > 0) warn('bare-ampersand', BARE_AMPERSAND);
    emit(event);
  }

  function drop(count: number): void {
    encoding ??= framer.encoding;
    events += count;
    if (usesPrefilter) unparsed += count;
  }

  function reject(
    reason: Reject['reason'],
    isEvent: boolean,
    detail: string,
    offset: number,
    length: number,
    bytes: Uint8Array,
  ): void {
    rejects += 1;
    const kept = options.keepRejectBytes ? { bytes } : {};
    emit({ type: 'reject', reason, detail, position: { input, offset, length }, isEvent, ...kept });
  }

  function warn(code: string, message: string): void {
    const count = (warnings[code] ?? 0) + 1;
    warnings[code] = count;
    if (count === 1) emit({ type: 'warning', code, input, message });
  }

  return {
    read(window: ByteWindow, isLast: boolean, to): void {
      emit = to;
      framer.read(window, isLast);
    },
    readKept(window: ByteWindow, dropped: number, to): void {
      emit = to;
      if (dropped > 0) drop(dropped);
      const units = framer.encoding === 'utf-8' ? window.bytes : new Uint16Array(window.bytes.buffer as ArrayBuffer);
      const { BYTES_PER_ELEMENT: width } = units;
      const end = window.end / width;
      if (createFast(window)?.scan.scan(window, units, window.start / width, end) !== end) {
        throw new EvpairError('ERR_INTERNAL', `${input}: the same search took other events of the same bytes`);
      }
    },
    stop(): RangeStop | undefined {
      return framer.stoppedAt < 0 ? undefined : { offset: framer.stoppedAt, units: framer.encoding };
    },
    report(): FormatReport {
      return {
        format: 'event-xml',
        encoding: encoding ?? framer.encoding,
        events,
        unparsed,
        malformed,
        rejects,
        withoutTime,
        warnings,
      };
    },
  };
}

const FALLBACK =
  'some events are no valid UTF-8 and were read in the fallback code page; name the right one with --encoding';
const BARE_AMPERSAND = 'some values hold "&" where XML wants "&amp;"; it was kept as it is';
