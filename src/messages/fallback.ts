import type { Inversion } from './invert.js';
import { MessageViews, originalSlice } from './normalise.js';
import { READINGS_LIMIT } from './readings.js';
import type { CompiledTemplate } from './template.js';

/**
 * Windows shows a text of its own when it finds no template: that the description of the event cannot be found, and then
 * the raw strings, one a line (Event Viewer), or quoted or bare with commas between (Get-EventLog, Windows 2003). Gives
 * the strings back; undefined when the message is no such text.
 *
 * Nothing tells a line break inside a string from the one after it. So several lines are `exact` only where a template
 * of the event says how many strings there are; else `ambiguous`, each line taken for a string.
 */
export function invertFallback(
  message: string,
  candidates: readonly { readonly compiled: CompiledTemplate }[],
): (Inversion & { readonly culture: string }) | undefined {
  const languages = BY_START[message.charCodeAt(0)];
  if (languages === undefined) return undefined;
  const views = new MessageViews(message);
  const viewed = views.get('folded')!;
  for (const language of languages) {
    const section = findStrings(viewed.text, language);
    if (section === undefined) continue;
    const pieces = splitStrings(viewed.text, section.start, section.end, section.form);
    const insertions = pieces.map(([from, to]) => originalSlice(message, viewed, from, to));
    return { ...judge(insertions, candidates), culture: language.culture, view: viewed.begins ? 'folded' : 'verbatim' };
  }
  return undefined;
}

/** A cheap look whether `invertFallback` is worth calling. */
export function mayBeFallback(message: string): boolean {
  const first = message.charCodeAt(0);
  if (STARTS[first] !== 1) return false;
  // The first word, from its end, since more messages start with the same article: what follows may hold another
  // apostrophe or space.
  return BY_START[first]!.some(({ head }) => {
    const start = head[0]!;
    let at = Math.min(WORD, start.length) - 1;
    while (at > 0 && message.charCodeAt(at) === start.charCodeAt(at)) at--;
    return at <= 0;
  });
}

function judge(
  insertions: readonly string[],
  candidates: readonly { readonly compiled: CompiledTemplate }[],
): Inversion {
  const count = insertions.length;
  if (count <= 1) return { certainty: 'exact', insertions };
  if (candidates.some(({ compiled }) => compiled.insertCount === count)) return { certainty: 'exact', insertions };
  return {
    certainty: 'ambiguous',
    insertions,
    readings: Math.min(READINGS_LIMIT, 2 ** (count - 1)),
    reason: 'strings',
  };
}

interface Language {
  readonly culture: string;
  /** What the text starts with, and what stands between and after event ID and source, in order; folded. */
  readonly head: readonly string[];
  /** What stands before the strings; where it does not, any line that ends in a colon before an empty line does. */
  readonly markers: readonly string[];
  /** What may stand after the strings: why the template was not found. */
  readonly trailers: readonly string[];
}

/**
 * Texts as Windows shows them: en, fr, de, ja and zh-CN as whole texts in public event logs and sources; the first
 * sentences of es, it, ru and ko likewise; pt-BR, zh-TW and the remaining markers from translated documentation, where
 * the structure (a line ending in a colon, an empty line) serves if the wording differs.
 */
