import { escapeXml, fullEventId, isoText, LEVEL_WORDS, LOCAL_HOURS, OLD_TYPES } from './form.js';
import type { FormEvent } from './form-events.js';

/** A string in CLIXML: control characters as `_x000A_`, and so the start of what looks like one. */
function cliText(value: string): string {
  return escapeXml(
    value
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
      .replace(/[\u0000-\u001f]/g, char => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`),
  );
}

const member = (tag: string, name: string, value: string | number) =>
  `<${tag} N="${name}">${cliText(String(value))}</${tag}>`;

function objects(items: readonly string[]): Uint8Array {
  const xml = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n${items.join('\r\n')}\r\n</Objs>`;
  return Buffer.from(`\ufeff${xml}`, 'utf16le');
}

/** The class names stand in full the first time and are referred to after. */
const typeNames = (at: number, ...names: readonly string[]) =>
  at === 0 ? `<TN RefId="0">${names.map(name => `<T>${name}</T>`).join('')}</TN>` : '<TNRef RefId="0" />';

/** `Get-WinEvent | Export-Clixml`. */
export function getWinEventClixml(events: readonly FormEvent[]): Uint8Array {
  let refId = 0;
  return objects(
    events.map((event, at) => {
      const values = event.insertions.map(
        value =>
          `<Obj RefId="${++refId}"><ToString>System.Diagnostics.Eventing.Reader.EventProperty</ToString><Props>${member('S', 'Value', value)}</Props></Obj>`,
      );
      const props = [
        member('I32', 'Id', event.eventId),
        '<Nil N="Version" />',
        event.qualifiers === undefined ? '<Nil N="Qualifiers" />' : member('I32', 'Qualifiers', event.qualifiers),
        member('By', 'Level', event.level),
        member('I64', 'Keywords', '36028797018963968'),
        member('I64', 'RecordId', event.recordId),
        member('S', 'ProviderName', event.provider),
        member('S', 'LogName', event.channel),
        member('S', 'MachineName', event.computer),
        '<Nil N="UserId" />',
        member('DT', 'TimeCreated', `${isoText(event, 7, LOCAL_HOURS)}+01:00`),
        `<Obj N="Properties" RefId="${++refId}"><LST>${values.join('')}</LST></Obj>`,
      ];
      const names = typeNames(at, 'System.Diagnostics.Eventing.Reader.EventLogRecord', 'System.Object');
      return `<Obj RefId="${++refId}">${names}<ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString><Props>${props.join('\r\n')}</Props><MS>${member('S', 'Message', event.message)}</MS></Obj>`;
    }),
  );
}

/** `Get-EventLog | Export-Clixml`. */
export function getEventLogClixml(events: readonly FormEvent[]): Uint8Array {
  let refId = 0;
  return objects(
    events.map((event, at) => {
      const props = [
        member('S', 'MachineName', event.computer),
        member('I32', 'Index', event.recordId),
        `<Obj N="EntryType" RefId="${++refId}"><ToString>${LEVEL_WORDS[event.level]}</ToString><I32>${OLD_TYPES[event.level]}</I32></Obj>`,
        member('S', 'Message', event.message),
        member('S', 'Source', event.provider),
        `<Obj N="ReplacementStrings" RefId="${++refId}"><LST>${event.insertions.map(value => `<S>${cliText(value)}</S>`).join('')}</LST></Obj>`,
        member('I64', 'InstanceId', fullEventId(event)),
        member('DT', 'TimeGenerated', `${isoText(event, 0, LOCAL_HOURS)}+01:00`),
      ];
      const names = typeNames(at, 'System.Diagnostics.EventLogEntry', 'System.Object');
      return `<Obj RefId="${++refId}">${names}<ToString>System.Diagnostics.EventLogEntry</ToString><Props>${props.join('')}</Props><MS>${member('I32', 'EventID', event.eventId)}</MS></Obj>`;
    }),
  );
}

/** `Get-EventLog | Select-Object … | Export-Clixml`: what was selected and no more. */
export function selectedClixml(events: readonly FormEvent[]): Uint8Array {
  return objects(
    events.map((event, at) => {
      const members = [
        member('I32', 'EventID', event.eventId),
        member('S', 'Source', event.provider),
        member('S', 'MachineName', event.computer),
        member('I32', 'Index', event.recordId),
        member('DT', 'TimeGenerated', isoText(event, 0, LOCAL_HOURS)),
        member('S', 'Message', event.message),
      ];
      const names = typeNames(at, 'Selected.System.Diagnostics.EventLogEntry', 'System.Object');
      return `<Obj RefId="${at}">${names}<MS>${members.join('')}</MS></Obj>`;
    }),
  );
}
