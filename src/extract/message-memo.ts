import type { Catalogue } from '../messages/catalogue.js';
import { type EventRecord, Payoff } from '../model/index.js';
import type { Reading } from './invert-with.js';
import type { ValuePart } from './memo.js';

/** What followed from an event that holds no data, only its message. */
export interface MessagePart {
  /** Undefined when the definition did not recognise the event. */
  readonly part: ValuePart | undefined;
  readonly inversion: Reading['certainty'] | 'none' | undefined;
}

/** Characters of messages kept: with the values, some 8 MiB. */
const MOST_CHARACTERS = 1 << 20;
const LONGEST = 4096;

/**
 * Remembers what a definition made of the messages of events without data. Servers repeat the same failure, and with it
 * the same text; looking it up costs a tenth of inverting it. Besides the text only the provider, the event ID, the
 * computer, the culture and the catalogue decide: where one differs, nothing is known.
 */
export class MessageMemo {
  readonly #known = new Map<string, Known>();
  #characters = 0;
  #catalogue: Catalogue | undefined;
  readonly #payoff = new Payoff();
  #isTried = true;

  get(event: EventRecord, catalogue: Catalogue | undefined): MessagePart | undefined {
    const { message } = event;
    if (message === undefined || message.length > LONGEST) return undefined;
    this.#isTried = this.#payoff.isWorthATry();
    if (!this.#isTried) return undefined;
    const known = catalogue === this.#catalogue ? this.#known.get(message) : undefined;
    const isKnown = known !== undefined && isOf(known, event);
    this.#payoff.count(isKnown);
    return isKnown ? known : undefined;
  }

  /** Of an event that `get` did not know. */
  set(event: EventRecord, catalogue: Catalogue | undefined, { part, inversion }: MessagePart): void {
    const { message, provider, eventId, computer, culture } = event;
    if (message === undefined || message.length > LONGEST || !this.#isTried) return;
    this.#characters += message.length;
    if (this.#characters > MOST_CHARACTERS || catalogue !== this.#catalogue) {
      this.#known.clear();
      this.#characters = message.length;
      this.#catalogue = catalogue;
    }
    this.#known.set(message, { part, inversion, provider, eventId, computer, culture });
  }
}

function isOf(known: Known, { provider, eventId, computer, culture }: EventRecord): boolean {
  return (
    known.eventId === eventId && known.computer === computer && known.provider === provider && known.culture === culture
  );
}

interface Known extends MessagePart, Pick<EventRecord, 'provider' | 'eventId'> {
  readonly computer: string | undefined;
  readonly culture: string | undefined;
}
