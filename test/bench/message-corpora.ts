/**
 * Made-up message templates and rendered messages for the benchmark of inversion: prose and blocks of labels as Windows
 * has them, in several languages, with a median of some 200 bytes.
 */
import { compileTemplate, type MessageTemplate, renderTemplate } from '../../src/messages/template.js';

export interface MessageEvent {
  readonly provider: string;
  readonly event_id: number;
  readonly message: string;
  readonly values: readonly string[];
}

export interface Corpus {
  /** The events as NDJSON lines, without their values. */
  readonly lines: readonly string[];
  readonly events: readonly MessageEvent[];
}

/** What the templates of a corpus look like. */
export type Style = 'prose' | 'blocks' | 'fr-FR' | 'de-DE' | 'ru-RU' | 'ja-JP' | 'languages';

export const STYLES: readonly Style[] = ['prose', 'blocks', 'fr-FR', 'de-DE', 'ru-RU', 'ja-JP', 'languages'];

export function makeTemplates(random: () => number, style: Style, count: number): MessageTemplate[] {
  const perEvent = style === 'languages' ? LANGUAGES.length : 1;
  return Array.from({ length: count }, (_, index) => {
    const event = Math.floor(index / perEvent);
    const culture = style === 'languages' ? LANGUAGES[index % perEvent]! : style.includes('-') ? style : 'en-US';
    const words = WORDS[culture]!;
    const text = style === 'blocks' ? blockText(random, words) : proseText(random, words, culture);
    return { provider: `Provider-${event % 700}`, eventId: Math.floor(event / 700) + 1, culture, text };
  });
}

export function makeCorpus(
  random: () => number,
  templates: readonly MessageTemplate[],
  count: number,
  next: () => number,
): Corpus {
  const lines: string[] = [];
  const values: string[][] = [];
  for (let made = 0; made < count; made++) {
    const { provider, eventId, text } = templates[next()]!;
    const template = compileTemplate(text);
    const own = Array.from({ length: template.insertCount }, () => randomValue(random));
    lines.push(JSON.stringify({ provider, event_id: eventId, message: renderTemplate(template, own) }));
    values.push(own);
  }
  const events = lines.map((line, index) => {
    const { provider, event_id, message } = JSON.parse(line);
    // No spread, whose objects all have shapes of their own: what is measured is inversion.
    return { provider, event_id, message, values: values[index]! };
  });
  return { lines, events };
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  'en-US':
    'the service server domain controller failed could not connect to because account user process file network address port request timed out access denied error code was returned by remote computer certificate session replication database volume disk driver device update policy group object directory security system event log registry key value process started stopped entered state following information operation completed successfully configuration unable locate resource cluster node virtual machine interface protocol connection authentication kerberos ticket principal name lookup query response invalid parameter memory allocation thread handle pipe transaction recovery backup restore snapshot index schema partition naming context'.split(
      ' ',
    ),
  'fr-FR':
    "le service serveur d'accès contrôleur de domaine a échoué n'a pas pu se connecter à l'ordinateur distant l’opération demandée car l’authentification du compte utilisateur réseau adresse délai d'attente dépassé accès refusé erreur renvoyée certificat réplication base de données disque pilote périphérique mise à jour stratégie groupe objet annuaire sécurité système événement journal registre clé valeur processus démarré arrêté état informations suivantes terminée configuration impossible de localiser ressource nœud machine virtuelle interface protocole connexion".split(
      ' ',
    ),
  'de-DE':
    'der Dienst Server Domänencontroller konnte keine Verbindung mit dem Remotecomputer herstellen weil das Benutzerkonto Prozess Datei Netzwerkadresse Anforderung Zeitüberschreitung Zugriff verweigert Fehlercode wurde zurückgegeben Zertifikat Sitzung Replikation Datenbank Volume Datenträger Treiber Gerät Aktualisierung Gruppenrichtlinie für Objekt Verzeichnis Sicherheit Ereignisprotokoll Registrierungsschlüssel gestartet beendet Zustand folgende Informationen Vorgang abgeschlossen ungültiger Parameter'.split(
      ' ',
    ),
  'ru-RU':
    'служба сервер контроллер домена не удалось подключиться к удалённому компьютеру так как учётная запись пользователя процесс файл сетевой адрес порт запрос истекло время ожидания отказано в доступе код ошибки возвращён сертификат сеанс репликация база данных том диск драйвер устройство обновление политика группа объект каталог безопасность система событие журнал реестр ключ значение запущен остановлен состояние следующие сведения операция завершена'.split(
      ' ',
    ),
  'ja-JP':
    'サービス サーバー ドメイン コントローラーに 接続できませんでした リモート コンピューターの アカウント ユーザー プロセスは ファイルを ネットワーク アドレス ポート 要求が タイムアウト しました アクセスが 拒否されました エラー コード 証明書 セッション レプリケーション データベース ボリューム ディスク ドライバー デバイス 更新 ポリシー グループ オブジェクト ディレクトリ セキュリティ システム イベント ログ レジストリ キー 値 開始 停止 状態に 次の情報 操作は正常に完了しました'.split(
      ' ',
    ),
};

