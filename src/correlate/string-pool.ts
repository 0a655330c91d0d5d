/** Interns strings: equal strings get one id, counted from 0. The empty string is 0. */
export class StringPool {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #strings: string[] = [''];

  get size(): number {
    return this.#strings.length;
  }

  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    this.#ids.set(text, id);
    this.#strings.push(text);
    return id;
  }

  text(id: number): string {
    return this.#strings[id]!;
  }
}
