/**
 * python-evtx writes an array of strings as one `<Data>` of escaped elements, `<string>A</string>` a line. Gives the
 * strings; undefined when the text has another form.
 */
export function splitStringArray(text: string): string[] | undefined {
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (!whole.startsWith('<string>') || !whole.endsWith('</string>')) return undefined;
  return whole.slice('<string>'.length, -'</string>'.length).split('</string>\n<string>');
}

/**
 * The leading strings of a `ProcessingErrorData` payload: the hexadecimal bytes of an event's raw values where its
 * template did not fit. Strings there are UTF-16LE and end with NUL; the first bytes that are no text end the list,
 * and empty strings at its end are dropped, since zeros of binary values look like them.
 */
export function payloadStrings(hex: string): string[] {
  const units = Buffer.from(hex.trim(), 'hex').toString('utf16le');
  const strings: string[] = [];
  let from = 0;
  for (;;) {
    const nul = units.indexOf('\0', from);
    if (nul < 0) break;
    const text = units.slice(from, nul);
    if (!looksLikeText(text)) break;
    strings.push(text);
    from = nul + 1;
  }
  while (strings.length > 0 && strings[strings.length - 1] === '') strings.pop();
  return strings;
}

function looksLikeText(text: string): boolean {
  if (text.length === 1 && text.charCodeAt(0) >= 128) return false;
  return !/[\0-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff\ufffe\uffff]|\p{Cs}/u.test(text);
}

const LEVELS = new Map([
  ['logalways', 0],
  ['critical', 1],
  ['error', 2],
  ['warning', 3],
  ['information', 4],
  ['info', 4],
  ['verbose', 5],
]);

/** The level as a number; hand-made and forwarded XML may hold the English word. */
export function levelOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  return LEVELS.get(text.toLowerCase());
}
