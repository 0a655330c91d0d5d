import { Executables, isExecutableHead } from './import-pe.js';
import {
  type ImportOptions,
  importManifest,
  importMessageText,
  importPowerShell,
  importTemplateLines,
  importWevtutil,
  type TemplateImport,
} from './import-text.js';

/** A file to import templates from. */
export interface TemplateFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Templates out of files of any form that is known: NDJSON lines, what wevtutil or PowerShell print of providers,
 * instrumentation manifests, message text files, and Windows executables with their `.mui` (which belong together and are
 * best given together). The form is told from the content. Bad files are problems, never errors.
 */
export function importTemplates(files: Iterable<TemplateFile>, options: ImportOptions = {}): TemplateImport {
  const templates: TemplateImport['templates'] = [];
  const problems: string[] = [];
  const executables = new Executables();
  for (const file of files) {
    if (isExecutableHead(file.bytes)) {
      executables.add(file);
      continue;
    }
    const imported = importText(decodeText(file.bytes), file.name, options);
    for (const template of imported.templates) templates.push(template);
    for (const problem of imported.problems) problems.push(`${file.name}: ${problem}`);
  }
  const imported = executables.import(options.provider);
  for (const template of imported.templates) templates.push(template);
  return { templates, problems: [...problems, ...imported.problems] };
}

function importText(text: string, name: string, options: ImportOptions): TemplateImport {
  const start = text.trimStart();
  if (start.startsWith('<')) {
    return /<(?:\w+:)?instrumentationManifest[\s>]/i.test(text) ? importManifest(text) : importWevtutil(text, options);
  }
  if (
    /\.mc$/i.test(name) ||
    /^\s*(?:;|MessageId(?:Typedef)?\s*=|SeverityNames\s*=|FacilityNames\s*=|LanguageNames\s*=)/i.test(start)
  ) {
    return importMessageText(text, options);
  }
  if (
    start.startsWith('[') ||
    (start.startsWith('{') && !/"template"\s*:/.test(start.slice(0, start.indexOf('\n') >>> 0)))
  ) {
    return importPowerShell(text, options);
  }
  if (start.startsWith('{')) return importTemplateLines(text);
  return { templates: [], problems: start === '' ? ['the file is empty'] : ['no known form of message templates'] };
}

/** UTF-8, or UTF-16 as PowerShell's `>` and message compilers write it, told by mark or by the zeros of ASCII. */
function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(buffer);
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes.length >= 4 && bytes[1] === 0 && bytes[3] === 0);
  return buffer.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
}
