import { fold } from '../viewer-csv/languages.js';

/** What a label line of a copied event holds. */
export type TextField =
  | 'log'
  | 'source'
  | 'date'
  | 'eventId'
  | 'category'
  | 'level'
  | 'keywords'
  | 'user'
  | 'computer'
  | 'description'
  | 'opcode';

const FIELDS = [
  'log',
  'source',
  'date',
  'eventId',
  'category',
  'level',
  'keywords',
  'user',
  'computer',
  'description',
] as const;

/**
 * The labels in the order of "Copy details as text", a language a row; `/` parts variants. From public postings of such
 * text; rows with a `?` were put together from Event Viewer's other words and not seen whole.
 */
const LABELS: Readonly<Record<string, string>> = {
  en: 'Log Name|Source|Date|Event ID|Task Category|Level|Keywords|User|Computer|Description',
  de: 'Protokollname|Quelle|Datum|Ereignis-ID|Aufgabenkategorie|Ebene|Schlüsselwörter|Benutzer|Computer|Beschreibung',
  fr: "Nom du journal/Journal|Source|Date|ID de l'événement/ID d'événement|Catégorie de la tâche/Catégorie|Niveau|Mots clés/Mots-clés|Utilisateur|Ordinateur|Description ?",
  es: 'Nombre de registro|Origen|Fecha|Id. del evento/Id. de evento/Id. suceso|Categoría de la tarea/Categoría de tarea|Nivel|Palabras clave|Usuario|Equipo|Descripción ?',
  it: 'Nome registro/Nome log|Origine|Data|ID evento|Categoria attività|Livello|Parole chiave|Utente|Computer|Descrizione',
  ru: 'Имя журнала|Источник|Дата|Код события|Категория задачи|Уровень|Ключевые слова|Пользователь|Компьютер|Описание',
  ja: 'ログの名前|ソース|日付|イベント ID|タスクのカテゴリ|レベル|キーワード|ユーザー|コンピューター|説明',
  'zh-CN': '日志名称|来源|日期|事件 ID|任务类别|级别|关键字|用户|计算机|描述',
  'zh-TW': '記錄檔名稱|來源|日期|事件識別碼|工作類別|層級|關鍵字|使用者|電腦|描述',
  ko: '로그 이름|원본|날짜|이벤트 ID|작업 범주|수준|키워드|사용자|컴퓨터|설명',
  pt: 'Nome do Log|Fonte|Data|Identificação do Evento/ID do Evento|Categoria da Tarefa|Nível|Palavras-chave|Usuário/Utilizador|Computador|Descrição ?',
  nl: 'Logboeknaam|Bron|Datum|Gebeurtenis-id|Taakcategorie|Niveau|Trefwoorden|Gebruiker|Computer|Beschrijving ?',
  pl: 'Nazwa dziennika|Źródło|Data|Identyfikator zdarzenia|Kategoria zadania|Poziom|Słowa kluczowe|Użytkownik|Komputer|Opis ?',
  cs: 'Název protokolu|Zdroj|Datum|ID události|Kategorie úlohy|Úroveň|Klíčová slova|Uživatel|Počítač|Popis ?',
  sv: 'Loggnamn|Källa|Datum|Händelse-ID|Aktivitetskategori|Nivå|Nyckelord|Användare|Dator|Beskrivning ?',
  tr: 'Günlük Adı|Kaynak|Tarih|Olay Kimliği|Görev Kategorisi|Düzey|Anahtar Sözcükler|Kullanıcı|Bilgisayar|Açıklama ?',
};

const LONGEST_LABEL = 40;

/** A line `Label: value`, with whatever blanks around the colon; undefined when it starts with no known label. */
export function labelOf(line: string): { readonly field: TextField; readonly value: string } | undefined {
  const colon = line.search(/[:：]/);
  if (colon <= 0 || colon > LONGEST_LABEL + 8) return undefined;
  const field = fieldOf(fold(line.slice(0, colon).trim()));
  return field === undefined ? undefined : { field, value: line.slice(colon + 1).trim() };
}

function fieldOf(word: string): TextField | undefined {
  fields ??= new Map([
    ...Object.values(LABELS).flatMap(row =>
      row
        .replace(/ \?$/, '')
        .split('|')
        .flatMap((words, at) => words.split('/').map((word): [string, TextField] => [fold(word), FIELDS[at]!])),
    ),
    // wevtutil's own, which it does not translate.
    ['task', 'category'],
    ['opcode', 'opcode'],
    ['keyword', 'keywords'],
    ['user name', 'user'],
  ]);
  return fields.get(word);
}

/** Made at the first need: folding the labels of all languages takes time that no input of another form should pay. */
let fields: ReadonlyMap<string, TextField> | undefined;

/** The language whose label of the log's name starts this line, as a BCP 47 tag. */
export function languageOf(line: string): string | undefined {
  const word = fold(line.slice(0, LONGEST_LABEL).split(/[:：]/, 1)[0] ?? '');
  return Object.keys(LABELS).find(tag =>
    LABELS[tag]!.split('|', 1)[0]!
      .split('/')
      .some(log => fold(log) === word),
  );
}

/** wevtutil's heading `Event[12]:` (newer ones leave out the colon). */
export function isEventHeading(line: string): boolean {
  return /^\ufeff?Event\[\d{1,10}\]:?\s*$/.test(line);
}

/** The heading of the XML behind a copied event: `Event Xml:`, `事件 Xml:`, `XML de l'événement :`. */
export function isXmlHeading(line: string): boolean {
  return line.length <= 60 && /xml.{0,24}[:：]\s*$/i.test(line);
}
