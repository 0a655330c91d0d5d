/**
 * Text that is safe to show: control characters (ANSI escapes among them), marks that turn the direction of text, and
 * lone surrogates become `\u{…}`, line ends too. Log text is written by whoever can write to a log.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(UNSAFE, char => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