const LANGUAGES: readonly Language[] = [
  {
    culture: 'en-US',
    head: ['The description for Event ID', 'ource ', 'cannot be found.'],
    markers: [
      'The following information was included with the event:',
      'The following information is part of the event:',
    ],
    trailers: [
      'The message resource is present but the message was not found in the message table',
      'the message resource is present but the message is not found in the string/message table',
      'The message resource is present but the message is not found in the string/message table',
      'The specified resource type cannot be found in the image file',
      'The locale specific resource for the desired message is not present',
      'The publisher has been disabled and its resource is not available. This usually occurs when the publisher is in the process of being uninstalled or upgraded',
      'The system cannot find the file specified',
      'The handle is invalid',
      'The parameter is incorrect',
    ],
  },
  {
    culture: 'fr-FR',
    head: ["La description de l'ID d'événement", 'dans la source', 'est introuvable.'],
    markers: [
      "Les informations suivantes étaient incluses avec l'événement :",
      "Les informations suivantes étaient incluses avec l'événement:",
    ],
    trailers: [
      'La ressource de message est présente, mais le message est introuvable dans la table des messages',
      "La ressource de message est présente, mais le message n'a pas été trouvé dans la table des messages",
    ],
  },
  {
    culture: 'de-DE',
    head: ['Die Beschreibung für', 'aus der Quelle', 'gefunden'],
    markers: ['Die folgenden Informationen wurden mit dem Ereignis gespeichert:'],
    trailers: [
      'Die Meldungsressource ist vorhanden, aber die Meldung wurde nicht in der Meldungstabelle gefunden',
      'Die Nachrichtenressource ist vorhanden, aber die Nachricht wurde nicht in der Nachrichtentabelle gefunden',
    ],
  },
  {
    culture: 'es-ES',
    head: ['No se puede encontrar la descripción del', 'origen'],
    markers: [
      'La siguiente información se incluyó con el evento:',
      'Se incluyó la siguiente información con el evento:',
    ],
    trailers: ['El recurso de mensaje está presente, pero no se encontró el mensaje en la tabla de mensajes'],
  },
  {
    culture: 'it-IT',
    head: ["Impossibile trovare la descrizione per l'ID evento", 'origine'],
    markers: [
      "Le seguenti informazioni sono state incluse nell'evento:",
      "Le seguenti informazioni erano incluse nell'evento:",
    ],
    trailers: ['La risorsa del messaggio è presente, ma il messaggio non è stato trovato nella tabella dei messaggi'],
  },
  {
    culture: 'ru-RU',
    head: ['Не найдено описание для события с кодом', 'источник'],
    markers: [
      'К событию были добавлены следующие сведения:',
      'К событию добавлены следующие сведения:',
      'В записи события содержится следующая информация:',
    ],
    trailers: ['Ресурс сообщения существует, но сообщение не найдено в таблице сообщений'],
  },
  {
    culture: 'ja-JP',
    head: ['ソース', 'イベント ID', 'の説明が見つかりません。'],
    markers: ['イベントには次の情報が含まれています:'],
    trailers: ['メッセージ リソースは存在しますが、メッセージがメッセージ テーブルに見つかりませんでした。'],
  },
  {
    culture: 'ja-JP',
    head: ['イベント ID', 'の説明が見つかりません。'],
    markers: ['イベントには次の情報が含まれています:'],
    trailers: ['メッセージ リソースは存在しますが、メッセージがメッセージ テーブルに見つかりませんでした。'],
  },
  {
    culture: 'zh-CN',
    head: ['无法找到来自源', '的事件 ID', '的描述。'],
    markers: ['以下是包含在事件中的信息:'],
    trailers: ['消息资源存在,但在消息表中找不到该消息。', '消息资源存在,但在字符串/消息表中找不到该消息。'],
  },
  {
    culture: 'zh-TW',
    head: ['找不到', '事件識別碼', '描述'],
    markers: ['下列資訊已包含在事件中:', '事件包含下列資訊:', '以下資訊包含在事件中:'],
    trailers: ['訊息資源存在,但在訊息表格中找不到該訊息。'],
  },
  {
    culture: 'ko-KR',
    head: ['원본', '이벤트 ID', '설명을 찾을 수 없습니다.'],
    markers: ['다음 정보가 이벤트에 포함되어 있습니다:', '이벤트에 다음 정보가 포함되어 있습니다:'],
    trailers: ['메시지 리소스가 있지만 메시지 테이블에 메시지가 없습니다.'],
  },
  {
    culture: 'pt-BR',
    head: ['Não foi possível encontrar a descrição', 'vento'],
    markers: [
      'As seguintes informações foram incluídas com o evento:',
      'As seguintes informações foram incluídas no evento:',
    ],
    trailers: ['O recurso de mensagem está presente, mas a mensagem não foi encontrada na tabela de mensagens'],
  },
  {
    culture: 'pt-BR',
    head: ['A descrição', 'vento', 'não pode ser encontrada.'],
    markers: [
      'As seguintes informações foram incluídas com o evento:',
      'As seguintes informações foram incluídas no evento:',
    ],
    trailers: ['O recurso de mensagem está presente, mas a mensagem não foi encontrada na tabela de mensagens'],
  },
];

