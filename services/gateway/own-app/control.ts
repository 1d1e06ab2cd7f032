// The learner's own app on the control port:
//
//   GET    /app   {"app": {"url": "http://127.0.0.1:8000", "state": "up", …}}, or {"app": null}
//   PUT    /app   {"url": "http://127.0.0.1:8000", "workers": 1, "health": "/healthz"}; replaces the one before
//   DELETE /app   there is none any more
//
// `allowRemote` and `program` are for the lab's commands: the visitor, whom a page asks, does not pass them on.

import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { flag, object, wholeNumber } from '../../../runtime/control/schema.ts';
import { MAX_WORKERS, type Settings } from '../config.ts';
import { readAddress } from './address.ts';
import { OwnApp } from './own-app.ts';

/** How long PUT waits until it is known whether the app is up, in ms. */
const MAX_WAIT_MS = 3000;

const PATH = 'takes a path that begins with /';
const text = (message: string, bytes: number) => v.pipe(v.string(message), v.maxLength(bytes, message));
const APP = object({
  url: text('takes an address such as http://127.0.0.1:8000', 300),
  workers: v.optional(wholeNumber({ min: 1, max: MAX_WORKERS }), 1),
  health: v.optional(v.pipe(text(PATH, 1000), v.regex(/^\/[!-~]*$/, PATH))),
  allowRemote: v.optional(flag(), false),
  program: v.optional(object({ pid: wholeNumber({ min: 2, max: 2 ** 31 }), command: text('takes a text', 4000) })),
});

/** Holds the app, if there is one; `taken`: the lab's own ports. */
export function createOwnAppHolder(settings: Settings, taken: ReadonlyMap<number, string>) {
  let current: OwnApp | undefined;
  const replace = (next: OwnApp | undefined) => {
    void current?.close();
    current = next;
  };
  const report = () => ({ body: { app: current?.report ?? null } });

  const put = async ({ url, allowRemote, ...others }: v.InferOutput<typeof APP>) => {
    const next = new OwnApp({ endpoint: await readAddress(url, { allowRemote, taken }), ...others }, settings);
    replace(next);
    await Promise.race([next.checked, delay(MAX_WAIT_MS, undefined, { ref: false })]);
    return report();
  };
  const routes: Route[] = [
    route('GET /app', report),
    route('PUT /app', APP, ({ body }) => put(body)),
    route('DELETE /app', () => {
      replace(undefined);
      return report();
    }),
  ];
  return {
    routes,
    put,
    get app(): OwnApp | undefined {
      return current;
    },
    close: async () => current?.close(),
  };
}
