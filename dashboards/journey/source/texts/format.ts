// Numbers and plurals in the language of the page.

import { LANGUAGE, SIGNS } from '#texts/language.ts';

let rules: Intl.PluralRules | undefined;

/**
 * A number, rounded to so many digits after the point: `1,234`, `0.50`. As Intl writes it, whose first number in a page costs 60 ms and
 * more, before the first row is drawn.
 */
export function number(value: number, digits = 0): string {
  const rounded = Number(value.toFixed(digits)) || 0; // no minus before 0
  const [whole = '', part] = rounded.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, SIGNS.group);
  return part === undefined ? grouped : `${grouped}${SIGNS.decimal}${part}`;
}

/** The form for a count, with the number in place of `#`: `plural(2, { one: '# span', other: '# spans' })` is `2 spans`. */
export function plural(count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string {
  rules ??= new Intl.PluralRules(LANGUAGE);
  return (forms[rules.select(count)] ?? forms.other).replace('#', number(count));
}
