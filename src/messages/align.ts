/** A message and the values that it was made of, line breaks as LF. */
export interface Sample {
  readonly message: string;
  readonly values: readonly string[];
}

/**
 * A template, in FormatMessage's syntax, that renders every sample; undefined when the bounded search finds none. Walks
 * all messages at once: where their next characters agree they may be text, where all their values of a number stand
 * next they may be its insert. Values that differ between samples are taken first, since chance does not place them; a
 * value that is the same in all is taken where it stands as a word of its own.
 */
export function alignSamples(samples: readonly Sample[]): string | undefined {
  const count = Math.min(MAX_INSERTS, ...samples.map(({ values }) => values.length));
  const values = Array.from({ length: count }, (_, index) => samples.map(sample => sample.values[index]!));
  const isVaried = values.map(texts => texts.some(text => text !== texts[0]));
  const messages = samples.map(sample => sample.message);
  const dead = new Set<string>();
  let steps = MAX_STEPS;

  /** Choices taken so far; a step back takes the next one of the last. */
  const trail: { readonly at: readonly number[]; readonly choices: readonly Choice[]; next: number }[] = [];
  let at: readonly number[] = messages.map(() => 0);
  for (;;) {
    if (at.every((place, index) => place === messages[index]!.length))
      return toText(trail.map(taken => taken.choices[taken.next - 1]!));
    const used = new Set<number>();
    for (const { choices, next } of trail) {
      const choice = choices[next - 1]!;
      if (typeof choice === 'number') used.add(choice);
    }
    const choices = --steps > 0 && !dead.has(at.join()) ? choicesAt(at, used) : [];
    trail.push({ at, choices, next: 0 });
    for (;;) {
      const top = trail.at(-1);
      if (top === undefined) return undefined;
      const choice = top.choices[top.next++];
      if (choice !== undefined) {
        at = top.at.map(
          (place, index) => place + (typeof choice === 'string' ? choice.length : values[choice - 1]![index]!.length),
        );
        break;
      }
      if (steps > 0) dead.add(top.at.join());
      trail.pop();
    }
  }

  function choicesAt(places: readonly number[], used: ReadonlySet<number>): Choice[] {
    const varied: number[] = [];
    const constant: number[] = [];
    values.forEach((texts, index) => {
      if (texts.every(text => text === '')) return;
      if (!texts.every((text, sample) => messages[sample]!.startsWith(text, places[sample]!))) return;
      if (isVaried[index]) varied.push(index + 1);
      else if (standsAlone(texts[0]!, places)) constant.push(index + 1);
    });
    const length = (number: number) => values[number - 1]!.reduce((sum, text) => sum + text.length, 0);
    const order = (left: number, right: number) =>
      length(right) - length(left) || Number(used.has(left)) - Number(used.has(right)) || left - right;
    const literal = sharedText(places);
    return [...varied.sort(order), ...constant.sort(order), ...(literal === '' ? [] : [literal])];
  }

  /** The text that all messages share here, up to the next place where a value may start. */
  function sharedText(places: readonly number[]): string {
    const first = messages[0]!;
    const from = places[0]!;
    let length = 0;
    while (
      from + length < first.length &&
      messages.every(
        (message, index) => message.charCodeAt(places[index]! + length) === first.charCodeAt(from + length),
      )
    ) {
      length++;
      const next = places.map(place => place + length);
      if (values.some(texts => mayStart(texts, next))) break;
    }
    return first.slice(from, from + length);
  }

  function mayStart(texts: readonly string[], places: readonly number[]): boolean {
    return (
      texts.some(text => text !== '') &&
      texts.every((text, sample) => messages[sample]!.startsWith(text, places[sample]!))
    );
  }

  function standsAlone(value: string, places: readonly number[]): boolean {
    return places.every((place, index) => {
      const message = messages[index]!;
      const end = place + value.length;
      return !(isWord(message[place - 1]) && isWord(value[0])) && !(isWord(value.at(-1)) && isWord(message[end]));
    });
  }
}

/** Text, or the number of an insert. */
type Choice = string | number;

const MAX_INSERTS = 99;
/** Choices that the search may look at. */
const MAX_STEPS = 20_000;

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

function toText(choices: readonly Choice[]): string {
  let text = '';
  choices.forEach((choice, index) => {
    if (typeof choice === 'string') {
      text += choice.replaceAll('%', '%%').replaceAll('\n', '%n');
      return;
    }
    const next = choices[index + 1];
    // A digit or an exclamation mark after an insert would be read as part of it.
    text += typeof next === 'string' && /^[0-9!]/.test(next) ? `%${choice}!s!` : `%${choice}`;
  });
  return text;
}
