/** The language of these texts, as a BCP 47 tag: by it Intl writes numbers, and chooses the form of a plural. */
export const LANGUAGE = 'en';
