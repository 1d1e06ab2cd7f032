import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../runtime/net/listen.ts';
import { createControl, type Listener } from './faults.ts';

/** The control API over one router, north, which opens only while `canOpen`. */
async function startControl({ canOpen = true } = {}) {
  let isOpen = true;
  const north: Listener = {
    get isOpen() {
      return isOpen;
    },
    async open() {
      if (!canOpen) throw new Error('Port 8302 on 127.0.0.1 is taken.');
      isOpen = true;
    },
    close() {
      isOpen = false;
    },
  };
  const control = createControl(new Map([['north', { listener: north, links: { delay: 0 } }]]), []);
  onTestFinished(() => void control.close());
  const port = await listen(control, { host: '127.0.0.1', port: 0, variable: '' });
  return async (method: string, body?: string, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/faults`, { method, headers, ...(body && { body }) });
    return [response.status, await response.json()];
  };
}

const DOWN = '{"router.north":true}';
const reported = (down: boolean, delay = 0) => [
  200,
  {
    faults: [
      { id: 'router.north', value: down },
      { id: 'router.northDelay', value: delay },
    ].map((each) => expect.objectContaining(each)),
    started: expect.any(Number),
  },
];

test('a router is taken down, and up again', async () => {
  const ask = await startControl();
  expect(await ask('GET')).toEqual(reported(false));
  expect(await ask('PUT', DOWN)).toEqual(reported(true));
  expect(await ask('PUT', '{"router.north":false}')).toEqual(reported(false));
  await ask('PUT', DOWN);
  expect(await ask('DELETE')).toEqual(reported(false));
});

test('a link is made long, up to a second each way', async () => {
  const ask = await startControl();
  expect(await ask('PUT', '{"router.northDelay":40}')).toEqual(reported(false, 40));
  expect(await ask('PUT', '{"router.northDelay":1001}')).toMatchObject([400, { error: { code: 'bad_body' } }]);
  expect(await ask('DELETE')).toEqual(reported(false));
});

test('no page of another origin takes a router down', async () => {
  const ask = await startControl();
  const foreign = { origin: 'http://evil.example' };
  expect(await ask('PUT', DOWN, foreign)).toMatchObject([403, { error: { code: 'foreign_origin' } }]);
  expect(await ask('GET')).toEqual(reported(false));
});

test.each(['router.south', 'constructor', '__proto__', 'north'])(
  'there is no fault %s: 400, and which there are',
  async (id) => {
    const ask = await startControl();
    const message = `${id} is unknown; expected router.north or router.northDelay`;
    expect(await ask('PUT', `{"${id}":true}`)).toEqual([400, { error: { code: 'bad_body', message } }]);
  },
);

test('a router that cannot be opened says why', async () => {
  const ask = await startControl({ canOpen: false });
  await ask('PUT', DOWN);
  const message = 'Port 8302 on 127.0.0.1 is taken.';
  expect(await ask('DELETE')).toEqual([503, { error: { code: 'cannot_open', message } }]);
});
