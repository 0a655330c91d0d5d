import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WritableEvent } from '../evtx-writer.js';
import { writeEvtx } from '../evtx-writer.js';
import { generateEvents } from './generate.js';
import { isPresent, runOnce } from './measure.js';
import type { Peer } from './peers.js';

/** Other readers of .evtx that are on this machine; each writes every event as XML. */
export async function evtxPeers(): Promise<Peer[]> {
  const peers: Peer[] = [];
  if (await isPresent('evtxexport')) {
    peers.push({ name: 'evtxexport -f xml', kind: 'parses events', command: file => `evtxexport -f xml '${file}'` });
  }
  if ((await runOnce('python3 -c "import Evtx.Evtx" 2>/dev/null && echo yes || true')).stdout.startsWith('yes')) {
    const program =
      'import sys; from Evtx.Evtx import Evtx\nwith Evtx(sys.argv[1]) as log:\n  for record in log.records(): print(record.xml())';
    peers.push({
      name: 'python-evtx',
      kind: 'parses events',
      command: file => `python3 -c $'${program.replaceAll('\n', '\\n')}' '${file}'`,
    });
  }
  return peers;
}

/** The greatest logs of the real samples, undamaged ones, smallest first; those in archives too where 7-Zip is there. */
export function realLogs(folder: string): string[] {
  const real =
    process.env.EVPAIR_REAL_SAMPLES ?? fileURLToPath(new URL('../../../shared/samples-real', import.meta.url));
  if (!existsSync(join(real, 'evtx'))) return [];
  const files = LOGS.map(name => join(real, 'evtx', name)).filter(file => existsSync(file));
  const archive = join(real, 'evtx', 'museum-7z', 'BelkasoftCTF_InsiderThreat.7z');
  const museum = join(folder, 'museum');
  try {
    if (existsSync(archive) && !existsSync(museum)) {
      mkdirSync(museum);
      execFileSync('7z', ['x', '-y', '-bd', `-o${museum}`, archive], { stdio: 'ignore' });
    }
  } catch {
    // Without 7-Zip the others will do.
  }
  if (existsSync(museum)) {
    const found = readdirSync(museum, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.evtx'));
    files.push(...found.map(name => join(museum, name)).filter(file => statSync(file).size > LARGE));
  }
  return files.sort((a, b) => statSync(a).size - statSync(b).size);
}

const LARGE = 3_000_000;
const LOGS = [
  'ts-evtx/Application.evtx',
  'ts-evtx/System.evtx',
  'ts-evtx/Security.evtx',
  'omerbenamram/system.evtx',
  'omerbenamram/2-vss_7-System.evtx',
  'omerbenamram/security.evtx',
];

/** A log of about `size` bytes, of the events that the other forms are generated of. */
export function generatedLog(folder: string, size: number): string {
  const path = join(folder, `generated-${size}.evtx`);
  if (existsSync(path)) return path;
  const events: WritableEvent[] = [];
  // An event takes about 1,000 bytes in a chunk.
  for (const event of generateEvents({ format: 'xml', density: 0.05, seed: 12, size }, Math.ceil(size / 1000))) {
    const { provider, eventId, qualifiers, level, channel, computer, recordId, time, values, names } = event;
    events.push({
      provider,
      eventId,
      ...(qualifiers === undefined ? {} : { qualifiers }),
      level,
      channel,
      computer,
      recordId: String(recordId),
      time: { epochMs: time.getTime(), nanos: 0, digits: 7, basis: 'export' },
      insertions: values,
      ...(names === undefined ? {} : { names }),
    });
  }
  writeFileSync(path, writeEvtx(events));
  return path;
}

export const titleOf = (file: string) => basename(file).replace('Microsoft-Windows-', '');
