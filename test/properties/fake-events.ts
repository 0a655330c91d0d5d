import { readFileSync } from 'node:fs';
import fc from 'fast-check';

/** An event as a test makes it up: what really happened, before any tool exported it. */
export interface FakeEvent {
  readonly provider: string;
  readonly eventId: number;
  readonly computer: string;
  readonly channel: string;
  readonly recordId: number;
  /** Epoch milliseconds, whole seconds where a form holds no fraction. */
  readonly ms: number;
  readonly insertions: readonly string[];
  /** The failure it tells of; absent for an event that nobody wants. */
  readonly pair?: { readonly definition: string; readonly source: string; readonly destination: string };
}

const HOSTS = ['CAS01.contoso.local', 'cas02.contoso.local', 'CAS03', 'cas03.contoso.local', 'web-7', '10.0.0.5'];

const hostArb = fc.constantFrom(...HOSTS);
/** Three days in 2011, whole seconds; the 13th and later decide the date order of a local-time export. */
const msArb = fc.integer({ min: 0, max: 3 * 86_400 }).map(seconds => Date.UTC(2011, 2, 13) + seconds * 1000);

/** The seed event: a Client Access server failed to authenticate to another. */
export const ewsFailureArb: fc.Arbitrary<FakeEvent> = fc
  .record({
    source: hostArb,
    destination: hostArb,
    ms: msArb,
    computer: hostArb,
    recordId: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ source, destination, ms, computer, recordId }) => ({
    provider: 'MSExchange Web Services',
    eventId: 5,
    computer,
    channel: 'Application',
    recordId,
    ms,
    insertions: [source, destination, `https://${destination}/ews/exchange.asmx`, destination],
    pair: { definition: 'exchange-ews-proxy-auth', source, destination },
  }));

/** Events that no definition wants, some of which look a little like those that one does. */
export const otherEventArb: fc.Arbitrary<FakeEvent> = fc
  .record({
    provider: fc.constantFrom('Service Control Manager', 'MSExchange ADAccess', 'MSExchange Web Services'),
    ms: msArb,
    computer: hostArb,
    recordId: fc.integer({ min: 100, max: 160 }),
    insertions: fc.array(
      fc.constantFrom(
        '',
        'MSExchange Web Services',
        'a & b < c',
        'line one\nline two',
        "<Event xmlns='x'>",
        ']]>',
        'é « x »',
      ),
      { maxLength: 3 },
    ),
  })
  .map(event => ({ ...event, eventId: 7036, channel: 'Application' }));

/** Events of one or more logs: a copy of an event may stand among them, and one record ID names one event. */
export const eventsArb: fc.Arbitrary<readonly FakeEvent[]> = fc
  .array(fc.oneof(ewsFailureArb, ewsFailureArb, otherEventArb), { maxLength: 30 })
  .map(events => {
    const byIdentity = new Map<string, FakeEvent>();
    return events.map(event => {
      const key = identityOf(event);
      const first = byIdentity.get(key);
      if (first === undefined) byIdentity.set(key, event);
      return first ?? event;
    });
  });

/** What makes two copies one event, written down anew from the design. */
export function identityOf(event: FakeEvent): string {
  return [event.computer.toLowerCase(), event.channel, event.recordId, Math.floor(event.ms / 1000)].join('|');
}

export type XmlStyle = 'event-viewer' | 'wevtutil' | 'python-evtx' | 'utf-16le' | 'rendered-only';

/** The events as a tool of that style exports them. */
export function asXml(events: readonly FakeEvent[], style: XmlStyle = 'event-viewer'): Buffer {
  const items = events.map(event => eventXml(event, style));
  switch (style) {
    case 'event-viewer':
      return Buffer.from(
        `\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>${items.join('')}</Events>`,
      );
    case 'utf-16le':
      return Buffer.from(`\ufeff${items.join('\r\n')}\r\n`, 'utf16le');
    case 'python-evtx':
      return Buffer.from(
        `<?xml version="1.1" encoding="utf-8" standalone="yes" ?>\n\n<Events>\n${items.join('\n')}\n</Events>\n`,
      );
    default:
      return Buffer.from(items.map(item => `${item}\r\n`).join(''));
  }
}

function eventXml(event: FakeEvent, style: XmlStyle): string {
  const quote = style === 'python-evtx' ? '"' : "'";
  const attribute = (name: string, value: string) => `${name}=${quote}${escapeXml(value)}${quote}`;
  const iso = new Date(event.ms).toISOString();
  const time =
    style === 'python-evtx'
      ? iso.replace('T', ' ').replace('Z', '000')
      : iso.replace('Z', '0000000Z').replace(/(\.\d{7})\d*Z/, '$1Z');
  const isRendered = style === 'rendered-only' && event.pair !== undefined;
  const data = isRendered ? '' : event.insertions.map(value => `<Data>${escapeXml(value)}</Data>`).join('');
  const rendering = isRendered
    ? `<RenderingInfo Culture='fr-FR'><Message>${escapeXml(frenchMessage(event).replaceAll('\n', '\r\n'))}</Message></RenderingInfo>`
    : '';
  return (
    `<Event ${attribute('xmlns', 'http://schemas.microsoft.com/win/2004/08/events/event')}><System>` +
    `<Provider ${attribute('Name', event.provider)}/><EventID ${attribute('Qualifiers', '49152')}>${event.eventId}</EventID>` +
    `<Level>2</Level><TimeCreated ${attribute('SystemTime', time)}/><EventRecordID>${event.recordId}</EventRecordID>` +
    `<Channel>${event.channel}</Channel><Computer>${escapeXml(event.computer)}</Computer><Security/></System>` +
    `<EventData>${data}</EventData>${rendering}</Event>`
  );
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;');
}

/** The seed's message in French, taken from the definition's own text and filled in by plain replacement. */
export function frenchMessage(event: FakeEvent): string {
  return seedTemplate().replace(/%([1-4])/g, (_, digit: string) => event.insertions[Number(digit) - 1] ?? '');
}

let template: string | undefined;

function seedTemplate(): string {
  if (template === undefined) {
    const yaml = readFileSync(
      new URL('../../pipelines/definitions/exchange-ews-proxy-auth.yaml', import.meta.url),
      'utf8',
    );
    const start = yaml.indexOf("Le serveur d'accès client %1 a tenté");
    const lines = yaml.slice(start).split('\n');
    const end = lines.findIndex(line => line.includes('(IIS)'));
    template = lines
      .slice(0, end + 1)
      .map(line => line.trim())
      .filter(line => line !== '')
      .join('\n');
  }
  return template;
}
