import { fstatSync, statSync } from 'node:fs';

const DESCRIPTOR = { stdin: 0, stdout: 1, stderr: 2 } as const;

/**
 * Whether a person is at the other end. Node's own streams take 5 ms to make, so what is no device, or is the null device,
 * is ruled out first.
 */
export function isTerminal(stream: keyof typeof DESCRIPTOR): boolean {
  try {
    const stat = fstatSync(DESCRIPTOR[stream]);
    if (!stat.isCharacterDevice()) return false;
    const nowhere = statSync('/dev/null', { throwIfNoEntry: false });
    return stat.rdev !== nowhere?.rdev && process[stream].isTTY === true;
  } catch {
    return false;
  }
}
