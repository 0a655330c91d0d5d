import { type Alignable, valueStart } from './readings.js';

/**
 * The numbers of the inserts of a reading whose repeated inserts need not agree, where each is the longest of its number;
 * 0 for the others, which are the same but for white space that an export cut behind them: at the end of the message, or
 * blanks at the end of a line. Undefined where they differ in more.
 */
export function longestPlaces(input: Alignable, starts: Int32Array): number[] | undefined {
  const { text, inserts } = input;
  const values = inserts.map((_, index) => text.slice(valueStart(input, starts, index + 1), starts[index + 1]));
  const longest = new Map<number, number>();
  inserts.forEach((number, index) => {
    const other = longest.get(number);
    if (other === undefined || values[index]!.length > values[other]!.length) longest.set(number, index);
  });
  const isSame = inserts.every((number, index) => {
    const whole = values[longest.get(number)!]!;
    const own = values[index]!;
    return own === whole || (whole.startsWith(own) && isCutFrom(text, starts[index + 1]!, whole.slice(own.length)));
  });
  return isSame ? inserts.map((number, index) => (longest.get(number) === index ? number : 0)) : undefined;
}

/** Whether an export may have cut so much at a place of the text. */
function isCutFrom(text: string, at: number, gone: string): boolean {
  if (gone.trim() !== '') return false;
  let end = at;
  while (end < text.length && (text[end] === ' ' || text[end] === '\t')) end++;
  return end === text.length || (text[end] === '\n' && !gone.includes('\n'));
}
