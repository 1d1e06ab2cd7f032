// tatis.test: the report of all games, which a background worker counts.

import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, render } from '../../framework/http/response.ts';
import { sendTask } from '../../framework/tasks.ts';
import { reports } from '../tasks.ts';

/** The latest report, and a form that asks for a new one: that is answered at once (202), before it is counted. */
export async function report(request: Request): Promise<Response> {
  requireMethod(request, 'GET', 'POST');
  if (request.method === 'POST') {
    await sendTask(request.db, reports, null, request.now());
    return render(request, 'report_later.html', {}, 202);
  }
  const latest = await request.db.selectFrom('report').selectAll().where('id', '=', 1).executeTakeFirst();
  return render(request, 'report.html', { report: latest ?? null });
}
