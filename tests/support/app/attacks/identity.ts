// Acting as another user: invented, fixed and stolen sessions, and forms from other origins (csrf).

import { expect } from 'vitest';
import { type Attack, isAnonymous, signedIn } from './attack.ts';

export const sessions: Attack[] = [
  [
    'an invented session id',
    async (visitor) => {
      visitor.setCookie('sessionid', 'madeup.signature');
      await isAnonymous(visitor);
    },
  ],
  [
    'a session id with a changed signature',
    async (visitor) => {
      await signedIn(visitor);
      const id = visitor.cookie('sessionid') ?? '';
      visitor.setCookie('sessionid', `${id.slice(0, -2)}${id.endsWith('AA') ? 'BB' : 'AA'}`);
      await isAnonymous(visitor);
    },
  ],
  [
    'session fixation: the id known before sign-in is worthless after it',
    async (visitor, app) => {
      await signedIn(visitor, 'tom');
      const known = visitor.cookie('sessionid') ?? '';
      await signedIn(visitor, 'ola');
      expect(visitor.cookie('sessionid')).not.toBe(known);
      const attacker = app.visitor();
      attacker.setCookie('sessionid', known);
      await isAnonymous(attacker);
    },
  ],
  [
    'a session id used after signing out',
    async (visitor, app) => {
      await signedIn(visitor);
      const known = visitor.cookie('sessionid') ?? '';
      expect((await visitor.submit('/jobs/', '/accounts/logout/', {})).status).toBe(302);
      const thief = app.visitor();
      thief.setCookie('sessionid', known);
      await isAnonymous(thief);
    },
  ],
  [
    'an unknown session id is forgotten by the browser, but not by an answer that never looked at it',
    async (visitor) => {
      visitor.setCookie('sessionid', 'madeup.signature');
      expect((await visitor.get('/', { host: 'evil.test' })).status).toBe(400);
      expect((await visitor.get('/jobs')).status).toBe(301);
      expect(visitor.cookie('sessionid')).toBe('madeup.signature');
      expect((await visitor.get('/jobs/')).status).toBe(200);
      expect(visitor.cookie('sessionid')).toBeUndefined();
    },
  ],
  ...[
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test/',
    '/\t/evil.test/',
    '/\r\nset-cookie: a=b',
    'javascript:x',
  ].map(
    (next): Attack => [
      `signing in leads on to ${JSON.stringify(next)}`,
      async (visitor) => {
        const fields = { username: 'ola', password: 'ola', next };
        const { status, headers } = await visitor.submit('/accounts/login/', '/accounts/login/', fields);
        expect([status, headers.location]).toEqual([302, '/']);
      },
    ],
  ),
  [
    'an address that an added slash would make another host',
    async (visitor) => expect((await visitor.get('//evil.test')).headers.location).toBeUndefined(),
  ],
];

export const forgeries: Attack[] = [
  [
    'a form without cookie or token',
    async (visitor) =>
      expect((await visitor.post('/accounts/login/', { username: 'ola', password: 'ola' })).status).toBe(403),
  ],
  [
    'a form without a token',
    async (visitor) => {
      await signedIn(visitor);
      expect((await visitor.post('/jobs/1/description', { description: 'x' })).status).toBe(403);
    },
  ],
  ...['', 'x', 'a'.repeat(64), '<'.repeat(64), 'a'.repeat(10_000)].map(
    (token): Attack => [
      `a form with the token "${token.slice(0, 4)}…" of ${token.length}`,
      async (visitor) => {
        await signedIn(visitor);
        const fields = { description: 'x', csrfmiddlewaretoken: token };
        expect((await visitor.post('/jobs/1/description', fields)).status).toBe(403);
      },
    ],
  ),
  [
    "a form with another user's token",
    async (visitor, app) => {
      await signedIn(visitor);
      const page = (await app.visitor().get('/accounts/login/')).body;
      const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page)?.[1] ?? '';
      expect(token).toHaveLength(64);
      const fields = { description: 'x', csrfmiddlewaretoken: token };
      expect((await visitor.post('/jobs/1/description', fields)).status).toBe(403);
    },
  ],
  ...['http://evil.test', 'null', 'http://djangogirls.test.evil.test', 'https://djangogirls.test'].map(
    (origin): Attack => [
      `a right form from the origin ${origin}`,
      async (visitor) => {
        await signedIn(visitor);
        const sent = await visitor.submit('/jobs/1/', '/jobs/1/description', { description: 'x' }, { origin });
        expect(sent.status).toBe(403);
      },
    ],
  ),
  [
    'a token from before signing in',
    async (visitor) => {
      const before = (await visitor.get('/accounts/login/')).body;
      await signedIn(visitor);
      expect((await visitor.submitFrom(before, '/accounts/login/', { username: 'tom', password: 'tom' })).status).toBe(
        403,
      );
    },
  ],
];
