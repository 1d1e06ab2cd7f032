// Bodies and URLs that are too large or malformed.

import { expect } from 'vitest';
import { type Attack, changeJob, FORM_TYPE, signedIn } from './attack.ts';

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

export const bodies: Attack[] = [
  [
    'a body whose Content-Length is too large',
    async (visitor) =>
      expect(
        (await visitor.send('/accounts/login/', { method: 'POST', headers: FORM_TYPE, body: 'x'.repeat(70_000) }))
          .status,
      ).toBe(413),
  ],
  [
    'a chunked body that is too large',
    async (visitor) => {
      await visitor.get('/accounts/login/');
      const sent = {
        method: 'POST',
        headers: { ...FORM_TYPE, 'transfer-encoding': 'chunked' },
        body: 'x'.repeat(70_000),
      };
      expect((await visitor.send('/accounts/login/', sent)).status).toBe(413);
    },
  ],
  ...['application/json', 'multipart/form-data; boundary=x', 'text/plain'].map(
    (type): Attack => [
      `a body of type ${type}`,
      async (visitor) => {
        await visitor.get('/accounts/login/');
        const sent = { method: 'POST', headers: { 'content-type': type }, body: '{"username":"ola"}' };
        expect((await visitor.send('/accounts/login/', sent)).status).toBe(415);
      },
    ],
  ),
  [
    'invalid UTF-8, NUL and control characters in a field',
    async (visitor) => {
      await signedIn(visitor);
      const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec((await visitor.get('/jobs/1/')).body)?.[1] ?? '';
      for (const description of ['%00', 'a%00b', '%1b[31m']) {
        const body = `${form({ csrfmiddlewaretoken: token })}&description=${description}`;
        const answer = await visitor.send('/jobs/1/description', { method: 'POST', headers: FORM_TYPE, body });
        expect([answer.status, answer.body.includes('Control characters are not allowed')]).toEqual([200, true]);
      }
      const body = `${form({ csrfmiddlewaretoken: token })}&description=%ff%fe%c0%80`;
      const answer = await visitor.send('/jobs/1/description', { method: 'POST', headers: FORM_TYPE, body });
      expect(answer.body).toContain('Done!');
    },
  ],
  [
    'a description that is too long, or empty',
    async (visitor) => {
      await signedIn(visitor);
      expect((await changeJob(visitor, 'x'.repeat(201))).body).toContain('at most 200 characters');
      expect((await changeJob(visitor, '  ')).body).toContain('This field is required.');
    },
  ],
  [
    'a choice that was not offered',
    async (_, app) => {
      const sam = app.visitor('tatis.test');
      await sam.signIn('sam');
      const sent = await sam.submit('/errors/new/', '/errors/new/', { game: '1', inning: '99', play: 'x' });
      expect(sent.body.match(/Select one of the choices/g)).toHaveLength(2);
    },
  ],
  ...[
    ['/letters/%00/', 400],
    ['/letters/%ff/', 400],
    ['/letters/%zz/', 400],
    ['/letters/__proto__/', 200],
    ['/jobs/99999999999999999999/', 404],
    ['/jobs/2147483648/', 404],
    ['/jobs/-1/', 404],
    ['/history/?page=999999999999', 404],
    [`/letters/${'x'.repeat(5000)}/`, 200],
  ].map(
    ([path, status]): Attack => [
      `${String(path).slice(0, 40)} is ${status}`,
      async (_, app) => expect((await app.visitor('tatis.test').get(String(path))).status).toBe(status),
    ],
  ),
  ['a host that no site has', async (_, app) => expect((await app.visitor('evil.test').get('/')).status).toBe(400)],
  [
    'a forwarded host that no site has is not read',
    async (visitor) => expect((await visitor.get('/', { 'x-forwarded-host': 'evil.test' })).status).toBe(200),
  ],
  [
    'a method that the page does not take',
    async (visitor) => expect((await visitor.send('/', { method: 'OPTIONS' })).status).toBe(405),
  ],
];
