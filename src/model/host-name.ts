/**
 * The one spelling under which names of a machine are compared. Taken off: case, blanks and direction marks around the
 * name, trailing dots, a URL's scheme, path and port, `\\server\share` → `server`, `DOMAIN\CAS1$` and `cas1$@REALM` →
 * `cas1`, service classes of principal names (`HTTP/cas1`, `HOST/cas1`), ports, the brackets and the zone of an IPv6
 * literal. `::ffff:10.0.0.5` becomes `10.0.0.5`; other IPv6 literals take the form of RFC 5952. A text in which no host
 * can be found is only trimmed and put in lower case. The function is idempotent and linear; `CAS01` and
 * `cas01.contoso.local` stay two names (joining them needs all names of a ledger).
 */
export function normaliseHost(name: string): string {
  const trimmed = trimMarks(name);
  if (isPlainName(trimmed)) return trimmed.toLowerCase();
  if (isIpv4(trimmed)) return trimmed;
  const bare = bareHost(trimmed);
  return isBareHost(bare) ? (canonicalIp(bare) ?? bare.toLowerCase()) : trimmed.toLowerCase();
}

/**
 * A DNS name, a NetBIOS name or an IP literal, perhaps with a trailing dot or a port: at least one letter or dot; no
 * bare number, no path, no URL, nothing that ends in `.exe`.
 */
export function isHost(text: string): boolean {
  const trimmed = trimMarks(text);
  return isPlainName(trimmed) || isIpv4(trimmed) || isBareHost(withoutPort(trimmed));
}

/** An IPv4 literal of four decimal numbers, or an IPv6 literal, with or without brackets; no port. */
export function isIpLiteral(text: string): boolean {
  const trimmed = trimMarks(text);
  const inside = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed;
  return canonicalIp(inside) !== undefined;
}

/** An absolute `http` or `https` URL whose authority is a host. */
export function isUrl(text: string): boolean {
  const trimmed = trimMarks(text);
  return /^https?:\/\//i.test(trimmed) && isBareHost(bareHost(trimmed));
}

/** Whether some spelling of a host stands in the text: what `normaliseHost` can make a host of. */
export function namesHost(text: string): boolean {
  const trimmed = trimMarks(text);
  return isPlainName(trimmed) || isIpv4(trimmed) || isBareHost(bareHost(trimmed));
}

/** Whether the text means the machine itself: a loopback or unspecified address, or `localhost`. */
export function isLocalHost(text: string): boolean {
  const host = normaliseHost(text);
  return host === 'localhost' || host === '::1' || host === '::' || host === '0.0.0.0' || /^127\.[\d.]+$/.test(host);
}

/** Whether two normal spellings can mean one machine: equal, or one the first label of the other. IP literals never. */
export function isSameHost(one: string, other: string): boolean {
  if (one === other) return true;
  if (!one.startsWith(`${other}.`) && !other.startsWith(`${one}.`)) return false;
  return !isIpLiteral(one) && !isIpLiteral(other);
}

/** The first label of a normal spelling: names that can mean one machine have the same. */
export function firstLabel(host: string): string {
  const end = host.indexOf('.');
  return end < 0 ? host : host.slice(0, end);
}

/** Service classes of the principal names that Windows and Exchange register for machines ([MS-ADTS] 2.2.21, setspn). */
const SERVICE_CLASSES = new Set(
  (
    'host http ldap cifs gc rpc rpcss dns nfs ftp wsman termsrv mssqlsvc smtp smtpsvc imap imap4 pop pop3 exchangemdb ' +
    'exchangerfr exchangeab msserverclustermgmtapi msserverclusterapi msclustervirtualserver restrictedkrbhost dfsr ntfrs'
  ).split(' '),
);

function bareHost(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(text);
  if (scheme) {
    const authority = text.slice(scheme[0].length, endOfAuthority(text, scheme[0].length));
    return withoutPort(authority.slice(authority.lastIndexOf('@') + 1));
  }
  if (text.startsWith('\\')) return withoutPort(uncServer(text));
  return withoutPort(withoutAccount(withoutServiceClass(text)));
}

function endOfAuthority(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if ('/\\?#'.includes(text[at]!)) return at;
  }
  return text.length;
}

/** `\\server\share`, `\\?\UNC\server\share`, and the single backslash of the SMB client's events (`\server\share`). */
function uncServer(text: string): string {
  let rest = text.replace(/^\\+/, '');
  if (/^[?.]\\UNC\\/i.test(rest)) rest = rest.slice(6);
  const end = rest.indexOf('\\');
  return end < 0 ? rest : rest.slice(0, end);
}

