/**
 * The same function with its last answers kept. Names of machines repeat from event to event, and to judge one costs a
 * microsecond. Bounded: long texts are not kept, and all is forgotten when 4,096 are.
 */
export function remember<T>(judge: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return text => {
    if (text.length > 256) return judge(text);
    let answer = known.get(text);
    if (answer === undefined) {
      answer = judge(text);
      if (known.size >= 4096) known.clear();
      known.set(text, answer);
    }
    return answer;
  };
}
