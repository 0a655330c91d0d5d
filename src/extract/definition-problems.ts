import type { Document, Node } from 'yaml';

/** What zod says of one problem; the nested lists of a union are there only for `invalid_union`. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
  /** What is wrong with a key of a record, for `invalid_key`. */
  readonly issues?: readonly Issue[];
}

/** Each problem of a definition as a sentence with its key, where it stands in the YAML text, and what to write instead. */
export function definitionProblems(
  issues: readonly Issue[],
  content: unknown,
  document: Document.Parsed,
  root: readonly number[],
): { offset: number; problem: string }[] {
  return issues
    .flatMap(issue => innermost(issue))
    .flatMap(issue => {
      const path = issue.path;
      if (issue.code === 'unrecognized_keys') {
        return (issue.keys ?? []).map(key => ({
          offset: offsetOf(document, [...root, ...path, key], true),
          problem: `unknown key "${key}"${whereOf(path)}${suggestion(key)}`,
        }));
      }
      const key = path.at(-1);
      const example =
        typeof key === 'string' && EXAMPLES[key] !== undefined ? `; write for example ${EXAMPLES[key]}` : '';
      const subject = path.length > 0 ? `key "${keyOf(path)}"` : 'definition';
      return [
        {
          offset: offsetOf(document, [...root, ...path], issue.code === 'invalid_key'),
          problem: `${subject}: ${whatIsWrong(issue, content)}${example}`,
        },
      ];
    });
}

function whatIsWrong({ code, path, message, issues }: Issue, content: unknown): string {
  if (code === 'invalid_key') return issues?.[0]?.message ?? message;
  if (path.length === 0) return code === 'invalid_type' ? 'expected a mapping' : message;
  return valueIn(content, path) === undefined ? 'is missing' : message;
}

/** What to write, by key; also the list of all keys that a definition can have. */
const EXAMPLES: Readonly<Record<string, string>> = {
  name: 'name: exchange-ews-proxy-auth',
  version: 'version: 1',
  title: 'title: A server could not authenticate to another',
  provider: 'provider: MSExchange Web Services',
  provider_aliases: 'provider_aliases: [Kerberos]',
  failure: 'failure: { event_id: 4, source: Computer, destination: "%1" }',
  recovery: 'recovery: { event_id: 5004, source: Computer, destination: "%2" }',
  context: 'context: { event_id: 11, source: Computer, destination: "%1" }',
  recognize_by: 'recognize_by: [message, shape]',
  event_id: 'event_id: [5002, 5008]',
  messages: 'messages: [{ culture: en-US, text: "…%1…" }]',
  culture: 'culture: fr-FR',
  text: 'text: "The server %1 could not reach %2."',
  shape: 'shape: { count: 4, values: { "%1": host } }',
  count: 'count: 4',
  values: 'values: { "%1": host, "%2": host_or_url }',
  source: 'source: "%1"',
  destination: 'destination: ["%2", Computer]',
  placeholders: 'placeholders: ["%1", "%2"]',
  attributes: 'attributes: { status: "%8" }',
  when: 'when: { value: "%9", is_not: "0x0" }',
  value: 'value: "%1"',
  data: 'data: WorkstationName',
  after: 'after: "server "',
  before: 'before: ","',
  between: 'between: ["CN=", ","]',
  part: 'part: url_host',
  is: 'is: "3"',
  is_not: 'is_not: "0x0"',
  local: 'local: ["-", WORKGROUP]',
  self: 'self: local',
  agree: 'agree: [["%2", "%4"]]',
};

/** Of a union's complaints, those of the branch that went deepest: it is the one that was meant. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors === undefined) return [issue];
  const branches = issue.errors.map(branch =>
    branch.flatMap(inner => innermost({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const depth = (branch: readonly Issue[]) =>
    Math.max(
      0,
      ...branch.map(({ path, code }) => path.length + (code === 'unrecognized_keys' || code === 'custom' ? 1 : 0)),
    );
  const deepest = branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), [] as Issue[]);
  return depth(deepest) > issue.path.length ? deepest : [issue];
}

function suggestion(key: string): string {
  const near = Object.keys(EXAMPLES)
    .map(known => ({ known, distance: editDistance(key.toLowerCase(), known) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 2
    ? `; did you mean "${near.known}"? Write for example ${EXAMPLES[near.known]}`
    : '; remove it';
}

function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 9;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length]!;
}

function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function whereOf(path: readonly PropertyKey[]): string {
  return path.length > 0 ? ` in "${keyOf(path)}"` : '';
}

function valueIn(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step]; // an object of YAML's: any key may be asked for
  }
  return value;
}

/** Where the node at a path stands; where there is none, its nearest parent. A lone item may stand where a list may. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], isOfKey: boolean): number {
  let node: unknown = document.contents;
  let offset = rangeOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const items = (node as { items?: unknown[] } | null)?.items; // yaml's maps and sequences alone have items
    if (items === undefined) break;
    if (typeof step === 'number') node = items[step];
    else {
      const pair = items.find(item => scalarOf((item as { key?: unknown }).key) === step) as
        | { key: unknown; value: unknown }
        | undefined;
      if (pair === undefined) break;
      offset = rangeOf(pair.key) ?? offset;
      if (isOfKey && index === path.length - 1) break;
      node = pair.value;
    }
    offset = rangeOf(node) ?? offset;
  }
  return offset;
}

function scalarOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function rangeOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
