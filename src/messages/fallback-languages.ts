/** Windows' text for a missing template in one language. */
export interface FallbackLanguage {
  readonly culture: string;
  /** What the text starts with, and what stands between and after event ID and source, in order; folded. */
  readonly heads: readonly (readonly string[])[];
  /** What stands before the strings; where it does not, any line that ends in a colon before an empty line does. */
  readonly markers: readonly string[];
  /** What may stand after the strings: why the template was not found. */
  readonly trailers: readonly string[];
}

/**
 * The languages that exports are known in. What each rests on: en, fr, de, ja and zh-CN as whole texts in public event logs
 * and sources; es, it, ru and ko by their first sentences in such; pt-BR, pt-PT, zh-TW and further variants from
 * Microsoft's translated documentation, some of it by machine. Where an export words the rest otherwise, its structure
 * serves (see `findStrings`): a first sentence of none of these is not recognised.
 */
export const FALLBACK_LANGUAGES: readonly FallbackLanguage[] = [
  {
    culture: 'en-US',
    heads: [['The description for Event ID', 'ource ', 'cannot be found.']],
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
    heads: [["La description de l'ID d'événement", 'dans la source', 'est introuvable.']],
    markers: [
      "Les informations suivantes étaient incluses avec l'événement :",
      "Les informations suivantes étaient incluses avec l'événement:",
    ],
    trailers: [
      'La ressource de message est présente, mais le message est introuvable dans la table des messages',
      "La ressource de message est présente, mais le message n'a pas été trouvé dans la table des messages",
      'Le serveur de publication a été désactivé et ses ressources ne sont pas disponibles. Cela se produit généralement lorsque le serveur de publication est en cours de désinstallation ou de mise à niveau',
    ],
  },
  {
    culture: 'de-DE',
    heads: [['Die Beschreibung für', 'Quelle', 'gefunden']],
    markers: ['Die folgenden Informationen wurden mit dem Ereignis gespeichert:'],
    trailers: [
      'Die Meldungsressource ist vorhanden, aber die Meldung wurde nicht in der Meldungstabelle gefunden',
      'Die Nachrichtenressource ist vorhanden, aber die Nachricht wurde nicht in der Nachrichtentabelle gefunden',
    ],
  },
  {
    culture: 'es-ES',
    heads: [
      ['No se puede encontrar la descripción del', 'origen'],
      ['No se encontró la descripción del', 'origen'],
      ['No se encuentra la descripción del', 'origen'],
    ],
    markers: [
      'La siguiente información se incluyó con el evento:',
      'Se incluyó la siguiente información con el evento:',
    ],
    trailers: ['El recurso de mensaje está presente, pero no se encontró el mensaje en la tabla de mensajes'],
  },
  {
    culture: 'it-IT',
    heads: [
      ["Impossibile trovare la descrizione per l'ID evento", 'origine'],
      ["Non è possibile trovare la descrizione dell'ID evento"],
    ],
    markers: [
      "Le seguenti informazioni sono state incluse nell'evento:",
      "Le seguenti informazioni erano incluse nell'evento:",
      "Le informazioni seguenti sono state incluse con l'evento:",
    ],
    trailers: ['La risorsa del messaggio è presente, ma il messaggio non è stato trovato nella tabella dei messaggi'],
  },
  {
    culture: 'ru-RU',
    heads: [
      ['Не найдено описание для события с кодом', 'источник'],
      ['Не удается найти описание для события с кодом', 'источник'],
    ],
    markers: [
      'К событию были добавлены следующие сведения:',
      'К событию добавлены следующие сведения:',
      'В записи события содержится следующая информация:',
      'В событии содержалась такая информация:',
    ],
    trailers: ['Ресурс сообщения существует, но сообщение не найдено в таблице сообщений'],
  },
  {
    culture: 'ja-JP',
    heads: [
      ['ソース', 'イベント ID', 'の説明が見つかりません。'],
      ['イベント ID', 'の説明が見つかりません。'],
    ],
    markers: ['イベントには次の情報が含まれています:', '次の情報はイベントの一部です:'],
    trailers: ['メッセージ リソースは存在しますが、メッセージがメッセージ テーブルに見つかりませんでした。'],
  },
  {
    culture: 'zh-CN',
    heads: [['无法找到来自源', '的事件 ID', '的描述。']],
    markers: ['以下是包含在事件中的信息:'],
    trailers: ['消息资源存在,但在消息表中找不到该消息。', '消息资源存在,但在字符串/消息表中找不到该消息。'],
  },
  {
    culture: 'zh-TW',
    heads: [['找不到', '事件識別碼', '描述']],
    markers: ['下列資訊已包含在事件中:', '事件包含下列資訊:', '以下資訊包含在事件中:', '該事件隨附了下列資訊:'],
    trailers: ['訊息資源存在,但在訊息表格中找不到該訊息。'],
  },
  {
    culture: 'ko-KR',
    heads: [['원본', '이벤트 ID', '설명을 찾을 수 없습니다.']],
    markers: ['다음 정보가 이벤트에 포함되어 있습니다:', '이벤트에 다음 정보가 포함되어 있습니다:'],
    trailers: ['메시지 리소스가 있지만 메시지 테이블에 메시지가 없습니다.'],
  },
  {
    culture: 'pt-BR',
    heads: [
      ['Não foi possível encontrar a descrição', 'vento'],
      ['A descrição', 'vento', 'não pode ser encontrada.'],
      ['A descrição', 'vento', 'não pode ser localizada.'],
    ],
    markers: [
      'As seguintes informações foram incluídas com o evento:',
      'As seguintes informações foram incluídas no evento:',
      'As informações a seguir foram incluídas com o evento:',
    ],
    trailers: ['O recurso de mensagem está presente, mas a mensagem não foi encontrada na tabela de mensagens'],
  },
  {
    culture: 'pt-PT',
    heads: [['Não é possível encontrar a descrição', 'vento']],
    markers: [],
    trailers: [],
  },
];