/** So many characters of a head are free of what tolerance alters. */
const WORD = 8;
/** By the code of the first character. */
const BY_START: Readonly<Record<number, readonly Language[]>> = byStart();

/** 1 for each of these characters. */
const STARTS = new Uint8Array(65_536);
for (const code of Object.keys(BY_START)) STARTS[Number(code)] = 1;

function byStart(): Record<number, Language[]> {
  const groups: Record<number, Language[]> = {};
  for (const language of LANGUAGES) {
    const code = language.head[0]!.charCodeAt(0);
    groups[code] = [...(groups[code] ?? []), language];
  }
  return groups;
}

/** The first sentence names event ID and source; it ends within so many characters. */
const HEAD_LENGTH = 600;

type Form = 'lines' | 'quoted' | 'commas';

function findStrings(text: string, language: Language): { start: number; end: number; form: Form } | undefined {
  const head = normaliseColon(text.slice(0, HEAD_LENGTH));
  if (!head.startsWith(language.head[0]!)) return undefined;
  let at = language.head[0]!.length;
  for (const piece of language.head.slice(1)) {
    const found = head.indexOf(piece, at);
    if (found < 0) return undefined;
    at = found + piece.length;
  }
  const marked = findMarker(normaliseColon(text), at, language);
  if (marked < 0) return undefined;
  const end = withoutTrailer(text, marked, language);
  let start = marked;
  while (start < end && text[start] === ' ') start++;
  if (text[start] === '\n') {
    start++;
    // The strings follow after one empty line.
    let next = start;
    while (next < end && (text[next] === ' ' || text[next] === '\t')) next++;
    if (text[next] === '\n') start = next + 1;
    return { start, end, form: 'lines' };
  }
  return { start, end, form: text[start] === "'" && text[end - 1] === "'" ? 'quoted' : 'commas' };
}

function normaliseColon(text: string): string {
  return text.replaceAll('\uff1a', ':').replaceAll('\uff0c', ',');
}

function findMarker(text: string, from: number, language: Language): number {
  for (const marker of language.markers) {
    const at = text.indexOf(marker, from);
    if (at >= 0) return at + marker.length;
  }
  const line = /:[ \t]*\n[ \t]*\n/g;
  line.lastIndex = from;
  const found = line.exec(text);
  return found === null ? -1 : found.index + 1;
}

/** Where the strings end: before the known reason that may follow them, and before trailing line breaks. */
function withoutTrailer(text: string, from: number, language: Language): number {
  let end = text.length;
  while (end > from && text[end - 1] === '\n') end--;
  for (const trailer of language.trailers) {
    const plain = normaliseColon(text.slice(Math.max(from, end - trailer.length - 1), end));
    const at = plain.lastIndexOf(trailer);
    if (at < 0 || plain.length - at > trailer.length + 1) continue;
    end -= plain.length - at;
    while (end > from && (text[end - 1] === '\n' || text[end - 1] === ' ')) end--;
    break;
  }
  return end;
}

/** Bounds of the strings in `[start, end)`. */
function splitStrings(text: string, start: number, end: number, form: Form): [from: number, to: number][] {
  const separator = form === 'lines' ? '\n' : form === 'quoted' ? "', '" : ', ';
  let from = form === 'quoted' ? start + 1 : start;
  const last = form === 'quoted' ? end - 1 : form === 'commas' && text[end - 1] === '.' ? end - 1 : end;
  const pieces: [number, number][] = [];
  if (from >= last) return form === 'quoted' && end - start >= 2 ? [[from, from]] : [];
  for (;;) {
    const at = text.indexOf(separator, from);
    if (at < 0 || at >= last) break;
    pieces.push([from, at]);
    from = at + separator.length;
  }
  pieces.push([from, last]);
  return pieces;
}
