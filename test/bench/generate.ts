import { closeSync, openSync, writeSync } from 'node:fs';
import { JSON_DIALECTS, type JsonDialect } from './json-dialects.js';

/** What to generate. The same options give the same bytes, on any machine. */
export interface ExportShape {
  readonly format: 'xml' | 'csv' | 'ndjson';
  /** About how many bytes; the last event is whole. In UTF-16LE twice as many are written. */
  readonly size: number;
  /** The share of events that tell of a failed proxy attempt, 0 to 1: `sparse` 0.001, `medium` 0.05, `dense` 1. */
  readonly density: number;
  readonly seed: number;
  /** How many (source, destination) pairs the failures are spread over. Default: 200. */
  readonly pairs?: number;
  /** XML: no line break anywhere, as Event Viewer writes. Default: CRLF after each event. */
  readonly oneLine?: boolean;
  /** XML only. Default: utf-8. */
  readonly encoding?: 'utf-8' | 'utf-16le';
  /** XML: the share of events with a rendered message. Default: 0.5. */
  readonly rendered?: number;
  /** NDJSON: who wrote it. Default: `evtx_dump`. */
  readonly dialect?: JsonDialect;
  /** The message of a failure, `%1` to `%4` standing for its values. Default: a French text of the usual length. */
  readonly template?: string;
}

/** The provider and event ID of the failures. Decoys name the provider too, or have another event ID. */
export const FAILURE = { provider: 'MSExchange Web Services', eventId: 10 } as const;

/** An export as Windows writes it, in pieces of about a mebibyte. */
export function* generateExport(shape: ExportShape): Generator<Buffer, { events: number; failures: number }> {
  const random = xorshift(shape.seed);
  const encoding = shape.encoding === 'utf-16le' ? 'utf16le' : 'utf8';
  const writeEvent = { xml: writeXml, csv: writeCsv, ndjson: writeNdjson }[shape.format];
  let text = { xml: xmlHead(shape), csv: CSV_HEAD, ndjson: '' }[shape.format];
  let written = 0;
  let events = 0;
  let failures = 0;
  while (written + text.length < shape.size) {
    const isFailure = random() < shape.density;
    const event = isFailure ? failureEvent(shape, random, events) : otherEvent(random, events);
    text += writeEvent(event, shape, random);
    events += 1;
    if (isFailure) failures += 1;
    if (text.length < 1 << 20) continue;
    written += Buffer.byteLength(text);
    yield Buffer.from(text, encoding);
    text = '';
  }
  if (shape.format === 'xml') text += '</Events>';
  yield Buffer.from(text, encoding);
  return { events, failures };
}

/** The events alone. */
export function* generateEvents(shape: ExportShape, count: number): Generator<GeneratedEvent> {
  const random = xorshift(shape.seed);
  for (let index = 0; index < count; index++) {
    yield random() < shape.density ? failureEvent(shape, random, index) : otherEvent(random, index);
  }
}

/** Writes the export to a file and says how many events it holds. */
export function writeExport(path: string, shape: ExportShape): { events: number; failures: number } {
  const fd = openSync(path, 'w');
  try {
    const pieces = generateExport(shape);
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return value;
      for (let at = 0; at < value.length; ) at += writeSync(fd, value, at);
    }
  } finally {
    closeSync(fd);
  }
}

export interface GeneratedEvent {
  readonly provider: string;
  readonly guid?: string;
  readonly eventId: number;
  readonly qualifiers?: number;
  readonly level: number;
  readonly channel: string;
  readonly computer: string;
  readonly recordId: number;
  readonly time: Date;
  readonly values: readonly string[];
  readonly names?: readonly string[];
  readonly binary?: string;
  readonly message: string;
}

type Random = () => number;

/** 0 to 1, 32 bits of it; xorshift32. */
export function xorshift(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

const START = Date.UTC(2025, 0, 6);
const LOGON_NAMES =
  'SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken'.split(
    ' ',
  );
const FAILED_NAMES =
  'SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus LogonType LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort'.split(
    ' ',
  );

const between = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low));
const host = (index: number): string => `CAS${String(index).padStart(3, '0')}.contoso.local`;

