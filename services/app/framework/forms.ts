// Forms: fields with their rules. What was typed is validated, and shown again with the errors beside each field.

import type { Fields } from './http/request.ts';

export type Field = {
  label: string;
  /** A hint below the label. */
  help?: string;
  kind?: 'text' | 'password' | 'multiline' | 'choice';
  /** Of text: the maximum number of characters (200). */
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
  /** What was typed, trimmed; to be used only if `isValid`. */
  values: Record<N, string>;
};

const MAX_LENGTH = 200;

/** A form with nothing typed, or with `initial` values. */
export function blankForm<N extends string>(
  fields: Record<N, Field>,
  initial: Partial<Record<N, string>> = {},
): Form<N> {
  return bind(fields, (name) => ({ value: initial[name] ?? '', errors: [] }));
}

/** The form as it was sent. */
export function readForm<N extends string>(fields: Record<N, Field>, sent: Fields): Form<N> {
  return bind(fields, (name) => {
    const text = sent.get(name) ?? '';
    const value = fields[name].kind === 'password' ? text : text.replaceAll('\r\n', '\n').trim();
    return { value, errors: errorsOf(fields[name], value) };
  });
}

/** The form with one error more, such as one that only the database can find. */
export function withError<N extends string>(form: Form<N>, name: N, error: string): Form<N> {
  const field = form.fields[name];
  const fields = { ...form.fields, [name]: { ...field, errors: [...field.errors, error] } };
  return { ...form, isValid: false, fields };
}

function errorsOf({ required = true, maxLength = MAX_LENGTH, options }: Field, text: string): string[] {
  if (text === '') return required ? ['This field is required.'] : [];
  const errors: string[] = [];
  const { length } = [...text];
  if (length > maxLength) errors.push(`Use at most ${maxLength} characters (you have ${length}).`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for; PostgreSQL refuses NUL
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) errors.push('Control characters are not allowed.');
  if (options && !options.some(({ value }) => value === text)) errors.push('Select one of the choices.');
  return errors;
}

function bind<N extends string>(
  fields: Record<N, Field>,
  state: (name: N) => Pick<BoundField, 'value' | 'errors'>,
): Form<N> {
  const defaults = { kind: 'text', maxLength: MAX_LENGTH, required: true } as const;
  const bound: BoundField[] = Object.entries<Field>(fields).map(([name, field]) => {
    return { ...defaults, ...field, name, id: `id_${name}`, ...state(name as N) };
  });
  return {
    fields: Object.fromEntries(bound.map((field) => [field.name, field])) as Record<N, BoundField>,
    isValid: bound.every(({ errors }) => errors.length === 0),
    values: Object.fromEntries(bound.map(({ name, value }) => [name, value])) as Record<N, string>,
  };
}
