/** How many columns of a terminal a text takes: East Asian wide characters two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** The text, cut with `…` to at most `width` columns and never inside a character. Linear in the width. */
export function clipText(text: string, width: number): string {
  let used = 0;
  let kept = '';
  let atEllipsis = '';
  for (const char of text) {
    used += charWidth(char);
    if (used > width) return `${atEllipsis}…`;
    kept += char;
    if (used < width) atEllipsis = kept;
  }
  return text;
}

/** The wide blocks that cli-table3 pads as such too: East Asian ones and most emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f200}-\u{1f251}\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

function charWidth(char: string): number {
  if (char <= '\u02ff') return 1;
  if (/\p{M}/u.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
