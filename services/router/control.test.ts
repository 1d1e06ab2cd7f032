import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../runtime/net/listen.ts';
import { createControl, type Door } from './control.ts';

/** The control API over one office, north, which opens only while `canOpen`. */
async function startControl({ canOpen = true } = {}) {
  let isOpen = true;
  const north: Door = {
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
  const control = createControl(new Map([['north', north]]), []);
  onTestFinished(() => void control.close());
  const port = await listen(control, { host: '127.0.0.1', port: 0, variable: '' });
  return async (path: string, method = 'POST', headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
    return [response.status, await response.json()];
  };
}

test('an office is closed and opened', async () => {
  const ask = await startControl();
  expect(await ask('/offices', 'GET')).toEqual([200, { north: 'open' }]);
  expect(await ask('/offices/north/close')).toEqual([200, { north: 'closed' }]);
  expect(await ask('/offices/north/open')).toEqual([200, { north: 'open' }]);
});

test('no GET closes an office, and no page of another origin', async () => {
  const ask = await startControl();
  expect(await ask('/offices/north/close', 'GET')).toMatchObject([405, { error: { code: 'wrong_method' } }]);
  const foreign = { origin: 'http://evil.example' };
  expect(await ask('/offices/north/close', 'POST', foreign)).toMatchObject([
    403,
    { error: { code: 'foreign_origin' } },
  ]);
  expect(await ask('/offices', 'GET')).toEqual([200, { north: 'open' }]);
});

test.each(['south', 'constructor', '__proto__', '%6eorth%2f'])(
  'there is no office %s: 404, and which there are',
  async (name) => {
    const ask = await startControl();
    expect(await ask(`/offices/${name}/close`)).toEqual([
      404,
      { error: { code: 'no_office', message: 'The offices here are north' } },
    ]);
  },
);

test('an office that cannot be opened says why', async () => {
  const ask = await startControl({ canOpen: false });
  expect(await ask('/offices/north/open')).toEqual([
    503,
    { error: { code: 'cannot_open', message: 'Port 8302 on 127.0.0.1 is taken.' } },
  ]);
});
