import { cultureOfLanguage } from './languages.js';
import type { MessageTemplate } from './template.js';
import { findElements, parseXmlTree, type XmlElement } from './xml-tree.js';

/** What an import gives. */
export interface TemplateImport {
  readonly templates: MessageTemplate[];
  /** What could not be read, as sentences that name the line where there is one. */
  readonly problems: string[];
}

/** What a file's text does not say. */
export interface ImportOptions {
  /** The provider's name, for files that do not name theirs (`.mc`, executables). */
  readonly provider?: string | undefined;
  /** The language of the messages, for files that do not say (wevtutil's and PowerShell's output). */
  readonly culture?: string | undefined;
}

/** NDJSON: `{"provider":…,"event_id":…,"culture":…,"template":…}`, one a line; further keys are of no matter. */
export function importTemplateLines(text: string): TemplateImport {
  const templates: MessageTemplate[] = [];
  const problems: string[] = [];
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    line++;
    const content = text.slice(at, end).trim();
    at = end + 1;
    if (content === '') continue;
    const template = readLine(content);
    if (typeof template === 'string') problems.push(`line ${line}: ${template}`);
    else templates.push(template);
  }
  return { templates, problems };
}

function readLine(content: string): MessageTemplate | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return 'is not JSON';
  }
  if (!isObject(value)) return 'is not an object';
  const { provider, culture, template } = value;
  const eventId = readNumber(value.event_id);
  if (typeof provider !== 'string') return 'has no string "provider"';
  if (eventId === undefined || eventId > 0xffff_ffff) {
    return 'has no whole number "event_id" from 0 to 4294967295';
  }
  if (typeof template !== 'string') return 'has no string "template"';
  if (typeof culture === 'string' && culture !== '') return { provider, eventId, culture, text: template };
  return { provider, eventId, text: template };
}

/** The output of `wevtutil gp PROVIDER /ge /gm:true /f:xml`, of one provider or of many after each other. */
export function importWevtutil(text: string, options: ImportOptions = {}): TemplateImport {
  const templates: MessageTemplate[] = [];
  const problems: string[] = [];
  for (const provider of findElements(parseXmlTree(text), 'provider')) {
    const name = provider.attributes.name ?? options.provider;
    if (name === undefined) {
      problems.push('a <provider> has no name');
      continue;
    }
    for (const event of findElements(provider.children, 'event')) {
      const eventId = readNumber(event.attributes.value ?? event.attributes.id);
      const message = event.attributes.message ?? event.children.find(child => child.name === 'message')?.text;
      if (eventId === undefined || message === undefined || message === '') continue;
      templates.push(withCulture({ provider: name, eventId, text: message }, options.culture));
    }
  }
  return { templates, problems };
}

/** The output of `Get-WinEvent -ListProvider … | ConvertTo-Json -Depth 5`: a provider, or an array of them. */
export function importPowerShell(text: string, options: ImportOptions = {}): TemplateImport {
  const templates: MessageTemplate[] = [];
  const problems: string[] = [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { templates, problems: ['the file is not JSON'] };
  }
  for (const provider of Array.isArray(value) ? value : [value]) {
    if (!isObject(provider)) continue;
    const name = typeof provider.Name === 'string' ? provider.Name : options.provider;
    if (name === undefined) {
      problems.push('a provider has no "Name"');
      continue;
    }
    const listed = provider.Events;
    const events = Array.isArray(listed) ? listed : isObject(listed) && Array.isArray(listed.value) ? listed.value : [];
    if (events.some(event => typeof event === 'string')) {
      problems.push(`${name}: its events were cut off; convert with ConvertTo-Json -Depth 5`);
    }
    for (const event of events) {
      if (!isObject(event)) continue;
      const eventId = readNumber(event.Id);
      const text = event.Description;
      if (eventId === undefined || typeof text !== 'string' || text === '') continue;
      templates.push(withCulture({ provider: name, eventId, text }, options.culture));
    }
  }
  return { templates, problems };
}

/** An instrumentation manifest (`.man`, `.xml`): events that name strings, and strings in one language or several. */
export function importManifest(text: string): TemplateImport {
  const templates: MessageTemplate[] = [];
  const problems: string[] = [];
  const tree = parseXmlTree(text);
  const cultures: [culture: string | undefined, strings: Map<string, string>][] = [];
  for (const resources of findElements(tree, 'resources')) {
    const strings = new Map<string, string>();
    for (const { attributes } of findElements(resources.children, 'string')) {
      if (attributes.id !== undefined) strings.set(attributes.id, attributes.value ?? '');
    }
    cultures.push([resources.attributes.culture, strings]);
  }
  if (cultures.length === 0) cultures.push([undefined, new Map()]);
  for (const provider of findElements(tree, 'provider')) {
    const name = provider.attributes.name;
    if (name === undefined) continue;
    for (const event of eventsOf(provider)) {
      const eventId = readNumber(event.attributes.value);
      const message = event.attributes.message;
      if (eventId === undefined || message === undefined) continue;
      const reference = /^\$\(string\.(.+)\)$/.exec(message)?.[1];
      for (const [culture, strings] of cultures) {
        const text = reference === undefined ? message : strings.get(reference);
        if (text === undefined)
          problems.push(`${name} ${eventId}: string ${reference} is missing in ${culture ?? 'the file'}`);
        else templates.push(withCulture({ provider: name, eventId, text }, culture));
      }
    }
  }
  return { templates, problems };
}

function* eventsOf(provider: XmlElement): Generator<XmlElement> {
  for (const events of provider.children) if (events.name === 'events') yield* findElements(events.children, 'event');
}

/**
 * A message text file (`.mc`), as mc.exe reads it: `MessageId=` (a number, `+n`, or empty for the next), `Language=` and
 * the text up to a line with a single dot. Microsoft, "Message Text Files".
 */
export function importMessageText(text: string, options: ImportOptions = {}): TemplateImport {
  const templates: MessageTemplate[] = [];
  if (options.provider === undefined)
    return { templates, problems: ['a message text file does not name its provider'] };
  const cultures = new Map([['English', 'en-US']]);
  const lines = text.split(/\r\n|\r|\n/);
  let id = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    for (const [, name, number] of line.matchAll(/(\w+)=(0x[0-9a-f]+|\d+):\w+/gi)) {
      const culture = cultureOfLanguage(Number(number));
      if (culture !== undefined) cultures.set(name!, culture);
    }
    const header = /^\s*MessageId\s*=\s*(\+?)(0x[0-9a-f]+|\d*)/i.exec(line);
    if (header !== null) {
      const given = header[2] === '' ? 1 : Number(header[2]);
      id = header[1] === '+' || header[2] === '' ? id + given : given;
    }
    const language = /^\s*Language\s*=\s*(\w+)/i.exec(line)?.[1];
    if (language === undefined) continue;
    const body: string[] = [];
    while (++index < lines.length && lines[index] !== '.') body.push(lines[index]!);
    const message = {
      provider: options.provider,
      eventId: id & 0xffff,
      text: body.map(part => `${part}\r\n`).join(''),
    };
    templates.push(withCulture(message, cultures.get(language) ?? options.culture));
  }
  return { templates, problems: [] };
}

function withCulture(template: MessageTemplate, culture: string | undefined): MessageTemplate {
  return culture === undefined || culture === '' ? template : { ...template, culture };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isInteger(number) && number >= 0 ? number : undefined;
}
