// Forms: fields with their rules; what was typed is checked, and shown again with what is wrong beside each field.

import type { Fields } from './http/request.ts';

export type Field = {
  label: string;
  /** A hint below the label. */
  help?: string;
  kind?: 'text' | 'password' | 'multiline' | 'choice';
  /** Of text: most characters (200). */
  maxLength?: number;
  required?: boolean;
  autocomplete?: string;
  /** Of a choice: what can be chosen. */
  options?: readonly { value: string; label: string }[];
};

/** A field as the template `field.html` shows it. */
export type BoundField = Field & { name: string; id: string; value: string; errors: string[] };

export type Form<N extends string> = {
  fields: Record<N, BoundField>;
  isValid: boolean;
  /** What was typed, trimmed; meant to be used when `isValid`. */
  values: Record<N, string>;
};

const MAX_LENGTH = 200;

/** A form with nothing typed, or with `initial` values. */
export function blankForm<N extends string>(
  fields: Record<N, Field>,
  initial: Partial<Record<N, string>> = {},
): Form<N> {
  return bind(
    fields,
    (name) => initial[name] ?? '',
    () => [],
  );
}

/** The form as it was sent. */
export function readForm<N extends string>(fields: Record<N, Field>, sent: Fields): Form<N> {
  const typed = (name: N) => {
    const text = sent.get(name) ?? '';
    return fields[name].kind === 'password' ? text : text.replaceAll('\r\n', '\n').trim();
  };
  return bind(fields, typed, (name) => problems(fields[name], typed(name)));
}

/** The same form with one more thing wrong with a field, such as what only the database can know. */
export function withError<N extends string>(form: Form<N>, name: N, error: string): Form<N> {
  const field = form.fields[name];
  return {
    ...form,
    isValid: false,
    fields: { ...form.fields, [name]: { ...field, errors: [...field.errors, error] } },
  };
}

function problems({ required = true, maxLength = MAX_LENGTH, options }: Field, text: string): string[] {
  if (text === '') return required ? ['This field is needed.'] : [];
  const found: string[] = [];
  if ([...text].length > maxLength)
    found.push(`This takes at most ${maxLength} characters; there are ${[...text].length}.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for; PostgreSQL refuses NUL
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) found.push('This takes no control characters.');
  if (options && !options.some(({ value }) => value === text)) found.push('This is none of the choices.');
  return found;
}

function bind<N extends string>(
  fields: Record<N, Field>,
  value: (name: N) => string,
  errors: (name: N) => string[],
): Form<N> {
  const bound = Object.entries<Field>(fields).map(([key, field]) => {
    const name = key as N;
    return [
      name,
      {
        kind: 'text',
        maxLength: MAX_LENGTH,
        required: true,
        ...field,
        name,
        id: `id_${name}`,
        value: value(name),
        errors: errors(name),
      },
    ];
  });
  const all = Object.fromEntries(bound) as Record<N, BoundField>;
  const values = Object.fromEntries(Object.values<BoundField>(all).map((field) => [field.name, field.value]));
  return {
    fields: all,
    isValid: Object.values<BoundField>(all).every((field) => field.errors.length === 0),
    values: values as Record<N, string>,
  };
}
