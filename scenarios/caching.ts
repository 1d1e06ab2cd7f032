// Story 2: a whole page with its files, and what a browser keeps of them.

import { served } from './handled.ts';
import { type PageFile, pageLoad } from './page-load.ts';
import * as pages from './pages.ts';
import { type InStory, TATIS, TATIS_HTTPS } from './scenario.ts';
import { cold, fromCache, kept, visit, type warm, withCache } from './visits.ts';

const PAGE = '/lessons/page/';
const SCORE = `${TATIS}/static/live/score.svg`;
const TICKET = `${TATIS}/static/private/ticket.svg`;
const STYLE = `${TATIS}/static/style.css`;
const OLD_NAME = `${TATIS}/static/versions/poster.1f0c2a7be9d4.svg`;
const NEW_NAME = `${TATIS}/static/versions/poster.8d3e51a40c76.svg`;

/** In the order in which they get a connection: style sheets, then the others as the page names them. */
const files = (kept: 'none' | 'fresh', score: 'none' | 'same'): PageFile[] => [
  ...['style', 'style', 'image', 'script'].map((kind): PageFile => ({ kind, cache: kept })),
  ...Array.from({ length: 6 }, (): PageFile => ({ kind: 'image', cache: kept })),
  { kind: 'image', cache: score },
  { kind: 'image', cache: 'none' }, // the ticket: it must not be kept
  { kind: 'style', cache: kept, isDeep: true },
  { kind: 'image', cache: kept, isDeep: true },
];

const sent = (url: string, start: typeof warm | typeof kept | typeof cold) =>
  visit('GET', url, start, 200, served('sent'));

export const caching: readonly InStory[] = [
  {
    name: 'page',
    title: 'A whole page, and again',
    sentence: 'A browser loads a page with all its files: first with an empty cache, then again.',
    look: 'Open the tab “Requests”. The document comes first, then its files over six connections. In the second trace read `waybill.cache` of each `visit`: fresh (no server was asked), same (304), none (sent again).',
    visits: [
      pageLoad(`${TATIS}${PAGE}`, cold, pages.album, files('none', 'none')),
      pageLoad(`${TATIS}${PAGE}`, kept, pages.album, files('fresh', 'same')),
    ],
  },
  {
    name: 'page-https',
    title: 'A whole page by HTTPS',
    sentence: 'The same page by HTTPS: the first connection makes a full TLS handshake, the others resume its session.',
    look: 'Open the spans `TLS handshake` and read `tls.resumed`: false in the first, true in the five others. Only one certificate was sent.',
    visits: [pageLoad(`${TATIS_HTTPS}${PAGE}`, cold, pages.album, files('none', 'none'))],
  },
  {
    name: 'max-age',
    title: 'A file that the browser may keep for a minute',
    sentence: 'The style sheet may be kept for 60 seconds (max-age=60): the second time, no request is sent.',
    look: 'The second trace is one span long. Open `visit` and read `waybill.cache.rule` and `waybill.cache.saved_bytes`.',
    visits: [withCache(sent(STYLE, cold), 'none'), fromCache(STYLE)],
  },
  {
    name: 'not-modified',
    title: 'Is it still the same? (304)',
    sentence:
      'The score may change at any moment (no-cache): the browser asks each time, and gets 304 without the file.',
    look: 'Read `waybill.http.request.head` of the second `GET`: `if-none-match` has the ETag of the first answer. Then read `http.response.body.size`: 0.',
    visits: [
      withCache(sent(SCORE, cold), 'none'),
      withCache(visit('GET', SCORE, kept, 304, served('not modified')), 'same'),
    ],
  },
  {
    name: 'new-name',
    title: 'A file that never changes, and its new name',
    sentence:
      'The file has a hash of its content in its name and may be kept for a year (immutable). A new version has a new name.',
    look: 'Read `waybill.cache` of the three: none, fresh, none. The third is for a new name, which the cache cannot know, so the new file is fetched at once.',
    visits: [withCache(sent(OLD_NAME, cold), 'none'), fromCache(OLD_NAME), withCache(sent(NEW_NAME, kept), 'none')],
  },
  {
    name: 'no-store',
    title: 'A file that must not be kept',
    sentence: 'The ticket is private (no-store): the browser must not keep it, so it is sent again.',
    look: 'Both `visit` say `waybill.cache` none, and both `GET` have all the bytes.',
    visits: [withCache(sent(TICKET, cold), 'none'), withCache(sent(TICKET, kept), 'none')],
  },
  {
    name: 'vary',
    title: 'One address, two answers (Vary)',
    sentence: 'The style sheet is kept compressed. A request that takes no compressed file cannot use it (Vary).',
    look: 'The third visit has `waybill.cache` vary: read `accept-encoding` in its request, and `vary` in the answer. Compare `http.response.body.size` of both `GET`.',
    visits: [
      withCache(sent(STYLE, cold), 'none'),
      fromCache(STYLE),
      { ...withCache(sent(STYLE, kept), 'vary'), encodings: 'identity' },
    ],
  },
];
