// The learner's own app on the control port:
//
//   GET    /app   {"app": {"url": "http://127.0.0.1:8000", "state": "up", …}}, or {"app": null}
//   PUT    /app   {"url": "http://127.0.0.1:8000", "workers": 1, "health": "/healthz"}; replaces the one before
//   DELETE /app   there is none any more
//
// `allowRemote`, `program` and `static` are for the lab's commands: the visitor, whom a page asks, does not pass them on.

import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { flag, object, wholeNumber } from '../../../runtime/control/schema.ts';
import { log } from '../../../runtime/log.ts';
import { readOwnAppFile, writeOwnAppFile } from '../../../runtime/own-app-file.ts';
import { type GatewayConfig, MAX_WORKERS, type Settings } from '../config.ts';
import { readAddress } from './address.ts';
import { OwnApp } from './own-app.ts';

type Kept = Pick<GatewayConfig, 'ownApp' | 'ownAppFile' | 'ownPorts'>;

/** How long PUT waits until it is known whether the app is up, in ms. */
const MAX_WAIT_MS = 3000;

const PATH = 'takes a path that begins with /';
const FOLDER = 'takes a list of {"path": "/static/", "folder": "/home/ola/static"}';
const text = (message: string, bytes: number) => v.pipe(v.string(message), v.maxLength(bytes, message));
const APP = object({
  url: text('takes an address such as http://127.0.0.1:8000', 300),
  workers: v.optional(wholeNumber({ min: 1, max: MAX_WORKERS }), 1),
  health: v.optional(v.pipe(text(PATH, 1000), v.regex(/^\/[!-~]*$/, PATH))),
  allowRemote: v.optional(flag(), false),
  program: v.optional(object({ pid: wholeNumber({ min: 2, max: 2 ** 31 }), command: text('takes a text', 4000) })),
  static: v.optional(v.array(object({ path: text(FOLDER, 1000), folder: text(FOLDER, 4000) })), []),
});

type AppRequest = v.InferOutput<typeof APP>;

/** Holds the app, if there is one, also in the file of WAYBILL_APP_FILE. */
export function createOwnAppHolder({ ownApp, ownAppFile, ownPorts }: Kept, settings: Settings) {
  let current: OwnApp | undefined;
  const report = () => ({ body: { app: current?.report ?? null } });

  const replace = (app: AppRequest | null, next: OwnApp | undefined) => {
    if (ownAppFile !== '') writeOwnAppFile(ownAppFile, app);
    current?.retire();
    current = next;
  };
  const set = async (app: AppRequest) => {
    const { url, allowRemote, ...others } = app;
    const endpoint = await readAddress(url, { allowRemote, taken: ownPorts });
    const next = new OwnApp({ endpoint, ...others }, settings);
    replace(app, next);
    await Promise.race([next.checked, delay(MAX_WAIT_MS, undefined, { ref: false })]);
    return report();
  };
  const routes: Route[] = [
    route('GET /app', report),
    route('PUT /app', APP, ({ body }) => set(body)),
    route('DELETE /app', () => {
      replace(null, undefined);
      return report();
    }),
  ];
  return {
    routes,
    /** Sets the app that the file holds; without a file that of WAYBILL_APP. Throws an ApiError where that is not accepted. */
    async restore(): Promise<void> {
      const kept = ownAppFile === '' ? undefined : readOwnAppFile<AppRequest>(ownAppFile);
      if (kept)
        await set(kept).catch(({ message }: Error) => log.warn({ reason: message }, 'own app is not set again'));
      else if (kept === undefined && ownApp) await set({ ...ownApp, static: [] });
    },
    get app(): OwnApp | undefined {
      return current;
    },
    close: async () => current?.close(),
  };
}
