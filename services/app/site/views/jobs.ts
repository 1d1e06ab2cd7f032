// djangogirls.test: jobs. "Please change the description of my job." "Done!"

import { requirePermission } from '../../framework/auth/permissions.ts';
import type { Database } from '../../framework/database/database.ts';
import { blankForm, type Field, readForm } from '../../framework/forms.ts';
import { NotFound } from '../../framework/http/errors.ts';
import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, render } from '../../framework/http/response.ts';

const fields: Record<'description', Field> = {
  description: { label: 'New description', kind: 'multiline', help: 'What a person with this job does.' },
};

/** All jobs. */
export async function jobList(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  return render(request, 'jobs.html', { jobs: await jobsWithOwners(request.db) });
}

/** All jobs with their owners, in one query. */
export function jobsWithOwners(db: Database) {
  return db
    .selectFrom('job')
    .innerJoin('user', 'user.id', 'owner_id')
    .select(['job.id', 'title', 'description', 'user.name as owner'])
    .orderBy('job.id')
    .execute();
}

/** One job, and the form to change its description. */
export async function jobDetail(request: Request, { pk }: { pk: number }): Promise<Response> {
  requireMethod(request, 'GET');
  const job = await findJob(request, pk);
  return render(request, 'job.html', { job, form: blankForm(fields, { description: job.description }) });
}

/** Changes the description, for the owner of the job. */
export async function jobDescription(request: Request, { pk }: { pk: number }): Promise<Response> {
  requireMethod(request, 'POST');
  const job = await findJob(request, pk);
  await requirePermission(request, 'jobs.change_job', job.owner_id);
  const form = readForm(fields, await request.form());
  if (!form.isValid) return render(request, 'job.html', { job, form });

  const { description } = form.values;
  await request.db.updateTable('job').set({ description }).where('id', '=', pk).execute();
  return render(request, 'done.html', { job: { ...job, description } });
}

async function findJob(request: Request, pk: number) {
  const job = await request.db
    .selectFrom('job')
    .innerJoin('user', 'user.id', 'owner_id')
    .select(['job.id', 'title', 'description', 'owner_id', 'user.name as owner'])
    .where('job.id', '=', pk)
    .executeTakeFirst();
  if (!job) throw new NotFound(`There is no job ${pk}.`);
  return job;
}
