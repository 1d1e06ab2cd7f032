// Names that JavaScript or a template gives a meaning of its own, and names that are no text: in every place that takes one.

import { expect } from 'vitest';
import { type Attack, changeJob, FORM_TYPE, signedIn } from './attack.ts';

const MEANING_SOMETHING = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__keywords',
  'safe',
  'super',
  'block',
  'user',
];
const NO_TEXT = [
  '%',
  '%zz',
  '%0',
  '%00',
  '%01',
  '%7f',
  '%c0%80', // overlong NUL
  '%e0%80%af', // overlong slash
  '%ff',
  '%ed%a0%80', // half of a pair
  '%f4%90%80%80', // beyond Unicode
  '%e2%80%ae',
  '%2f',
  '%5c',
  '%25',
  '\xe4',
  '\xc3\xa4',
  '"<>',
  '\\',
  '^`{|}',
];

const targets = (name: string) => [
  `/letters/${name}/`,
  `/letters/${name}`,
  `/${name}/`,
  `/jobs/${name}/`,
  `/jobs/${name}`,
  `/slow/${name}/`,
  `/history/?page=${name}`,
  `/?${name}`,
  `/?${name}=${name}`,
  `/accounts/login/?next=/${name}`,
];

export const names: Attack[] = [
  ...[...MEANING_SOMETHING, ...NO_TEXT].map(
    (name): Attack => [
      `${name} in an address`,
      async (_, app) => {
        const visitor = app.visitor('tatis.test');
        const statuses = [];
        for (const target of targets(name)) statuses.push([target, (await visitor.get(target)).status]);
        expect(statuses.filter(([, status]) => Number(status) >= 500)).toEqual([]);
      },
    ],
  ),
  ...MEANING_SOMETHING.map(
    (name): Attack => [
      `${name} as a field, a header and a cookie`,
      async (visitor) => {
        const page = (await visitor.get('/accounts/login/')).body;
        const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page)?.[1] ?? '';
        visitor.setCookie(name, '1');
        visitor.setCookie('sessionid', name);
        const fields = { csrfmiddlewaretoken: token, username: name, password: name, next: name, [name]: name };
        const body = `${new URLSearchParams(fields)}&${name}=2`;
        const headers = { ...FORM_TYPE, [name.replaceAll('_', '-')]: name };
        const { status, body: answer } = await visitor.send('/accounts/login/', { method: 'POST', headers, body });
        expect([status, answer.includes('Wrong name or password')]).toEqual([200, true]);
      },
    ],
  ),
  ...MEANING_SOMETHING.map(
    (name): Attack => [
      `${name} as what is stored, chosen or asked for`,
      async (visitor, app) => {
        await signedIn(visitor);
        expect((await changeJob(visitor, name)).body).toContain(`<blockquote>${name}</blockquote>`);
        const sam = app.visitor('tatis.test');
        await sam.signIn('sam');
        const sent = await sam.submit('/errors/new/', '/errors/new/', { game: name, inning: name, play: '' });
        expect(sent.body.match(/Select one of the choices/g)).toHaveLength(2);
        expect((await sam.get(`/letters/${name}/`)).body).toContain(`Dear ${name},`);
      },
    ],
  ),
];
