import { isIpLiteral, normaliseHost } from '../model/index.js';

/**
 * Joins the names of machines: `cas01` becomes `cas01.contoso.local` if exactly one fully qualified name in the whole
 * ledger starts with it. IP literals never join.
 */
export class HostJoiner {
  readonly #normalised = new Map<string, string>();
  /** The one fully qualified name that begins with a short name; undefined where several do. */
  readonly #qualified = new Map<string, string | undefined>();

  /** Makes a name known; every name must be known before the first is joined. */
  add(name: string): void {
    const host = normaliseHost(name);
    if (host !== name) this.#normalised.set(name, host);
    const dot = host.indexOf('.');
    if (dot <= 0 || isIpLiteral(host)) return;
    const short = host.slice(0, dot);
    if (!this.#qualified.has(short)) this.#qualified.set(short, host);
    else if (this.#qualified.get(short) !== host) this.#qualified.set(short, undefined);
  }

  /** The host that a known name stands for. */
  hostOf(name: string): string {
    const host = this.#normalised.get(name) ?? name;
    return host.includes('.') ? host : (this.#qualified.get(host) ?? host);
  }
}
