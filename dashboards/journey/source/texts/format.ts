// Numbers and plurals in the language of the page, by Intl.

import { LANGUAGE } from '#texts/language.ts';

/** For each count of digits after the point, its format. */
const formats: Intl.NumberFormat[] = [];
let rules: Intl.PluralRules | undefined;

/** A number, rounded to so many digits after the point: `1,234`, `0.50`. */
export function number(value: number, digits = 0): string {
  formats[digits] ??= new Intl.NumberFormat(LANGUAGE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative', // no minus before 0
  });
  return formats[digits].format(Number(value.toFixed(digits)));
}

/** The form for a count, with the number in place of `#`: `plural(2, { one: '# span', other: '# spans' })` is `2 spans`. */
export function plural(count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string {
  rules ??= new Intl.PluralRules(LANGUAGE);
  return (forms[rules.select(count)] ?? forms.other).replace('#', number(count));
}
