// Views that are slow or fail on purpose, to be seen in a trace.

import { setTimeout as delay } from 'node:timers/promises';
import { NotFound } from '../../framework/http/errors.ts';
import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, render } from '../../framework/http/response.ts';
import { jobsWithOwners } from './jobs.ts';

/** Long enough to see what waits, short enough to wait for. */
const SLOW_MS = 800;
/** The longest that a request may occupy a worker. */
const MAX_MS = 30_000;

/** Waits, like a view that calls a slow service, until its client closes the connection; the event loop is free. */
export async function slow(request: Request, { ms = SLOW_MS }: { ms?: number }): Promise<Response> {
  requireMethod(request, 'GET');
  await delay(bounded(ms), undefined, { signal: request.signal });
  return render(request, 'slow.html', { ms, how: 'waited' });
}

/** Computes, so that the event loop is blocked: the worker does not even answer health checks. */
export function block(request: Request, { ms }: { ms: number }): Response {
  requireMethod(request, 'GET');
  const end = performance.now() + bounded(ms);
  while (performance.now() < end);
  return render(request, 'slow.html', { ms, how: 'computed' });
}

/** Throws. */
export function error(request: Request): Response {
  requireMethod(request, 'GET');
  throw new Error('This view fails on purpose.');
}

/** Names many files, which a browser may keep in different ways. */
export function album(request: Request): Response {
  requireMethod(request, 'GET');
  return render(request, 'album.html', { stickers: [1, 2, 3, 4, 5, 6] });
}

/** The mistake: one query for the jobs, then one for the owner of each (N + 1). */
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
  return render(request, 'queries.html', { jobs, queries: 1 + found.length, fixed: false });
}

/** The fix: one query for the jobs with their owners. */
export async function jobsTogether(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  return render(request, 'queries.html', { jobs: await jobsWithOwners(request.db), queries: 1, fixed: true });
}

function bounded(ms: number): number {
  if (ms > MAX_MS) throw new NotFound(`This takes at most ${MAX_MS} ms.`);
  return ms;
}
