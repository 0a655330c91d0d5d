import type { Form, Holds, ValuesHeld } from './form.js';
import { FORMS } from './forms.js';

/** The README's table: forms that hold the same stand in one row, however many digits their times have. */
export function formsTable(): string {
  const rows = new Map<string, Form[]>();
  for (const form of FORMS) {
    const { holds } = form;
    const alike = [form.format, valuesText(holds), messageText(holds), holds.zone, lacksText(holds)].join(' | ');
    rows.set(alike, [...(rows.get(alike) ?? []), form]);
  }
  const formats = new Set(FORMS.map(({ format }) => format));
  const lines = [...formats].flatMap(name =>
    [...rows.values()]
      .filter(forms => forms[0]!.format === name)
      .map((forms, at) => {
        const { holds } = forms[0]!;
        const cells = [
          at === 0 ? `\`${name}\`` : '',
          forms.map(nameText).join(', '),
          valuesText(holds),
          messageText(holds),
          timeText(forms.map(form => form.holds)),
          lacksText(holds),
        ];
        return `| ${cells.join(' | ')} |`;
      }),
  );
  return ['| `--format` | form | values | message | time | without |', '|---|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

function nameText({ name, variants, variesBy }: Form): string {
  return variesBy === 'language' ? `${name} (${variants?.length} languages)` : name;
}

function valuesText({ unnamed, named, names }: Holds): string {
  const [one, other] = [heldText(unnamed), heldText(named)];
  if (one !== other) return `unnamed: ${one}; named: ${other}`;
  return one === 'all' && !names ? 'all, without names' : one;
}

function heldText(held: ValuesHeld): string {
  if (typeof held === 'object')
    return 'columns' in held ? 'as many as columns' : `joined by \`${held.joinedBy.replaceAll('|', '\\|')}\``;
  switch (held) {
    case 'numbered':
      return 'all';
    case 'gaps':
      return 'all but empty ones at the end';
    case 'by name':
      return 'by name, not in order';
    case 'filled by name':
      return 'by name, empty ones lost';
    case 'message':
      return 'read from the message';
    default:
      return held;
  }
}

function messageText({ message }: Holds): string {
  return message === 'no' ? 'no' : message === 'one line' ? 'on one line' : 'yes';
}

/** The digits of the second's fraction that the forms of a row have, the fewest first. */
function timeText(all: readonly Holds[]): string {
  const digits = [...new Set(all.map(({ fraction }) => (fraction === 'float' ? 6 : fraction)))].sort((a, b) => a - b);
  const text = digits.join() === '0' ? 'seconds' : `${digits.join(', ').replace(/, (\d)$/, ' or $1')} digits`;
  return all[0]!.zone ? text : `${text}, local`;
}

/** What else there is none of. Qualifiers are left out here: no pair depends on them. */
function lacksText({ computer, channel, recordId, level }: Holds): string {
  const held = { computer, channel, 'record ID': recordId, level };
  return Object.entries(held)
    .flatMap(([name, isHeld]) => (isHeld ? [] : [name]))
    .join(', ');
}
