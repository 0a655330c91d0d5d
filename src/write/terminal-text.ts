/**
 * Text that is safe to show: control characters (ANSI escapes and line ends among them), marks that turn the direction
 * of text, characters that are there and cannot be seen, and lone surrogates become `\u{…}`. Log text is written by
 * whoever can write to a log. Everything of a log that can reach a terminal goes through here.
 */
export function escapeForTerminal(text: string): string {
  unsafe ??= new RegExp(UNSAFE, 'gu');
  return text.replace(unsafe, char => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

// Control and format characters (direction marks, zero-width ones, tags), lone surrogates, line and paragraph
// separators; and the fillers of Hangul, which are letters and show nothing.
const UNSAFE = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\u115f\\u1160\\u3164\\uffa0]';
/** Made at the first need: the classes take a third of a millisecond, and most runs show no log text. */
let unsafe: RegExp | undefined;