const LANGUAGES = Object.keys(WORDS);

function proseText(random: () => number, words: readonly string[], culture: string): string {
  const pieces: string[] = [];
  const inserts = Math.floor(random() * 6);
  const length = 6 + Math.floor(random() * 28);
  for (let word = 0; word < length; word++) pieces.push(pick(random, words));
  for (let insert = 1; insert <= inserts; insert++) {
    pieces.splice(Math.floor(random() * (pieces.length + 1)), 0, random() < 0.3 ? `'%${insert}'` : `%${insert}`);
  }
  const end = culture === 'ja-JP' ? '。' : '.';
  const text = `${pieces.join(' ').replace(/^\p{Ll}/u, letter => letter.toUpperCase())}${end}${random() < 0.5 ? '\r\n' : ''}`;
  return text.replace(/ (?=\S+ \S+ %)/g, space => (random() < 0.1 ? '%n' : space));
}

/** A sentence, then sections of labels with their values, as Security 4624 has them. */
function blockText(random: () => number, words: readonly string[]): string {
  const label = (count: number) =>
    Array.from({ length: count }, () => pick(random, words))
      .join(' ')
      .replace(/^[a-z]/, letter => letter.toUpperCase());
  let text = `${label(4 + Math.floor(random() * 5))}.%n`;
  const sections = 1 + Math.floor(random() * 2);
  let insert = 0;
  for (let section = 0; section < sections; section++) {
    text += `%n${label(2)}:%n`;
    const rows = 1 + Math.floor(random() * 3);
    for (let row = 0; row < rows; row++) text += `%t${label(2)}:${random() < 0.5 ? '%t%t' : '%t'}%${++insert}%n`;
  }
  return text;
}

function randomValue(random: () => number): string {
  const kind = random();
  if (kind < 0.3) return `SRV${Math.floor(random() * 1000)}.corp.example.com`;
  if (kind < 0.5) return `0x${Math.floor(random() * 0xffffffff).toString(16)}`;
  if (kind < 0.7) return `C:\\Program Files\\App ${Math.floor(random() * 100)}\\bin\\tool.exe`;
  if (kind < 0.8) return '';
  return `S-1-5-21-${Math.floor(random() * 1e9)}-${Math.floor(random() * 1e9)}-1104`;
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** The rank-th of `distinct` templates, spread over all, with a chance of 1 / rank. */
export function zipf(random: () => number, templates: number, distinct: number): () => number {
  const chosen = Array.from({ length: distinct }, () => Math.floor(random() * templates));
  return () => chosen[Math.floor((distinct + 1) ** random()) - 1]!;
}

export function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
