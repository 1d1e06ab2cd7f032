// Text that wants to be more than text: SQL, templates, scripts, in every field that is stored or shown again.

import { expect } from 'vitest';
import { type Attack, changeJob, isAnonymous, signedIn } from './attack.ts';

const SCRIPT = '<script>alert("x")</script>';

export const injections: Attack[] = [
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
      expect(body).toContain('Wrong name or password');
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

export const scripts: Attack[] = [
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