function failureEvent(shape: ExportShape, random: Random, index: number): GeneratedEvent {
  const pair = between(random, 0, shape.pairs ?? 200);
  const width = Math.max(2, Math.ceil(Math.sqrt(shape.pairs ?? 200)) + 1);
  const source = host(pair % width);
  // Never itself: the destinations lie beyond the sources of the same round.
  const destination = host((pair % width) + 1 + Math.floor(pair / width));
  const values = [source, destination, `https://${destination.toLowerCase()}/ews/exchange.asmx`, destination];
  const template = shape.template ?? FRENCH;
  return {
    provider: FAILURE.provider,
    eventId: FAILURE.eventId,
    qualifiers: 49156,
    level: 2,
    channel: 'Application',
    computer: source,
    recordId: 1_000_000 + index,
    time: new Date(START + index * 1700),
    values,
    message: template.replace(/%([1-4])/g, (_, digit: string) => values[Number(digit) - 1]!),
  };
}

function otherEvent(random: Random, index: number): GeneratedEvent {
  const base = {
    level: 4,
    computer: host(between(random, 0, 40)),
    recordId: 1_000_000 + index,
    time: new Date(START + index * 1700 + between(random, 0, 1000)),
  };
  const kind = random();
  if (kind < 0.0004) {
    // A decoy: the provider's name stands in a value.
    return {
      ...base,
      ...SERVICE,
      values: ['MSExchange Web Services', 'running'],
      message: 'MSExchange Web Services : running',
    };
  }
  if (kind < 0.0008) {
    const values = ['w3wp.exe', String(between(random, 1000, 9999))];
    return {
      ...base,
      ...FAILURE,
      eventId: 11,
      channel: 'Application',
      values,
      message: `Processus ${values.join(' ')}`,
    };
  }
  if (kind < 0.25) {
    const state = random() < 0.5 ? 'arrêté' : 'en cours d’exécution';
    const service = SERVICES[between(random, 0, SERVICES.length)]!;
    return {
      ...base,
      ...SERVICE,
      values: [service, state],
      names: ['param1', 'param2'],
      binary: Buffer.from(`${service}/4\0`, 'utf16le').toString('hex').toUpperCase(),
      message: `Le service ${service} est entré dans l’état :\u00a0${state}.`,
    };
  }
  const isFailed = kind < 0.5;
  const names = isFailed ? FAILED_NAMES : LOGON_NAMES;
  const user = `utilisateur${between(random, 0, 5000)}`;
  const values = names.map(name => logonValue(name, user, random));
  return {
    ...base,
    provider: 'Microsoft-Windows-Security-Auditing',
    guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    eventId: isFailed ? 4625 : 4624,
    level: 0,
    channel: 'Security',
    values,
    names,
    message: `${isFailed ? 'Échec' : 'Réussite'} d’ouverture de session.\r\n\r\nSujet\u00a0:\r\n\tID de sécurité\u00a0:\t\t${values[0]}\r\n\tNom du compte\u00a0:\t\t<${user}> & «\u00a0${values[6]}\u00a0»\r\n\r\nInformations sur le réseau\u00a0:\r\n\tNom de la station de travail\u00a0: ${values[11]}`,
  };
}

const SERVICE = {
  provider: 'Service Control Manager',
  guid: '{555908d1-a6d7-4695-8e1e-26931d2012f4}',
  eventId: 7036,
  qualifiers: 16384,
  channel: 'System',
};
const SERVICES = [
  'Windows Update',
  'Service de transfert intelligent en arrière-plan',
  'Spouleur d’impression',
  'DHCP & DNS',
  'WinHTTP',
];

