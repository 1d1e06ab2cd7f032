// Story 2, who opens it: static or dynamic, the queue before the workers, and what happens when one is lost.

import { served } from './handled.ts';
import * as pages from './pages.ts';
import { type InStory, TATIS } from './scenario.ts';
import { cold, visit, warm } from './visits.ts';

export const opening: readonly InStory[] = [
  {
    name: 'static',
    title: 'A static file',
    sentence: 'The web server takes the style sheet from its own files and sends it.',
    look: 'Open `location`: it says static. Then comes `static file`, and nothing more: no app server (gateway), no worker, no database.',
    visits: [visit('GET', `${TATIS}/static/style.css`, cold, 200, served('sent'))],
  },
  {
    name: 'dynamic',
    title: 'A page that must be written (dynamic)',
    sentence: "The home page (a baseball player's errors) goes through web server, app server and worker.",
    look: 'Open `location`: it says dynamic. Then count the spans `GET` (drawn as `→ … GET`, or `opens GET`): six. Each program that sends the request on has one, and each that receives it has one.',
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.today)],
  },
  {
    name: 'slow',
    title: 'A slow page',
    sentence: 'A view takes its time, and every program before it waits.',
    look: 'Many bars are long. Find the lowest long one: that program did the work, and the ones above only waited for it. Is it `view slow`?',
    visits: [visit('GET', `${TATIS}/slow/`, cold, 200, pages.slow)],
  },
  {
    name: 'queueing',
    title: 'One worker, three requests at once',
    sentence: 'A worker handles one request at a time, and three requests of 100 ms arrive together.',
    look: 'Open `queue` in the last three traces and read `waybill.queue.wait_ms`: about 0, 100 and 200 ms.',
    faults: { 'gateway.workers': 1 },
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor),
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
    ],
  },
  {
    name: 'full',
    title: 'No free worker and a full queue',
    sentence: 'No worker is free and the queue is full, so the request is refused at once (503).',
    look: 'Open `queue`: it is red (full) and took almost no time. A quick "try again later" beats waiting for nothing.',
    faults: { 'gateway.workers': 0, 'gateway.queueDepth': 0 },
    visits: [visit('GET', `${TATIS}/`, cold, 503, pages.refused)],
  },
  {
    name: 'crash',
    title: 'A worker crashes',
    sentence: 'The worker crashes in the middle of the request, and the gateway retries the request on another worker.',
    look: 'The gateway has two `GET` that are drawn as `→ app-…`: the first is red (worker_lost), the second has `http.request.resend_count` 1.',
    faults: { 'gateway.fault': 'crash', 'gateway.faultEvery': 1 },
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.todayRetried)],
  },
  {
    name: 'stuck',
    title: 'A worker hangs',
    sentence: 'A worker computes without end: the gateway gives up (504), and a watchdog ends the worker.',
    look: "Open the gateway's `GET` that is drawn as `→ app-…`: it ends with worker_timeout, and nothing stands below it. A stuck process cannot report what it was doing.",
    faults: { 'gateway.fault': 'stuck', 'gateway.faultEvery': 1, 'gateway.timeout': 500 },
    visits: [visit('GET', `${TATIS}/`, cold, 504, pages.givenUp)],
  },
  {
    name: 'reload',
    title: 'All workers are replaced',
    sentence: 'The workers are replaced by new ones, one by one, while requests keep coming. None is lost.',
    look: 'Read `waybill.worker.pid` in each trace: new processes answer. Every status is 200.',
    reload: true,
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      ...Array.from({ length: 5 }, () => visit('GET', `${TATIS}/`, warm, 200, pages.today)),
    ],
  },
];
