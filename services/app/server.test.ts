import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { recordSpans } from '../../otel/testing.ts';
import { startApp, type TestApp } from './testing.ts';

const recorded = recordSpans();
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(() => recorded.clear());

test('the home page of tatis.test says Yes or No by what the database knows of the day', async () => {
  const visitor = app.visitor('tatis.test');
  const errors = () => app.db.selectFrom('fielding_error').selectAll().execute();
  const kept = await errors();
  await app.db.deleteFrom('fielding_error').execute();
  expect((await visitor.get('/')).body).toContain('<p class="verdict">No</p>');
  const { id } = await app.db.selectFrom('game').select('id').where('day', '=', '2026-06-10').executeTakeFirstOrThrow();
  await app.db
    .insertInto('fielding_error')
    .values([...kept, { id: 'x', game_id: id, inning: 3, play: 'Dropped', recorded_by: null }])
    .execute();
  expect((await visitor.get('/')).body).toContain('<p class="verdict">Yes</p>');
});

test('"Please change the description of my job." "Done!"', async () => {
  const ola = app.visitor();
  expect(await ola.signIn('ola')).toMatchObject({ status: 302, headers: { location: '/' } });
  const answer = await ola.submit('/jobs/1/', '/jobs/1/description', { description: 'Teaches Django' });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('Done!');
  expect((await ola.get('/jobs/1/')).body).toContain('Teaches Django');
});

test("somebody else's job stays as it is", async () => {
  const ola = app.visitor();
  await ola.signIn('ola');
  const { status, body } = await ola.submit('/jobs/2/', '/jobs/2/description', { description: 'Mine now' });
  expect(status).toBe(403);
  expect(body).toContain('this belongs to somebody else');
  expect((await ola.get('/jobs/2/')).body).not.toContain('Mine now');
});

test('a path that no pattern fits gets the list of those that were tried', async () => {
  const { status, body } = await app.visitor().get('/no/such/page/');
  expect(status).toBe(404);
  expect(body).toContain('/jobs/&lt;int:pk&gt;/');
});

test('a view that fails is a 500 with its trace, and its stack only in debug', async () => {
  const { status, body } = await app.visitor().get('/error/');
  expect(status).toBe(500);
  expect(body).toContain('This view fails on purpose.');
  const [span] = recorded.named('view error');
  expect(body).toContain(span?.spanContext().traceId);

  const plain = await startApp({ debug: false });
  const answer = await plain.visitor().get('/error/');
  await plain.stop();
  expect(answer.body).toContain('Internal error.');
  expect(answer.body).not.toContain('on purpose');
});

test('health leaves no span', async () => {
  const { body } = await app.visitor().get('/healthz');
  expect(JSON.parse(body)).toMatchObject({ worker: 'app-1', pid: process.pid });
  expect(recorded.all()).toEqual([]);
});

test('a client that goes before the answer is told on the span', async () => {
  const aborter = new AbortController();
  const asked = fetch(`http://127.0.0.1:${app.port}/slow/200/`, { signal: aborter.signal }).catch(() => 'gone');
  await vi.waitFor(() => expect(recorded.named('urlresolver')).toHaveLength(1));
  aborter.abort();
  expect(await asked).toBe('gone');
  await vi.waitFor(() => {
    expect(recorded.named('GET /slow/<int:ms>/').map(({ attributes }) => attributes['error.type'])).toEqual([
      'client_gone',
    ]);
  });
});
