// Story 2, who opens the letter: static or dynamic, the queue before the workers, and what happens when one is lost.

import { fromShelf } from './handled.ts';
import * as pages from './pages.ts';
import { type InStory, TATIS } from './scenario.ts';
import { cold, visit, warm } from './visits.ts';

export const opening: readonly InStory[] = [
  {
    name: 'static',
    title: 'A static file',
    sentence: 'The web server takes the style sheet from its own shelf and sends it.',
    look: '`location` says static, `static file` follows, and then nothing: no gateway, no worker, no database.',
    visits: [visit('GET', `${TATIS}/static/style.css`, cold, 200, fromShelf('sent'))],
  },
  {
    name: 'dynamic',
    title: 'A page that must be written',
    sentence: 'The home page, Does Tatis Jr Have an Error Today?, goes through web server, app server and worker.',
    look: '`location` says dynamic. Five spans are called GET, one for each who hands the letter on and each who takes it.',
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.today)],
  },
  {
    name: 'slow',
    title: 'An answer that takes its time',
    sentence: 'A view thinks for a while, and everybody before it waits.',
    look: 'Long bars: which of them worked, and which only waited for the one below?',
    visits: [visit('GET', `${TATIS}/slow/`, cold, 200, pages.slow)],
  },
  {
    name: 'queueing',
    title: 'One worker, three letters at once',
    sentence: 'One worker answers one letter at a time; three letters of 100 ms come together.',
    look: '`queue` in the three last traces: it takes about 0, 100 and 200 ms (waybill.queue.wait_ms).',
    gateway: { workers: 1 },
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor),
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
    ],
  },
  {
    name: 'full',
    title: 'No worker, and no place to wait',
    sentence: 'Every worker is busy and the queue is full, so the letter is turned away at once (503).',
    look: '`queue` is red: full. It took next to no time; to be told "later" at once is kinder than to wait in vain.',
    gateway: { workers: 0, queueDepth: 0 },
    visits: [visit('GET', `${TATIS}/`, cold, 503, pages.refused)],
  },
  {
    name: 'crash',
    title: 'A worker dies',
    sentence: 'The worker ends in the middle of the letter, and another one answers it.',
    look: 'Two attempts below the gateway: the first is red (worker_lost), the second has http.request.resend_count 1.',
    gateway: { fault: 'crash', faultEvery: 1 },
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.todayAgain)],
  },
  {
    name: 'stuck',
    title: 'A worker that never ends',
    sentence: 'A worker computes without end: the gateway gives up (504), and a watchdog ends the worker.',
    look: 'The attempt ends with worker_timeout, and below it there is nothing: what a stuck process did, it can tell nobody.',
    gateway: { fault: 'stuck', faultEvery: 1, timeout: 500 },
    visits: [visit('GET', `${TATIS}/`, cold, 504, pages.givenUp)],
  },
  {
    name: 'reload',
    title: 'All workers are replaced',
    sentence: 'One worker after another is replaced by a new one while letters keep coming; none is lost.',
    look: 'waybill.worker.pid in each trace: new processes answer, and every status is 200.',
    reload: true,
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      ...Array.from({ length: 5 }, () => visit('GET', `${TATIS}/`, warm, 200, pages.today)),
    ],
  },
];