function withoutServiceClass(text: string): string {
  const slash = text.indexOf('/');
  if (slash < 0 || slash > 30 || !SERVICE_CLASSES.has(text.slice(0, slash).toLowerCase())) return text;
  const instance = text.slice(slash + 1);
  const next = instance.search(/[/@]/);
  return next < 0 ? instance : instance.slice(0, next);
}

/** Only machine accounts, which end in `$`; `DOMAIN\user` names no machine. */
function withoutAccount(text: string): string {
  const realm = text.indexOf('$@');
  const account = realm < 0 ? text : text.slice(0, realm + 1);
  return account.endsWith('$') ? account.slice(account.lastIndexOf('\\') + 1, -1) : text;
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  let host = bracketed ? bracketed[1]! : text;
  const colon = host.indexOf(':');
  if (!bracketed && colon >= 0 && colon === host.lastIndexOf(':') && /^\d{1,5}$/.test(host.slice(colon + 1))) {
    host = host.slice(0, colon);
  }
  return host.endsWith('.') ? host.replace(/\.+$/, '') : host;
}

/**
 * What nearly all names are: labels of ASCII letters, digits, `-` and `_`, the last with a letter. Such a text is a bare
 * host already, and this says so in a tenth of the time; of any other text the rest decides.
 */
function isPlainName(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 255) return false;
  let labelHasLetter = false;
  let isLabelEmpty = true;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (isLabelEmpty) return false;
      labelHasLetter = false;
      isLabelEmpty = true;
      continue;
    }
    const lower = code | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) labelHasLetter = true;
    else if (!(code >= 0x30 && code <= 0x39) && code !== 0x2d && code !== 0x5f) return false;
    isLabelEmpty = false;
  }
  return labelHasLetter && !(length > 4 && text.charCodeAt(length - 4) === DOT && /exe$/i.test(text));
}

const DOT = 0x2e;

function isBareHost(text: string): boolean {
  if (text.length === 0 || text.length > 255) return false;
  if (isPlainName(text) || canonicalIp(text) !== undefined) return true;
  // Most texts that are no host: asked first, since to compile the pattern below takes 2 ms of a short run.
  if (/[\0-,/:-@[-^`{-\x7f]/.test(text)) return false;
  if (!/^[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u.test(text)) return false;
  if (!/[\p{L}.]/u.test(text) || /\.exe$/i.test(text)) return false;
  // The last label of a DNS name is no number (RFC 3696, 2): this keeps version numbers out.
  return !/(?:^|\.)\d+$/.test(text) || !text.includes('.');
}

/** The canonical text of an IP literal; undefined when it is none. */
function canonicalIp(text: string): string | undefined {
  if (isIpv4(text)) return text;
  if (!text.includes(':') || text.length > 100) return undefined;
  const zone = text.indexOf('%');
  const groups = ipv6Groups(zone < 0 ? text : text.slice(0, zone));
  if (!groups) return undefined;
  if (groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff) {
    return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.');
  }
  return compressed(groups);
}

/** Four numbers up to 255 without leading zeros. By hand: an address in a log is new more often than a name is. */
function isIpv4(text: string): boolean {
  const { length } = text;
  if (length < 7 || length > 15) return false;
  let numbers = 0;
  let number = -1;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (number < 0) return false;
      numbers += 1;
      number = -1;
      continue;
    }
    const digit = code - 0x30;
    if (digit < 0 || digit > 9 || number === 0) return false;
    number = number < 0 ? digit : number * 10 + digit;
    if (number > 255) return false;
  }
  return number >= 0 && numbers === 3;
}

function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const lists = halves.map(groupsOf);
  const [head, tail] = lists;
  if (!head || (halves.length === 2 && !tail)) return undefined;
  if (!tail) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): number[] | undefined {
  const groups: number[] = [];
  if (text === '') return groups;
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && isIpv4(part)) {
      const bytes = part.split('.').map(Number);
      groups.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups.length > 8 ? undefined : groups;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function compressed(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = groups.map(group => group.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

/** Blanks, direction marks and byte order marks around a value; Windows itself writes U+200E into some of them. */
function trimMarks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isMark(text.charCodeAt(from))) from++;
  while (to > from && isMark(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isMark(code: number): boolean {
  if (code <= 0x20 || code === 0xa0 || code === 0xfeff || code === 0x3000) return true;
  return code >= 0x2000 && (code <= 0x200f || (code >= 0x2028 && code <= 0x202f) || (code >= 0x205f && code <= 0x2069));
}
