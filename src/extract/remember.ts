import { Payoff } from '../model/index.js';

/**
 * The same function with its last answers kept. Names of machines repeat from event to event, and to judge one costs a
 * microsecond. Bounded: long texts are not kept, and all is forgotten when 4,096 are; where names never repeat, nothing is.
 */
export function remember<T>(judge: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  const payoff = new Payoff();
  return text => {
    if (text.length > 256 || !payoff.isWorthATry()) return judge(text);
    let answer = known.get(text);
    payoff.count(answer !== undefined);
    if (answer === undefined) {
      answer = judge(text);
      if (known.size >= 4096) known.clear();
      known.set(text, answer);
    }
    return answer;
  };
}
