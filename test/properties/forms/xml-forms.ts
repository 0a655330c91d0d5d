import { escapeAttribute, escapeXml, isoText } from './form.js';
import type { FormEvent } from './form-events.js';

/** How a tool writes an event's XML. */
interface XmlStyle {
  readonly quote?: '"' | "'";
  /** The text of `SystemTime`. Default: 7 digits and `Z`. */
  readonly time?: (event: FormEvent) => string;
  /** With `RenderingInfo`. */
  readonly isRendered?: boolean;
  /** What stands before each element of depth 0, 1, 2; nothing where absent. */
  readonly indent?: (depth: number, hasChildren: boolean) => string;
  /** CR as a reference, so that no XML reader may drop it. */
  readonly keepsReturns?: boolean;
  /** How an empty element ends. */
  readonly selfClosing?: string;
}

const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

export function eventXml(event: FormEvent, style: XmlStyle = {}): string {
  const { quote = "'", time = each => `${isoText(each, 7)}Z`, indent = () => '', selfClosing = '/>' } = style;
  const attribute = (name: string, value: string) => ` ${name}=${quote}${escapeAttribute(value)}${quote}`;
  const escapeValue = (text: string) =>
    style.keepsReturns === true ? escapeXml(text).replaceAll('\r', '&#13;') : escapeXml(text);
  const leaf = (name: string, text: string, attributes = '') =>
    `${indent(2, false)}<${name}${attributes}>${text}</${name}>`;
  const bare = (name: string, attributes = '') => `${indent(2, false)}<${name}${attributes}${selfClosing}`;
  const group = (name: string, children: readonly string[], attributes = '') =>
    `${indent(1, true)}<${name}${attributes}>${children.join('')}${indent(1, false)}</${name}>`;
  const { qualifiers } = event;
  const system = group('System', [
    bare('Provider', attribute('Name', event.provider)),
    leaf('EventID', String(event.eventId), qualifiers === undefined ? '' : attribute('Qualifiers', String(qualifiers))),
    leaf('Level', String(event.level)),
    leaf('Task', '0'),
    leaf('Keywords', '0x80000000000000'),
    bare('TimeCreated', attribute('SystemTime', time(event))),
    leaf('EventRecordID', String(event.recordId)),
    bare('Correlation'),
    bare('Execution', attribute('ProcessID', '0') + attribute('ThreadID', '0')),
    leaf('Channel', event.channel),
    leaf('Computer', event.computer),
    bare('Security'),
  ]);
  const data = group(
    'EventData',
    event.insertions.map((value, at) =>
      leaf('Data', escapeValue(value), event.names === undefined ? '' : attribute('Name', event.names[at]!)),
    ),
  );
  const rendering =
    style.isRendered !== true
      ? ''
      : group(
          'RenderingInfo',
          [
            leaf('Message', escapeXml(event.message).replaceAll('\r', '&#13;').replaceAll('\n', '&#10;')),
            leaf('Level', ''),
            leaf('Keywords', ''),
          ],
          attribute('Culture', 'en-US'),
        );
  return `${indent(0, true)}<Event${attribute('xmlns', NAMESPACE)}>${system}${data}${rendering}${indent(0, false)}</Event>`;
}

/** Event Viewer's "Save … as XML": a root, a byte order mark, everything on one line. */
export function eventViewerXml(events: readonly FormEvent[]): Uint8Array {
  const items = events.map(event => eventXml(event, { isRendered: true }));
  return Buffer.from(
    `\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>${items.join('')}</Events>`,
  );
}

/** `wevtutil qe LOG /f:xml`: no root, no declaration. */
export function wevtutilXml(events: readonly FormEvent[]): Uint8Array {
  return Buffer.from(events.map(event => `${eventXml(event)}\r\n`).join(''));
}

/** The form that all others are held against: it keeps every value as it is. */
export function exactXml(events: readonly FormEvent[]): Uint8Array {
  return Buffer.from(events.map(event => `${eventXml(event, { keepsReturns: true })}\r\n`).join(''));
}

/** `wevtutil qe LOG /f:RenderedXml /e:Name`. */
export function renderedXml(events: readonly FormEvent[]): Uint8Array {
  return Buffer.from(`<Logs>${events.map(event => `${eventXml(event, { isRendered: true })}\r\n`).join('')}</Logs>`);
}

/** PowerShell 5.1 redirects into UTF-16LE with a mark. */
export function utf16Xml(events: readonly FormEvent[]): Uint8Array {
  const text = events.map(event => `${eventXml(event, { time: each => `${isoText(each, 9)}Z` })}\r\n`).join('');
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

/** The tree that Internet Explorer showed: marks that fold and unfold, an element a line, blanks at the ends. */
export function treeXml(events: readonly FormEvent[]): Uint8Array {
  const indent = (depth: number, hasChildren: boolean) => `\r\n${'  '.repeat(depth)}${hasChildren ? '- ' : '  '}`;
  const items = events.map(event => eventXml(event, { quote: '"', indent, selfClosing: ' /> ' }));
  return Buffer.from(`${items.map(item => item.trimStart()).join('\r\n')}\r\n`);
}

/** evtx_dump (Rust) `-o xml`: a heading and a declaration for each event. */
export function evtxDumpXml(events: readonly FormEvent[]): Uint8Array {
  const indent = (depth: number) => `\n${'  '.repeat(depth)}`;
  const items = events.map(event => {
    const xml = eventXml(event, { quote: '"', time: each => `${isoText(each, 6)}Z`, indent });
    // An empty element is split over two lines.
    const split = xml.replace(/(\n *)(<Data[^>]*>)<\/Data>/g, '$1$2$1</Data>');
    return `Record ${event.recordId}\n<?xml version="1.0" encoding="utf-8"?>${split}\n`;
  });
  return Buffer.from(items.join('\n'));
}

/** python-evtx: a space between date and time, no zone. */
export function pythonEvtxXml(events: readonly FormEvent[]): Uint8Array {
  const items = events.map(event =>
    eventXml(event, { quote: '"', time: each => isoText(each, 6).replace('T', ' '), indent: () => '\n' }),
  );
  return Buffer.from(
    `<?xml version="1.1" encoding="utf-8" standalone="yes" ?>\n\n<Events>${items.join('\n')}\n</Events>\n`,
  );
}
