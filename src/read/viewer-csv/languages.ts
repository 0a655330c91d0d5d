/** The words that Event Viewer writes in one language of its interface. */
export interface ViewerLanguage {
  /** BCP 47 tag. */
  readonly tag: string;
  /** True when a real export or a public reader of such exports shows this header; false when it was put together from other sources. */
  readonly isProved: boolean;
  readonly level: string;
  readonly keywords: string;
  readonly date: string;
  readonly source: string;
  readonly eventId: string;
  readonly category: string;
  /** Columns that a user can add to the view; absent where the word is not known. */
  readonly log?: string;
  readonly computer?: string;
  readonly user?: string;
  readonly description?: string;
  /** The words of the level column with their numbers. Those in `unprovedLevels` are not seen in a real export. */
  readonly levels: Readonly<Record<string, 1 | 2 | 3 | 4 | 5>>;
  readonly unprovedLevels?: readonly string[];
}

/**
 * Apostrophes stand here as U+0027 and spaces as U+0020; a header is compared after the same folding, without regard
 * to case. Windows takes these words from the interface language, dates from the region: the two are independent.
 */
export const VIEWER_LANGUAGES: readonly ViewerLanguage[] = [
  {
    tag: 'en',
    isProved: true,
    level: 'Level',
    keywords: 'Keywords',
    date: 'Date and Time',
    source: 'Source',
    eventId: 'Event ID',
    category: 'Task Category',
    log: 'Log',
    computer: 'Computer',
    user: 'User',
    description: 'Description',
    levels: { Critical: 1, Error: 2, Warning: 3, Information: 4, Verbose: 5 },
  },
  {
    tag: 'de',
    isProved: true,
    level: 'Ebene',
    keywords: 'Schlüsselwörter',
    date: 'Datum und Uhrzeit',
    source: 'Quelle',
    eventId: 'Ereignis-ID',
    category: 'Aufgabenkategorie',
    log: 'Protokoll',
    computer: 'Computer',
    user: 'Benutzer',
    description: 'Beschreibung',
    levels: { Kritisch: 1, Fehler: 2, Warnung: 3, Informationen: 4, Ausführlich: 5 },
    unprovedLevels: ['Kritisch', 'Warnung', 'Ausführlich'],
  },
  {
    tag: 'ja',
    isProved: true,
    level: 'レベル',
    keywords: 'キーワード',
    date: '日付と時刻',
    source: 'ソース',
    eventId: 'イベント ID',
    category: 'タスクのカテゴリ',
    log: 'ログ',
    computer: 'コンピューター',
    user: 'ユーザー',
    description: '説明',
    levels: { 重大: 1, エラー: 2, 警告: 3, 情報: 4, 詳細: 5 },
    unprovedLevels: ['重大'],
  },
  {
    tag: 'fr',
    isProved: false,
    level: 'Niveau',
    keywords: 'Mots clés',
    date: 'Date et heure',
    source: 'Source',
    eventId: "ID de l'événement",
    category: 'Catégorie de la tâche',
    log: 'Journal',
    computer: 'Ordinateur',
    user: 'Utilisateur',
    description: 'Description',
    levels: { Critique: 1, Erreur: 2, Avertissement: 3, Information: 4, Commentaires: 5 },
    unprovedLevels: ['Critique', 'Commentaires'],
  },
  {
    tag: 'es',
    isProved: false,
    level: 'Nivel',
    keywords: 'Palabras clave',
    date: 'Fecha y hora',
    source: 'Origen',
    eventId: 'Id. del evento',
    category: 'Categoría de la tarea',
    log: 'Registro',
    computer: 'Equipo',
    user: 'Usuario',
    description: 'Descripción',
    levels: { Crítico: 1, Error: 2, Advertencia: 3, Información: 4, Detallado: 5 },
    unprovedLevels: ['Crítico', 'Detallado'],
  },
  {
    tag: 'ru',
    isProved: false,
    level: 'Уровень',
    keywords: 'Ключевые слова',
    date: 'Дата и время',
    source: 'Источник',
    eventId: 'Код события',
    category: 'Категория задачи',
    log: 'Журнал',
    computer: 'Компьютер',
    user: 'Пользователь',
    description: 'Описание',
    levels: { Критический: 1, Ошибка: 2, Предупреждение: 3, Сведения: 4, Подробности: 5 },
    unprovedLevels: ['Критический', 'Сведения', 'Подробности'],
  },
  {
    tag: 'zh-CN',
    // The single words are proved, the line of them is not.
    isProved: false,
    level: '级别',
    keywords: '关键字',
    date: '日期和时间',
    source: '来源',
    eventId: '事件 ID',
    category: '任务类别',
    log: '日志',
    computer: '计算机',
    user: '用户',
    description: '描述',
    levels: { 关键: 1, 严重: 1, 错误: 2, 警告: 3, 信息: 4, 详细: 5 },
    unprovedLevels: ['关键', '严重', '详细'],
  },
  {
    tag: 'zh-TW',
    // The single words are proved, the line of them is not.
    isProved: false,
    level: '層級',
    keywords: '關鍵字',
    date: '日期和時間',
    source: '來源',
    eventId: '事件識別碼',
    category: '工作類別',
    log: '記錄檔',
    computer: '電腦',
    user: '使用者',
    description: '描述',
    levels: { 重大: 1, 錯誤: 2, 警告: 3, 資訊: 4, 詳細資訊: 5 },
    unprovedLevels: ['重大', '警告', '資訊', '詳細資訊'],
  },
  {
    tag: 'ko',
    isProved: false,
    level: '수준',
    keywords: '키워드',
    date: '날짜 및 시간',
    source: '원본',
    eventId: '이벤트 ID',
    category: '작업 범주',
    log: '로그',
    computer: '컴퓨터',
    user: '사용자',
    description: '설명',
    levels: { 위험: 1, 오류: 2, 경고: 3, 정보: 4, 자세한정보: 5 },
    unprovedLevels: ['위험', '경고', '정보', '자세한정보'],
  },
  {
    tag: 'it',
    isProved: false,
    level: 'Livello',
    keywords: 'Parole chiave',
    date: 'Data e ora',
    source: 'Origine',
    eventId: 'ID evento',
    category: 'Categoria attività',
    log: 'Registro',
    computer: 'Computer',
    user: 'Utente',
    description: 'Descrizione',
    levels: { Critico: 1, Errore: 2, Avviso: 3, Informazioni: 4, Dettagliato: 5 },
    unprovedLevels: ['Critico', 'Avviso', 'Informazioni', 'Dettagliato'],
  },
  {
    tag: 'pt-BR',
    isProved: false,
    level: 'Nível',
    keywords: 'Palavras-chave',
    date: 'Data e Hora',
    source: 'Fonte',
    eventId: 'ID do Evento',
    category: 'Categoria da Tarefa',
    log: 'Log',
    computer: 'Computador',
    user: 'Usuário',
    description: 'Descrição',
    levels: { Crítico: 1, Erro: 2, Aviso: 3, Informações: 4, Detalhado: 5 },
    unprovedLevels: ['Crítico', 'Aviso', 'Informações', 'Detalhado'],
  },
];

/** What a word is compared as: lower case, straight apostrophes, plain single spaces, no marks. */
export function fold(word: string): string {
  return word
    .normalize('NFC')
    .replace(/[\u200b-\u200f\ufeff]/g, '')
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[\s\u00a0\u202f]+/g, ' ')
    .trim()
    .toLowerCase();
}

/**
 * What is left of a word when a wrong code page took all but its ASCII letters, digits and spaces; apostrophes go too,
 * since code pages differ in them. Empty for words of other scripts.
 */
export function skeleton(word: string): string {
  return fold(word).replace(/[^a-z0-9 -]/g, '');
}

/** The level's number for a word in any of the languages; no word stands for two numbers. */
export function levelNumber(word: string): number | undefined {
  levelNumbers ??= new Map(
    VIEWER_LANGUAGES.flatMap(({ levels }) =>
      Object.entries(levels).flatMap(([word, level]): [string, number][] => [
        [word, level],
        [fold(word), level],
      ]),
    ),
  );
  return levelNumbers.get(word) ?? levelNumbers.get(fold(word));
}

/** Made at the first need: folding the words of all languages takes 3 ms, which no input without them should pay. */
let levelNumbers: ReadonlyMap<string, number> | undefined;
