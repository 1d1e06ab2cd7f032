/** The language of these texts, as a BCP 47 tag: by it Intl chooses the form of a plural. */
export const LANGUAGE = 'en';

/** The signs in its numbers, as Intl has them: before the digits after the point, and between thousands. */
export const SIGNS = { decimal: '.', group: ',' };
