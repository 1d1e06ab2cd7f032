// The visitor's door: POST /visits makes a visit, GET /traces/<id> shows one as plain HTML.
// These requests are the lab's own and leave no span; the visit that they ask for opens the trace.

import * as v from 'valibot';
import { createControl } from '../../runtime/control/control.ts';
import { type Reply, route } from '../../runtime/control/route.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { createBrowsers } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { askControl } from './control.ts';
import { type Order, order } from './order.ts';
import { homePage } from './pages.ts';
import { tracePage } from './trace-page.ts';
import { makeVisit } from './visit.ts';

/** The visitor as a server: `listen` resolves with the port, `close` lets visits under way end. */
export function createVisitor(config: VisitorConfig) {
  const browsers = createBrowsers();
  const { resolverControl, gatewayControl, jaegerUrl } = config;

  async function visit({ cold, browser, form, ...asked }: Order) {
    if (cold) await askControl(resolverControl, 'POST', '/flush');
    const wanted = { ...asked, ...(form && { form }) };
    const { response, failure, ...visited } = await makeVisit(wanted, browsers.find(browser), config);
    const { status = null, headers = {}, body = '' } = response ?? {};
    const error = failure && { code: failure.code, message: failure.message };
    return { body: { ...visited, status, headers, body, error } };
  }

  /** Passes on what a scenario asks of the gateway. */
  const gateway = async (method: string, path: string, body?: unknown) => {
    const answer = await askControl(gatewayControl, method, path, body);
    return answer === undefined ? {} : { body: answer };
  };

  const server = createControl(
    [
      route('POST /visits', order, ({ body }) => visit(body)),
      route('PUT /gateway/settings', v.unknown(), ({ body }) => gateway('PUT', '/settings', body)),
      route('DELETE /gateway/settings', () => gateway('DELETE', '/settings')),
      route('POST /gateway/reload', () => gateway('POST', '/reload')),
      route('GET /traces/:id', async ({ params }) => html(await tracePage(params.id, jaegerUrl))),
      route('GET /', () => html({ status: 200, html: homePage(jaegerUrl) })),
    ],
    { hosts: config.allowedHosts },
  );

  return {
    listen: () => listen(server, config.listening),
    close: async () => {
      await closeServer(server);
      browsers.close();
    },
  };
}

function html({ status, html }: { status: number; html: string }): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
}
