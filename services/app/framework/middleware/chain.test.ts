// A worker that crashes ends its open spans with the error, and with every attribute that the contract requires.

import { expect, test } from 'vitest';
import { app } from '../../../../otel/contract/index.ts';
import { endOpenSpans, startSpan } from '../../../../otel/span.ts';
import { recordSpans } from '../../../../tests/support/otel.ts';
import type { Request } from '../http/request.ts';
import { Chain } from './chain.ts';
import type { Middleware } from './middleware.ts';

const recorded = recordSpans();

test.each([
  ['a middleware', undefined, 'session', ['session']],
  ['the view', 'view', 'view', ['session']],
])(
  'the span of a worker that crashes in %s has that, and the middleware that had worked',
  async (_, next, by, worked) => {
    recorded.clear();
    const session: Middleware = { name: 'session', enter: (_, work) => work(() => undefined) };
    const span = startSpan(app.server, { words: { method: 'GET', route: '' } });
    const chain = new Chain([session], {} as Request, span);
    await chain.enter();
    if (next) chain.setCurrent(next);
    endOpenSpans('crash', new Error('on purpose'));
    expect(recorded.named('GET').map(({ attributes }) => attributes)).toMatchObject([
      { 'waybill.answered_by': by, 'waybill.middleware': worked, 'error.type': 'crash' },
    ]);
  },
);
