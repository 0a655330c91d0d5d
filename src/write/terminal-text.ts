/**
 * Text that is safe to show: control characters (ANSI escapes and line ends among them), marks that turn the direction
 * of text, characters that are there and cannot be seen, and lone surrogates become `\u{…}`. Log text is written by
 * whoever can write to a log. Everything of a log that can reach a terminal goes through here.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(UNSAFE, char => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

// C0 and C1; soft hyphen; Arabic letter mark; the Hangul fillers; Mongolian vowel separator; zero-width and direction
// marks; line separators and embeddings; invisible operators and isolates; byte order mark; annotations; tag characters.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
