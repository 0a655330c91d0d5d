import { createHash } from 'node:crypto';

const MAX_VALUE_BYTES = 1024;
const PREFIX_CHARS = 256;

/** A value as a ledger keeps it: whole up to 1 KiB of UTF-8, else as prefix, length and SHA-256. */
export function keptValue(text: string): string {
  // No code unit takes more than three bytes.
  if (text.length * 3 <= MAX_VALUE_BYTES || Buffer.byteLength(text) <= MAX_VALUE_BYTES) return text;
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return `${text.slice(0, PREFIX_CHARS)}… [${bytes.length} bytes, sha256 ${hash}]`;
}