function logonValue(name: string, user: string, random: Random): string {
  if (name.endsWith('UserSid')) return `S-1-5-21-1004336348-1177238915-682003330-${between(random, 500, 9999)}`;
  if (name.endsWith('UserName')) return user;
  if (name.endsWith('DomainName')) return 'CONTOSO';
  if (name.endsWith('LogonId')) return `0x${between(random, 0, 0x7fffffff).toString(16)}`;
  if (name === 'IpAddress')
    return `10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 255)}`;
  if (name === 'IpPort') return String(between(random, 1024, 65_535));
  if (name === 'LogonGuid') return '{00000000-0000-0000-0000-000000000000}';
  if (name === 'ProcessName') return 'C:\\Windows\\System32\\inetsrv\\w3wp.exe';
  if (name === 'ProcessId') return `0x${between(random, 500, 20_000).toString(16)}`;
  if (name === 'Status') return '0xc000006d';
  if (name === 'SubStatus') return '0xc000006a';
  if (name === 'FailureReason') return '%%2313';
  if (name === 'WorkstationName') return `POSTE${between(random, 0, 3000)}`;
  if (name === 'LogonType') return '3';
  if (name === 'KeyLength') return '128';
  return name.endsWith('Name') ? 'Kerberos' : '-';
}

const FRENCH =
  "Le serveur d'accès client %1 n'a pas pu transmettre une requête des services web au serveur d'accès client %2, car la connexion entre les deux serveurs n'a pas été authentifiée. Vérifiez que le nom d'hôte dans %3 est enregistré et que le serveur qui héberge %4 accepte l'authentification intégrée.";

function xmlHead(shape: ExportShape): string {
  return `\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>${shape.oneLine ? '' : '\r\n'}<Events>${shape.oneLine ? '' : '\r\n'}`;
}

function writeXml(event: GeneratedEvent, shape: ExportShape, random: Random): string {
  const guid = event.guid === undefined ? '' : ` Guid='${event.guid}'`;
  const qualifiers = event.qualifiers === undefined ? '' : ` Qualifiers='${event.qualifiers}'`;
  const data = event.values
    .map(
      (value, at) => `<Data${event.names === undefined ? '' : ` Name='${event.names[at]}'`}>${xmlText(value)}</Data>`,
    )
    .join('');
  const binary = event.binary === undefined ? '' : `<Binary>${event.binary}</Binary>`;
  const ticks = String(between(random, 0, 10_000)).padStart(4, '0');
  const time = `${event.time.toISOString().slice(0, -1)}${ticks}Z`;
  const rendering =
    random() < (shape.rendered ?? 0.5)
      ? `<RenderingInfo Culture='fr-FR'><Message>${xmlText(event.message)}</Message><Level>Information</Level><Task>Ouverture de session</Task><Opcode>Informations</Opcode><Channel>${event.channel}</Channel><Provider>${event.provider}</Provider><Keywords><Keyword>Classique</Keyword></Keywords></RenderingInfo>`
      : '';
  return `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${event.provider}'${guid}/><EventID${qualifiers}>${event.eventId}</EventID><Version>0</Version><Level>${event.level}</Level><Task>12544</Task><Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='${time}'/><EventRecordID>${event.recordId}</EventRecordID><Correlation/><Execution ProcessID='${between(random, 400, 9000)}' ThreadID='${between(random, 400, 9000)}'/><Channel>${event.channel}</Channel><Computer>${event.computer}</Computer><Security/></System><EventData>${data}${binary}</EventData>${rendering}</Event>${shape.oneLine ? '' : '\r\n'}`;
}

function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;');
}

/** Event Viewer writes five headers for six fields. */
const CSV_HEAD = '\ufeffNiveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche\r\n';

function writeCsv(event: GeneratedEvent): string {
  const [year, month, day] = event.time.toISOString().slice(0, 10).split('-');
  const level = event.level === 2 ? 'Erreur' : 'Information';
  const when = `${day}/${month}/${year} ${event.time.toISOString().slice(11, 19)}`;
  const message = event.message.replaceAll('"', '""');
  return `${level},${when},${event.provider},${event.eventId},Aucun,"${message}"\r\n`;
}

function writeNdjson(event: GeneratedEvent, shape: ExportShape): string {
  return `${JSON.stringify(JSON_DIALECTS[shape.dialect ?? 'evtx_dump'](event))}\n`;
}
