import { localParts, usDate } from './form.js';
import type { FormEvent } from './form-events.js';

/** Event Viewer's words in one language: headers, then error, warning and information; and the region's date. */
interface Viewer {
  readonly headers: string;
  readonly levels: readonly [string, string, string];
  readonly date: (event: FormEvent) => string;
}

const dottedDate = (event: FormEvent) => {
  const { y, m, d, time } = localParts(event);
  return `${d}.${m}.${y} ${time}`;
};
const slashedDate = (event: FormEvent) => {
  const { y, m, d, time } = localParts(event);
  return `${d}/${m}/${y} ${time}`;
};
const yearFirst = (event: FormEvent) => {
  const { y, m, d, time } = localParts(event);
  return `${y}/${m}/${d} ${time}`;
};
/** The marker before the time, of twelve hours. */
const markerFirst = (am: string, pm: string) => (event: FormEvent) => {
  const { y, m, d, hour, mmss } = localParts(event);
  const twelve = String(hour % 12 === 0 ? 12 : hour % 12).padStart(2, '0');
  return `${y}/${Number(m)}/${Number(d)} ${hour < 12 ? am : pm} ${twelve}:${mmss}`;
};
const spanishDate = (event: FormEvent) => {
  const { y, m, d, hour, mmss } = localParts(event);
  return `${d}/${m}/${y} ${hour % 12 === 0 ? 12 : hour % 12}:${mmss} ${hour < 12 ? 'a' : 'p'}.\u00a0m.`;
};

export const VIEWERS = {
  en: {
    headers: 'Level,Date and Time,Source,Event ID,Task Category',
    levels: ['Error', 'Warning', 'Information'],
    date: usDate,
  },
  de: {
    headers: 'Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie',
    levels: ['Fehler', 'Warnung', 'Informationen'],
    date: dottedDate,
  },
  fr: {
    headers: 'Niveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche',
    levels: ['Erreur', 'Avertissement', 'Information'],
    date: slashedDate,
  },
  es: {
    headers: 'Nivel,Fecha y hora,Origen,Id. del evento,Categoría de la tarea',
    levels: ['Error', 'Advertencia', 'Información'],
    date: spanishDate,
  },
  it: {
    headers: 'Livello,Data e ora,Origine,ID evento,Categoria attività',
    levels: ['Errore', 'Avviso', 'Informazioni'],
    date: slashedDate,
  },
  pt: {
    headers: 'Nível,Data e Hora,Fonte,ID do Evento,Categoria da Tarefa',
    levels: ['Erro', 'Aviso', 'Informações'],
    date: slashedDate,
  },
  ru: {
    headers: 'Уровень,Дата и время,Источник,Код события,Категория задачи',
    levels: ['Ошибка', 'Предупреждение', 'Сведения'],
    date: dottedDate,
  },
  ja: {
    headers: 'レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ',
    levels: ['エラー', '警告', '情報'],
    date: yearFirst,
  },
  'zh-CN': { headers: '级别,日期和时间,来源,事件 ID,任务类别', levels: ['错误', '警告', '信息'], date: yearFirst },
  'zh-TW': {
    headers: '層級,日期和時間,來源,事件識別碼,工作類別',
    levels: ['錯誤', '警告', '資訊'],
    date: markerFirst('上午', '下午'),
  },
  ko: {
    headers: '수준,날짜 및 시간,원본,이벤트 ID,작업 범주',
    levels: ['오류', '경고', '정보'],
    date: markerFirst('오전', '오후'),
  },
} satisfies Record<string, Viewer>;

export type ViewerLanguage = keyof typeof VIEWERS;

export const quoteIfNeeded = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** Event Viewer's "Save … as CSV": five headers, six cells, a byte order mark. */
export function viewerCsv(language: ViewerLanguage) {
  const { headers, levels, date }: Viewer = VIEWERS[language];
  return (events: readonly FormEvent[]): Uint8Array => {
    const rows = events.map(event =>
      [levels[event.level - 2]!, date(event), event.provider, String(event.eventId), '', event.message]
        .map(quoteIfNeeded)
        .join(','),
    );
    return Buffer.from(`\ufeff${[headers, ...rows].map(row => `${row}\r\n`).join('')}`);
  };
}

