import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { databases, startApp, type TestApp } from '../../tests/support/app/app.ts';
import { recordSpans } from '../../tests/support/otel.ts';

const recorded = recordSpans();
let app: TestApp;

describe.each(databases)('on $database', ({ skip, start }) => {
  beforeAll(async () => {
    if (!skip) app = await start();
  });
  afterAll(() => (skip ? undefined : app.stop()));
  beforeEach((context) => {
    if (skip) context.skip(skip);
    recorded.clear();
  });

  test('the home page of tatis.test says Yes or No by what the database knows of the day', async () => {
    const visitor = app.visitor('tatis.test');
    const errors = () => app.db.selectFrom('fielding_error').selectAll().execute();
    const recordedErrors = await errors();
    await app.db.deleteFrom('fielding_error').execute();
    expect((await visitor.get('/')).body).toContain('<p class="verdict">No</p>');
    const { id } = await app.db
      .selectFrom('game')
      .select('id')
      .where('day', '=', '2026-06-10')
      .executeTakeFirstOrThrow();
    await app.db
      .insertInto('fielding_error')
      .values([...recordedErrors, { id: 'x', game_id: id, inning: 3, play: 'Dropped', recorded_by: null }])
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
    expect(body).toContain('this object belongs to another user');
    expect((await ola.get('/jobs/2/')).body).not.toContain('Mine now');
  });

  test('a path that no pattern matches gets the list of those that were tried', async () => {
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
    const { body } = await app.visitor('127.0.0.1').get('/healthz');
    expect(JSON.parse(body)).toMatchObject({ worker: 'app-1', pid: process.pid });
    expect(recorded.all()).toEqual([]);
  });

  test('a client that closes the connection: the view ends at once, as an outcome, and the worker is free', async () => {
    const client = new AbortController();
    const fetched = fetch(`http://127.0.0.1:${app.port}/slow/30000/`, { signal: client.signal }).catch(() => 'gone');
    await vi.waitFor(() => expect(recorded.named('urlresolver')).toHaveLength(1));
    client.abort();
    expect(await fetched).toBe('gone');
    const free = async () => JSON.parse((await app.visitor('127.0.0.1').get('/healthz')).body);
    await vi.waitFor(async () => expect(await free()).toMatchObject({ inHand: 0 }));
    const [view] = recorded.named('view slow_for');
    const [server] = recorded.named('GET /slow/<int:ms>/');
    expect(view?.status.code).toBe(SpanStatusCode.UNSET);
    expect(view?.events.map(({ name, attributes }) => [name, attributes?.['waybill.raised']])).toEqual([
      ['raised', 'AbortError: The operation was aborted'],
    ]);
    expect(server?.attributes['error.type']).toBe('client_gone');
    expect(server?.attributes).not.toHaveProperty('http.response.status_code');
    expect(endOf(server)).toBeGreaterThanOrEqual(endOf(view));
  });

  test('a request may wait for at most half a minute', async () => {
    const { status, body } = await app.visitor().get('/slow/30001/');
    expect([status, body.includes('This takes at most 30000 ms.')]).toEqual([404, true]);
  });

  test('an error that a user with the permission records turns No into Yes, with a message', async () => {
    const sam = app.visitor('tatis.test');
    await sam.signIn('sam');
    await app.db.deleteFrom('fielding_error').execute();
    const { id } = await app.db
      .selectFrom('game')
      .select('id')
      .where('day', '=', '2026-06-10')
      .executeTakeFirstOrThrow();
    const fields = { game: String(id), inning: '7', play: 'Ground ball goes under the glove' };
    expect((await sam.submit('/errors/new/', '/errors/new/', fields)).headers.location).toBe('/');
    const { body } = await sam.get('/');
    expect(body).toContain('The error is recorded.');
    expect(body).toContain('<p class="verdict">Yes</p>');
    expect((await sam.get('/')).body).not.toContain('The error is recorded.');
  });

  test('a user without the permission cannot record an error', async () => {
    const tom = app.visitor('tatis.test');
    await tom.signIn('tom');
    const { status, body } = await tom.get('/errors/new/');
    expect([status, body.includes('the user does not have this permission')]).toEqual([403, true]);
    expect((await app.visitor('tatis.test').get('/errors/new/')).body).toContain('not signed in');
  });

  test('signing in redirects back to the page', async () => {
    const mara = app.visitor();
    const { headers } = await mara.get('/letters/');
    expect(headers.location).toBe('/accounts/login/?next=%2Fletters%2F');
    const page = String(headers.location);
    const answer = await mara.submit(page, '/accounts/login/', { username: 'mara', password: 'mara' });
    expect(answer.headers.location).toBe('/letters/');
    expect((await mara.get('/letters/')).body).toContain('Dear Mara');
  });

  test('a path without its last slash is redirected to the one with it, with its query', async () => {
    const { status, headers } = await app.visitor('tatis.test').get('/history?page=2');
    expect([status, headers.location]).toEqual([301, '/history/?page=2']);
  });

  test('history has pages, each game once', async () => {
    const visitor = app.visitor('tatis.test');
    const pages = await Promise.all([1, 2].map((page) => visitor.get(`/history/?page=${page}`)));
    const days = pages.flatMap(({ body }) => body.match(/<th scope="row">[^<]+/g) ?? []);
    expect([days.length, new Set(days).size]).toEqual([20, 20]);
    expect((await visitor.get('/history/?page=99')).status).toBe(404);
  });

  test("today is the site's day, not the server's", async () => {
    const late = await startApp({ clock: () => new Date('2026-06-11T05:00:00Z') }); // still the 10th in San Diego
    const { body } = await late.visitor('tatis.test').get('/');
    await late.stop();
    expect(body).toContain('Wednesday, 10 June 2026');
  });

  test('every page links to its own trace and says which worker wrote it', async () => {
    for (const path of ['/', '/jobs/', '/no/such/page/', '/error/']) {
      recorded.clear();
      const { body } = await app.visitor().get(path);
      const traceId = recorded.named('urlresolver')[0]?.spanContext().traceId;
      expect(body).toContain(`/traces/${traceId}"`);
      expect(body).toContain(`worker <code>app-1</code> (process ${process.pid})`);
    }
  });
});

/** When a span ended, in ms. */
function endOf(span: ReadableSpan | undefined): number {
  const [seconds = 0, nanoseconds = 0] = span?.endTime ?? [];
  return seconds * 1000 + nanoseconds / 1e6;
}
