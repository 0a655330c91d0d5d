import { EvpairError } from '../model/index.js';

/** Turns bytes of one code page into text; every byte sequence gives some text. */
export type CodePageDecoder = (bytes: Buffer) => string;

const loaded = new Map<string, CodePageDecoder>([
  ['windows-1252', decodeWindows1252],
  ['latin1', bytes => bytes.toString('latin1')],
]);

/**
 * Loads a code page by any name iconv-lite knows (`windows-1251`, `cp850`, `shift_jis` …), so that `codePage` has it.
 * iconv-lite and not TextDecoder: no Node has cp850 or cp437. It takes 20 ms to import, so only who names a code page pays.
 * @throws EvpairError `ERR_USAGE` when there is no such code page.
 */
export async function loadCodePage(name: string): Promise<void> {
  const key = name.toLowerCase();
  if (loaded.has(key) || isUnicode(key)) return;
  const { default: iconv } = await import('iconv-lite');
  if (!iconv.encodingExists(key)) {
    throw new EvpairError('ERR_USAGE', `No encoding is named ${JSON.stringify(name)}.`, {
      hint: 'Use a name such as utf-8, utf-16le, windows-1252, cp850 or shift_jis.',
    });
  }
  loaded.set(key, bytes => iconv.decode(bytes, key, { stripBOM: false }));
}

/**
 * The decoder of a code page.
 * @throws EvpairError `ERR_USAGE` when it was not loaded before; `windows-1252` and `latin1` always are.
 */
export function codePage(name: string): CodePageDecoder {
  const decoder = loaded.get(name.toLowerCase());
  if (decoder !== undefined) return decoder;
  throw new EvpairError('ERR_USAGE', `The encoding ${JSON.stringify(name)} is not loaded.`, {
    hint: 'Await loadCodePage(name) before reading.',
  });
}

/** True for the encodings that need no code page. */
export function isUnicode(name: string): boolean {
  return /^(utf-?8|utf-?16(le|be)?|ucs-?2)$/i.test(name);
}

/** Own table: Node 20.20's TextDecoder gives C1 controls for 0x80-0x9F (nodejs/node#56542). */
const WINDOWS_1252_C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function decodeWindows1252(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, char => WINDOWS_1252_C1.charAt(char.charCodeAt(0) - 0x80));
}