/** Event Viewer's "Save … as text": tabs, and the message in quotes with whatever it holds. */
export function viewerText(language: ViewerLanguage) {
  const { headers, levels, date }: Viewer = VIEWERS[language];
  return (events: readonly FormEvent[]): Uint8Array => {
    const rows = events.map(event =>
      [
        levels[event.level - 2]!,
        date(event),
        event.provider,
        String(event.eventId),
        '',
        `"${event.message.replaceAll('"', '""')}"`,
      ].join('\t'),
    );
    return Buffer.from(`\ufeff${[headers.replaceAll(',', '\t'), ...rows].map(row => `${row}\r\n`).join('')}`);
  };
}

/** What the Security log begins with, and columns that a user may add, in the languages where the words are known. */
const ADDED = {
  en: { keywords: 'Keywords', log: 'Log', computer: 'Computer' },
  de: { keywords: 'Schlüsselwörter', log: 'Protokoll', computer: 'Computer' },
  fr: { keywords: 'Mots clés', log: 'Journal', computer: 'Ordinateur' },
  ja: { keywords: 'キーワード', log: 'ログ', computer: 'コンピューター' },
} as const;

export const ADDED_LANGUAGES = Object.keys(ADDED) as (keyof typeof ADDED)[];

/** The Security log as CSV: keywords in the place of the level. */
export function securityCsv(language: keyof typeof ADDED) {
  const { headers, date }: Viewer = VIEWERS[language];
  return (events: readonly FormEvent[]): Uint8Array => {
    const rows = events.map(event =>
      ['Audit Failure', date(event), event.provider, String(event.eventId), 'Logon', event.message]
        .map(quoteIfNeeded)
        .join(','),
    );
    const header = [ADDED[language].keywords, ...headers.split(',').slice(1)].join(',');
    return Buffer.from(`\ufeff${[header, ...rows].map(row => `${row}\r\n`).join('')}`);
  };
}

