import { createHash } from 'node:crypto';
import type { PairDefinition } from './definition.js';

/** Lower-case hexadecimal SHA-256 of a definition's canonical form: JSON with sorted keys, in UTF-8. */
export function hashOfDefinition(definition: PairDefinition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

/** JSON with the keys of every object sorted by code units. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
