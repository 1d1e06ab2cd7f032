// Attacks, sent to the sites on both databases. Each row says what it tries and the expected outcome; after each, the worker
// still answers and the tables are unchanged.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases, type TestApp } from '../../tests/support/app/app.ts';
import { bodies } from '../../tests/support/app/attacks/bodies.ts';
import { forgeries, sessions } from '../../tests/support/app/attacks/identity.ts';
import { injections, scripts } from '../../tests/support/app/attacks/injections.ts';
import { names } from '../../tests/support/app/attacks/names.ts';

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

  test.each([...injections, ...scripts, ...sessions, ...forgeries, ...bodies, ...names])('%s', async (_, run) => {
    await run(app.visitor(), app);
    expect(await intact()).toEqual(before);
    expect((await app.visitor().get('/')).status).toBe(200);
  });
});