/** With the columns of the log and the computer; parted by semicolons, as a spreadsheet saves it again. */
export function widerCsv(language: keyof typeof ADDED) {
  const { headers, levels, date }: Viewer = VIEWERS[language];
  const quote = (cell: string) => (/[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return (events: readonly FormEvent[]): Uint8Array => {
    const rows = events.map(event =>
      [
        ...[levels[event.level - 2]!, date(event), event.provider, String(event.eventId), '', event.channel],
        ...[event.computer, event.message],
      ]
        .map(quote)
        .join(';'),
    );
    const header = [...headers.split(','), ADDED[language].log, ADDED[language].computer].join(';');
    return Buffer.from(`\ufeff${[header, ...rows].map(row => `${row}\r\n`).join('')}`);
  };
}

/** Windows 2000 and 2003: no header, date and time apart, the computer before the description. */
export function oldCsv(events: readonly FormEvent[]): Uint8Array {
  const rows = events.map(event => {
    const [date = '', ...time] = usDate(event).split(' ');
    const type = VIEWERS.en.levels[event.level - 2]!;
    const cells = [date, time.join(' '), event.provider, type, 'None', String(event.eventId), 'N/A', event.computer];
    return [...cells, event.message].map(quoteIfNeeded).join(',');
  });
  return Buffer.from(rows.map(row => `${row}\r\n`).join(''));
}

/** The labels of "Copy details as text", from the log's name to the description. */
const COPIED_LABELS = {
  en: [
    'Log Name',
    'Source',
    'Date',
    'Event ID',
    'Task Category',
    'Level',
    'Keywords',
    'User',
    'Computer',
    'Description',
  ],
  de: [
    'Protokollname',
    'Quelle',
    'Datum',
    'Ereignis-ID',
    'Aufgabenkategorie',
    'Ebene',
    'Schlüsselwörter',
    'Benutzer',
    'Computer',
    'Beschreibung',
  ],
  fr: [
    'Nom du journal ',
    'Source ',
    'Date ',
    'ID de l’événement ',
    'Catégorie de la tâche ',
    'Niveau ',
    'Mots clés ',
    'Utilisateur ',
    'Ordinateur ',
    'Description ',
  ],
  es: [
    'Nombre de registro',
    'Origen',
    'Fecha',
    'Id. del evento',
    'Categoría de la tarea',
    'Nivel',
    'Palabras clave',
    'Usuario',
    'Equipo',
    'Descripción',
  ],
  it: [
    'Nome registro',
    'Origine',
    'Data',
    'ID evento',
    'Categoria attività',
    'Livello',
    'Parole chiave',
    'Utente',
    'Computer',
    'Descrizione',
  ],
  ru: [
    'Имя журнала',
    'Источник',
    'Дата',
    'Код события',
    'Категория задачи',
    'Уровень',
    'Ключевые слова',
    'Пользователь',
    'Компьютер',
    'Описание',
  ],
  ja: [
    'ログの名前',
    'ソース',
    '日付',
    'イベント ID',
    'タスクのカテゴリ',
    'レベル',
    'キーワード',
    'ユーザー',
    'コンピューター',
    '説明',
  ],
  'zh-CN': ['日志名称', '来源', '日期', '事件 ID', '任务类别', '级别', '关键字', '用户', '计算机', '描述'],
  'zh-TW': ['記錄檔名稱', '來源', '日期', '事件識別碼', '工作類別', '層級', '關鍵字', '使用者', '電腦', '描述'],
  ko: ['로그 이름', '원본', '날짜', '이벤트 ID', '작업 범주', '수준', '키워드', '사용자', '컴퓨터', '설명'],
} satisfies Partial<Record<ViewerLanguage, readonly string[]>>;

/** Languages of which only the labels are known, not the words of the levels. */
const FURTHER_LABELS = {
  pt: 'Nome do Log|Fonte|Data|Identificação do Evento|Categoria da Tarefa|Nível|Palavras-chave|Usuário|Computador|Descrição',
  nl: 'Logboeknaam|Bron|Datum|Gebeurtenis-id|Taakcategorie|Niveau|Trefwoorden|Gebruiker|Computer|Beschrijving',
  pl: 'Nazwa dziennika|Źródło|Data|Identyfikator zdarzenia|Kategoria zadania|Poziom|Słowa kluczowe|Użytkownik|Komputer|Opis',
  cs: 'Název protokolu|Zdroj|Datum|ID události|Kategorie úlohy|Úroveň|Klíčová slova|Uživatel|Počítač|Popis',
  sv: 'Loggnamn|Källa|Datum|Händelse-ID|Aktivitetskategori|Nivå|Nyckelord|Användare|Dator|Beskrivning',
  tr: 'Günlük Adı|Kaynak|Tarih|Olay Kimliği|Görev Kategorisi|Düzey|Anahtar Sözcükler|Kullanıcı|Bilgisayar|Açıklama',
};

export const FURTHER_LANGUAGES = Object.keys(FURTHER_LABELS) as (keyof typeof FURTHER_LABELS)[];

export const COPIED_LANGUAGES = Object.keys(COPIED_LABELS) as (keyof typeof COPIED_LABELS)[];

/** "Copy details as text", one event after the other; with the event's XML where `xml` gives it. */
export function copiedDetails(language: keyof typeof COPIED_LABELS, xml?: (event: FormEvent) => string) {
  const { levels, date }: Viewer = VIEWERS[language];
  return (events: readonly FormEvent[]) => copied(events, COPIED_LABELS[language], levels, date, xml);
}

/** The same in a language of which only the labels are known. */
export function furtherDetails(language: keyof typeof FURTHER_LABELS) {
  const labels = FURTHER_LABELS[language].split('|');
  return (events: readonly FormEvent[]) => copied(events, labels, ['-', '-', '-'], slashedDate);
}

function copied(
  events: readonly FormEvent[],
  labels: readonly string[],
  levels: Viewer['levels'],
  date: Viewer['date'],
  xml?: (event: FormEvent) => string,
): Uint8Array {
  const items = events.map(event => {
    const values = [
      ...[event.channel, event.provider, date(event), String(event.eventId), '(1)', levels[event.level - 2]!],
      ...['Classic', 'N/A', event.computer, ''],
    ];
    const lines = values.map((value, at) => `${`${labels[at]}:`.padEnd(15)}${value}`.trimEnd());
    const block = xml === undefined ? '' : `Event Xml:\r\n${xml(event)}\r\n`;
    return `${lines.join('\r\n')}\r\n${event.message}\r\n${block}`;
  });
  return Buffer.from(items.join('\r\n'));
}

/** `wevtutil qe LOG /f:text`: labels always in English; the time as `time` gives it. */
export function wevtutilText(time: (event: FormEvent) => string) {
  return (events: readonly FormEvent[]): Uint8Array => {
    const items = events.map((event, at) =>
      [
        `Event[${at}]:`,
        `  Log Name: ${event.channel}`,
        `  Source: ${event.provider}`,
        `  Date: ${time(event)}`,
        `  Event ID: ${event.eventId}`,
        '  Task: N/A',
        `  Level: ${VIEWERS.en.levels[event.level - 2]}`,
        '  Opcode: Info',
        '  Keyword: Classic',
        '  User: N/A',
        '  User Name: N/A',
        `  Computer: ${event.computer}`,
        '  Description: ',
        event.message,
        '',
        '',
      ].join('\r\n'),
    );
    return Buffer.from(items.join(''));
  };
}
