import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPresent, runOnce } from './measure.js';

/** Another tool that does (part of) the same job; `kind` says how much of it. */
export interface Peer {
  readonly name: string;
  readonly kind: 'counts lines' | 'text hack' | 'parses XML' | 'parses JSON' | 'reads' | 'parses events';
  readonly command: (file: string) => string;
}

const NEEDLE = 'MSExchange Web Services';

/** `LC_ALL=C grep -c -F`, the bar that a sceptical user will try; its output is read through a pipe. */
export const GREP: Peer = {
  name: 'grep -c -F',
  kind: 'counts lines',
  command: file => `LC_ALL=C grep -c -F '${NEEDLE}' ${file}`,
};

/** The peers that are on this machine; small programs of ours for them are written to `folder`. */
export async function peersFor(format: 'xml' | 'ndjson', folder: string): Promise<Peer[]> {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const found: Peer[] = [GREP, { name: 'wc -l', kind: 'reads', command: name => `wc -l ${name}` }];
  if (await isPresent('rg'))
    found.push({ name: 'rg -c -F', kind: 'counts lines', command: name => `rg -c -F '${NEEDLE}' ${name}` });
  if (format === 'xml') {
    if (await isPresent('perl')) {
      const script = file('lines.pl', PERL);
      found.push({ name: 'perl, a regex a line', kind: 'text hack', command: name => `perl ${script} ${name}` });
    }
    if (await isPresent('python3')) {
      const script = file('iterparse.py', PYTHON);
      found.push({
        name: 'Python ElementTree',
        kind: 'parses XML',
        command: name => `python3 ${script} xml.etree.ElementTree ${name}`,
      });
      if ((await runOnce('python3 -c "import lxml.etree" 2>/dev/null && echo yes || true')).stdout.startsWith('yes')) {
        found.push({
          name: 'Python lxml',
          kind: 'parses XML',
          command: name => `python3 ${script} lxml.etree ${name}`,
        });
      }
    }
    if (await isPresent('xmllint')) {
      found.push({ name: 'xmllint --stream', kind: 'parses XML', command: name => `xmllint --stream --noout ${name}` });
    }
    const saxes = file('saxes.mjs', SAXES.replace('MODULE', import.meta.resolve('saxes')));
    found.push({ name: 'saxes', kind: 'parses XML', command: name => `node ${saxes} ${name}` });
  } else {
    const plain = file('parse.mjs', JSON_PARSE);
    found.push({ name: 'JSON.parse, every line', kind: 'parses JSON', command: name => `node ${plain} ${name}` });
    if (await isPresent('duckdb')) {
      found.push({
        name: 'DuckDB, one thread',
        kind: 'parses JSON',
        command: name =>
          `duckdb -c "set threads=1; select count(*) from read_json('${name}', format='newline_delimited')"`,
      });
    }
  }
  return found;
}

const PERL = `my %pairs; while (<>) { next if index($_, '${NEEDLE}') < 0;
  next unless /<Provider Name='${NEEDLE}'/; my @data = /<Data>([^<]*)<\\/Data>/g; $pairs{"$data[0] $data[1]"}++ if @data == 4; }
print scalar(keys %pairs), "\\n";
`;

const PYTHON = `import importlib, sys
etree = importlib.import_module(sys.argv[1])
ns = '{http://schemas.microsoft.com/win/2004/08/events/event}'
pairs = {}
for _, event in etree.iterparse(sys.argv[2]):
    if event.tag != ns + 'Event':
        continue
    if event.find(ns + 'System/' + ns + 'Provider').get('Name') == '${NEEDLE}':
        data = [each.text for each in event.iterfind(ns + 'EventData/' + ns + 'Data')]
        if len(data) == 4:
            pairs[data[0], data[1]] = pairs.get((data[0], data[1]), 0) + 1
    event.clear()
print(len(pairs))
`;

const SAXES = `import { createReadStream } from 'node:fs';
import { SaxesParser } from 'MODULE';
const parser = new SaxesParser();
let events = 0;
parser.on('opentag', node => { if (node.name === 'Event') events++; });
for await (const chunk of createReadStream(process.argv[2], { encoding: 'utf8', highWaterMark: 1 << 18 })) parser.write(chunk);
parser.close();
console.log(events);
`;

const JSON_PARSE = `import { openSync, readSync } from 'node:fs';
const fd = openSync(process.argv[2], 'r');
const room = Buffer.alloc(1 << 18);
let rest = Buffer.alloc(0);
let lines = 0;
for (;;) {
  const length = readSync(fd, room, 0, room.length, null);
  if (length === 0) break;
  const bytes = rest.length === 0 ? room.subarray(0, length) : Buffer.concat([rest, room.subarray(0, length)]);
  let from = 0;
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    if (to > from) { JSON.parse(bytes.toString('utf8', from, to)); lines++; }
    from = to + 1;
  }
  rest = Buffer.from(bytes.subarray(from));
}
console.log(lines);
`;
