// A table of attacks, sent to the sites on both databases. Each row says what it tries and what must come of it;
// after each, the worker lives and the tables are as they were.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases, type TestApp, type Visitor } from './testing.ts';

const SCRIPT = '<script>alert("x")</script>';
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

type Attack = [what: string, run: (visitor: Visitor, app: TestApp) => Promise<void>];

const signedIn = async (visitor: Visitor, name = 'ola') => {
  await visitor.signIn(name);
  expect((await visitor.get('/jobs/')).body).toContain('Sign out');
};
const isAnonymous = async (visitor: Visitor) => expect((await visitor.get('/jobs/')).body).not.toContain('Sign out');
const changeJob = (visitor: Visitor, description: string) =>
  visitor.submit('/jobs/1/', '/jobs/1/description', { description });

const injections: Attack[] = [
  ...["' OR 1=1 --", "'; DROP TABLE letter; --", 'ola\' UNION SELECT name, password FROM "user" --'].map(
    (sql): Attack => [
      `SQL in an address: ${sql}`,
      async (visitor) => {
        const { status, body } = await visitor.get(`/letters/${encodeURIComponent(sql)}/`);
        expect(status).toBe(200);
        expect(body).toContain('nobody has written to you yet');
      },
    ],
  ),
  [
    'SQL in the name to sign in with',
    async (visitor) => {
      const { status, body } = await visitor.signIn("ola' --", 'x');
      expect(status).toBe(200);
      expect(body).toContain('do not belong together');
      await isAnonymous(visitor);
    },
  ],
  [
    'SQL in a stored field',
    async (visitor) => {
      await signedIn(visitor);
      expect((await changeJob(visitor, "x'; DROP TABLE job; --")).status).toBe(200);
      expect((await visitor.get('/jobs/1/')).body).toContain('x&#39;; DROP TABLE job; --');
    },
  ],
  [
    'SQL in a page number',
    async (_, app) => {
      const { status } = await app.visitor('tatis.test').get('/history/?page=1;DROP%20TABLE%20game');
      expect(status).toBe(404);
    },
  ],
  ...['{{ 7 | times: 7 }}', '{{ request.app.settings.secretKey }}', '{% include "/etc/passwd" %}'].map(
    (template): Attack => [
      `a template in a name and in a stored field: ${template}`,
      async (visitor, app) => {
        const address = `/letters/${encodeURIComponent(template).replaceAll('%2F', '')}/`;
        const { status, body } = await visitor.get(address);
        expect([status, body.includes('{')]).toEqual([200, true]);
        expect(body).not.toMatch(/Dear 49|root:/);
        await signedIn(visitor);
        await changeJob(visitor, template);
        const stored = (await visitor.get('/jobs/')).body;
        expect(stored).toContain(template.replaceAll('"', '&quot;'));
        expect(stored).not.toContain(app.config.secretKey);
      },
    ],
  ),
];

const scripts: Attack[] = [
  ...[
    `/letters/${encodeURIComponent(SCRIPT).replaceAll('%2F', '')}/`,
    `/${encodeURIComponent(SCRIPT)}/`,
    `/accounts/login/?next=${encodeURIComponent(`">${SCRIPT}`)}`,
    `/jobs/1/?x=${encodeURIComponent(SCRIPT)}`,
  ].map(
    (address): Attack => [
      `a script in an address: ${address}`,
      async (visitor) => expect((await visitor.get(address)).body).not.toMatch(/<script/i),
    ],
  ),
  [
    'a script in the name to sign in with, shown again',
    async (visitor) => {
      const { body } = await visitor.signIn(`"><b>${SCRIPT}`, 'x');
      expect(body).toContain('value="&quot;&gt;&lt;b&gt;');
      expect(body).not.toMatch(/<script/i);
    },
  ],
  [
    'a script in the description of a job, on every page that shows it',
    async (visitor) => {
      await signedIn(visitor);
      const done = await changeJob(visitor, `</textarea>${SCRIPT}`);
      const pages = await Promise.all(
        ['/jobs/', '/jobs/1/', '/lessons/one-by-one/', '/lessons/together/'].map((page) => visitor.get(page)),
      );
      for (const { body } of [done, ...pages]) expect(body).not.toMatch(/<script|<\/textarea>\s*&lt;script/i);
    },
  ],
  [
    'a script in what happened in a game',
    async (_, app) => {
      const sam = app.visitor('tatis.test');
      await sam.signIn('sam');
      const { id } = await app.db
        .selectFrom('game')
        .select('id')
        .where('day', '=', '2026-06-10')
        .executeTakeFirstOrThrow();
      const sent = await sam.submit('/errors/new/', '/errors/new/', { game: String(id), inning: '2', play: SCRIPT });
      expect(sent.status).toBe(302);
      const { body } = await sam.get('/');
      expect(body).toContain('&lt;script&gt;');
      expect(body).not.toMatch(/<script/i);
    },
  ],
];

const sessions: Attack[] = [
  [
    'a session id that somebody made up',
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

const forgeries: Attack[] = [
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
    "a form with somebody else's token",
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

const bodies: Attack[] = [
  [
    'a body that says it is too long',
    async (visitor) =>
      expect(
        (await visitor.send('/accounts/login/', { method: 'POST', headers: FORM_TYPE, body: 'x'.repeat(70_000) }))
          .status,
      ).toBe(413),
  ],
  [
    'a body in pieces that gets too long',
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
    'bytes that are no UTF-8, NUL and control characters in a field',
    async (visitor) => {
      await signedIn(visitor);
      const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec((await visitor.get('/jobs/1/')).body)?.[1] ?? '';
      for (const description of ['%00', 'a%00b', '%1b[31m']) {
        const body = `${form({ csrfmiddlewaretoken: token })}&description=${description}`;
        const answer = await visitor.send('/jobs/1/description', { method: 'POST', headers: FORM_TYPE, body });
        expect([answer.status, answer.body.includes('no control characters')]).toEqual([200, true]);
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
      expect((await changeJob(visitor, '  ')).body).toContain('This field is needed.');
    },
  ],
  [
    'a choice that was not offered',
    async (_, app) => {
      const sam = app.visitor('tatis.test');
      await sam.signIn('sam');
      const sent = await sam.submit('/errors/new/', '/errors/new/', { game: '1', inning: '99', play: 'x' });
      expect(sent.body.match(/none of the choices/g)).toHaveLength(2);
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
    'a forwarded host that no site has',
    async (visitor) => expect((await visitor.get('/', { 'x-forwarded-host': 'evil.test' })).status).toBe(400),
  ],
  [
    'a method that the page does not take',
    async (visitor) => expect((await visitor.send('/', { method: 'OPTIONS' })).status).toBe(405),
  ],
];

describe.each(databases)('on $database', ({ skip, start }) => {
  let app: TestApp;
  const intact = async () =>
    Promise.all(
      (['user', 'user_permission', 'letter', 'job', 'game'] as const).map((table) =>
        app.db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow(),
      ),
    );
  let before: unknown;
  beforeAll(async () => {
    if (skip) return;
    app = await start();
    before = await intact();
  });
  afterAll(() => app?.stop());
  beforeEach((context) => {
    if (skip) context.skip(skip);
  });

  test.each([...injections, ...scripts, ...sessions, ...forgeries, ...bodies])('%s', async (_, run) => {
    await run(app.visitor(), app);
    expect(await intact()).toEqual(before);
    expect((await app.visitor().get('/')).status).toBe(200);
  });
});
