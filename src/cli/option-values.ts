import { parseIsoInstant } from '../time/instant-text.js';
import type { CommandLine } from './parse-command-line.js';
import { usage } from './parse-command-line.js';

type Options = CommandLine['options'];

/** The text of an option that was given once. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOption(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

export function flagOption(options: Options, name: string): boolean {
  return options[name] === true;
}

/** @throws EvpairError `ERR_USAGE` when the value is no whole number from `least` to `most`. */
export function countOption(options: Options, name: string, least: number, most = Infinity): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  const bounds = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw usage(`--${name} takes a whole number ${bounds}, not ${JSON.stringify(text)}.`);
}

/** A share. @throws EvpairError `ERR_USAGE` when the value is no number from 0 to 1. */
export function shareOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const share = /^(0|1|0?\.\d+|1\.0+)$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0) return share;
  throw usage(`--${name} takes a share from 0 to 1 such as 0.99, not ${JSON.stringify(text)}.`);
}

/** Epoch milliseconds. @throws EvpairError `ERR_USAGE` when the value is no ISO 8601 date or time. */
export function timeOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const instant = parseIsoInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return instant.epochMs;
  throw usage(
    `--${name} takes a date or time such as 2026-03-04 or 2026-03-04T08:12:55Z, not ${JSON.stringify(text)}.`,
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. @throws EvpairError `ERR_USAGE` when the value is no duration such as 90s, 15m, 2h, 1d. */
export function durationOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (match !== null) return Number(match[1]) * UNITS[match[2]!]!;
  throw usage(`--${name} takes a duration such as 90s, 15m, 2h or 1d, not ${JSON.stringify(text)}.`);
}
