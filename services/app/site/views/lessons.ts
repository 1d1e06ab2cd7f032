// Views that go wrong on purpose: each is here to be seen in a trace.

import { setTimeout as delay } from 'node:timers/promises';
import { NotFound } from '../../framework/http/errors.ts';
import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, render } from '../../framework/http/response.ts';
import { jobsWithOwners } from './jobs.ts';

/** Long enough to see who waits, short enough to wait for. */
const SLOW_MS = 800;
/** Nobody may keep a worker for longer. */
const MAX_TIMER_MS = 30_000;

/** Takes its time, as a view that asks a slow service does, but no longer than somebody waits for it; the event loop is free. */
export async function slow(request: Request, { ms = SLOW_MS }: { ms?: number }): Promise<Response> {
  requireMethod(request, 'GET');
  await delay(bounded(ms), undefined, { signal: request.signal });
  return render(request, 'slow.html', { ms, how: 'waited' });
}

/** Computes all the while, so that the worker can do nothing else: not even say that it is alive. */
export function block(request: Request, { ms }: { ms: number }): Response {
  requireMethod(request, 'GET');
  const end = performance.now() + bounded(ms);
  while (performance.now() < end);
  return render(request, 'slow.html', { ms, how: 'computed' });
}

/** Fails. */
export function error(request: Request): Response {
  requireMethod(request, 'GET');
  throw new Error('This view fails on purpose.');
}

/** The mistake: one query for the jobs, then one more for the owner of each (N + 1). */
export async function jobsOneByOne(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  const found = await request.db.selectFrom('job').selectAll().orderBy('id').execute();
  const jobs = [];
  for (const job of found) {
    const owner = await request.db
      .selectFrom('user')
      .select('name')
      .where('id', '=', job.owner_id)
      .executeTakeFirstOrThrow();
    jobs.push({ ...job, owner: owner.name });
  }
  return render(request, 'queries.html', { jobs, queries: 1 + found.length, repaired: false });
}

/** Its repair: the owners come along, in one query. */
export async function jobsTogether(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  return render(request, 'queries.html', { jobs: await jobsWithOwners(request.db), queries: 1, repaired: true });
}

function bounded(ms: number): number {
  if (ms > MAX_TIMER_MS) throw new NotFound(`This takes at most ${MAX_TIMER_MS} ms.`);
  return ms;
}
