// Whether this page has a lab: the one that `npm run demo` writes shows what a lab has recorded.

const meta = document.querySelector<HTMLMetaElement>('meta[name=waybill-recordings]');

/** The folder of the recordings; null where the page has a lab. */
export const RECORDINGS = meta?.content ?? null;

/** Where the lab can be found. */
export const HOMEPAGE = meta?.dataset.homepage ?? '';

/** What starts a lab. */
export const START = 'npx waybill';
