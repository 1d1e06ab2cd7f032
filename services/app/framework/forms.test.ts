import { expect, test } from 'vitest';
import { blankForm, type Field, readForm, withError } from './forms.ts';

const fields: Record<'name' | 'note' | 'colour', Field> = {
  name: { label: 'Name', maxLength: 5 },
  note: { label: 'Note', kind: 'multiline', required: false },
  colour: { label: 'Colour', kind: 'choice', options: [{ value: 'red', label: 'Red' }] },
};
const sent = (values: Record<string, string>) => readForm(fields, new Map(Object.entries(values)));

test('valid values are trimmed', () => {
  const { isValid, values } = sent({ name: ' Ola ', note: 'a\r\nb', colour: 'red' });
  expect([isValid, values]).toEqual([true, { name: 'Ola', note: 'a\nb', colour: 'red' }]);
});

test.each([
  ['nothing', { name: '', colour: 'red' }, 'name', 'This field is required.'],
  ['too much', { name: 'Aleksandra', colour: 'red' }, 'name', 'Use at most 5 characters (you have 10).'],
  ['control characters', { name: 'a\u0000b', colour: 'red' }, 'name', 'Control characters are not allowed.'],
  ['no choice', { name: 'Ola', colour: 'blue' }, 'colour', 'Select one of the choices.'],
] as const)('%s: an error beside its field', (_, values, field, error) => {
  const form = sent(values);
  expect(form.isValid).toBe(false);
  expect(form.fields[field].errors).toEqual([error]);
});

test('characters are counted as readers count them', () => {
  expect(sent({ name: '🍰🍰🍰🍰🍰', colour: 'red' }).isValid).toBe(true);
});

test('what was typed is shown again, and a later error stands beside the others', () => {
  const form = withError(sent({ name: 'Ola', colour: 'red' }), 'name', 'This name is taken.');
  expect(form.fields.name).toMatchObject({ value: 'Ola', errors: ['This name is taken.'] });
  expect(form.isValid).toBe(false);
});

test('a blank form has initial values and no errors', () => {
  const { fields: blank } = blankForm(fields, { name: 'Ola' });
  expect([blank.name.value, blank.note.value, blank.name.errors]).toEqual(['Ola', '', []]);
});
