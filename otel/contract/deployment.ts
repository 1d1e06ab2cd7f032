// How a change reaches the site: the spans of a deployment, a trace of its own beside those of visits. Names are those of
// OpenTelemetry's conventions for CI/CD, version control, deployments and tests.

import { SpanKind } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { failure, text, time } from './phrases.ts';
import { defineSpan, type SpanSpec } from './spec.ts';
import type { Stage } from './stages.ts';
import type { StopId } from './stops.ts';

/** Where each task of the pipeline is done, and what its time is spent on. */
const TASK_STOPS: ReadonlyMap<string, StopId> = new Map([
  ['lint', 'checks'],
  ['test', 'checks'],
  ['collectstatic', 'files'],
  ['migrate', 'tables'],
  ['switch', 'release'],
  ['roll back', 'release'],
  ['replace workers', 'workers'],
  ['check health', 'workers'],
  ['first visit', 'reader'],
]);
const TASK_STAGES: ReadonlyMap<string, Stage> = new Map([
  ['build', 'build'],
  ['test', 'test'],
  ['deploy', 'release'],
]);

export const deploy = defineSpan({
  service: 'developer',
  name: 'deploy {change}',
  parents: ['root'],
  sentence: 'A developer has changed the site, and sends the change on its way to the visitors.',
  story: {
    before: () => 'A developer has changed the site, and sends the change on its way to the visitors.',
    after: (span) => `The change ${span.error === null ? 'is live' : `did not reach the site: ${failure(span)}`}.`,
  },
  place: 'developer',
  stage: 'commit',
  attributes: { [names.ATTR_VCS_REF_HEAD_NAME]: 'the branch: main' },
  sometimes: {
    [names.ATTR_VCS_REF_HEAD_REVISION]: 'when there is a commit: its hash',
    [ATTR_ERROR_TYPE]:
      'when the change did not reach the site: the task of the pipeline that failed, or why no pipeline ran',
  },
  events: ['committed'],
});

export const push = defineSpan({
  service: 'developer',
  name: 'git push',
  kind: SpanKind.CLIENT,
  parents: ['developer deploy {change}'],
  sentence: 'The commit goes to the repository. The trace context travels along as a push option.',
  story: {
    before: () => 'The commit goes to the repository. The trace context travels along as a push option.',
    after: (span) => `The repository ${span.error === null ? 'has accepted' : 'rejects'} the commit.`,
  },
  place: 'repository',
  stage: 'commit',
  attributes: {
    [names.ATTR_VCS_REF_HEAD_NAME]: 'the branch: main',
    [names.ATTR_VCS_REF_HEAD_REVISION]: 'the commit',
    [names.ATTR_VCS_REPOSITORY_URL_FULL]: 'where to',
  },
  sometimes: { [ATTR_ERROR_TYPE]: 'when the repository did not take it: rejected' },
});

export const run = defineSpan({
  service: 'pipeline',
  name: '{action} deploy',
  kind: SpanKind.SERVER,
  parents: ['developer git push', 'developer deploy {change}', 'root'],
  sentence: "The repository's hook starts the pipeline: it builds and tests the commit, and makes it the new release.",
  story: {
    before: () => "The repository's hook starts the pipeline.",
    after: (span) => `The pipeline ${span.error === null ? 'is done' : `ends: ${failure(span)}`}.`,
  },
  place: 'pipeline',
  stage: 'build',
  attributes: {
    [names.ATTR_CICD_PIPELINE_NAME]: 'deploy',
    [names.ATTR_CICD_PIPELINE_ACTION_NAME]: 'RUN; ROLLBACK when an earlier release is restored',
    [names.ATTR_CICD_PIPELINE_RUN_ID]: 'the process of this run',
    [names.ATTR_CICD_PIPELINE_RESULT]: 'success, failure (a task failed), cancellation (it was stopped), error',
    [names.ATTR_DEPLOYMENT_STATUS]: 'succeeded or failed',
  },
  sometimes: {
    [names.ATTR_DEPLOYMENT_ID]: 'the release: number of the commit, and its hash',
    [names.ATTR_VCS_REF_HEAD_REVISION]: 'when it was pushed: the commit',
    [names.ATTR_VCS_REF_BASE_REVISION]: 'when it was pushed: the commit before it',
    [ATTR_ERROR_TYPE]: 'when a task failed: its name',
  },
});

export const task = defineSpan({
  service: 'pipeline',
  name: '{task}',
  parents: ['pipeline {action} deploy'],
  sentence: 'One step of the pipeline. When it fails, the later steps are not run.',
  story: {
    before: ({ name }) => `The pipeline runs its step “${name}”.`,
    after: (span) =>
      span.error === null
        ? `The step “${span.name}” is done, after ${time(span)}.`
        : `The step “${span.name}” fails (${failure(span)}), so the later steps are not run.`,
  },
  place: ({ name }) => TASK_STOPS.get(name) ?? 'pipeline',
  stage: (span) => TASK_STAGES.get(text(span, names.ATTR_CICD_PIPELINE_TASK_TYPE)) ?? 'build',
  attributes: {
    [names.ATTR_CICD_PIPELINE_TASK_NAME]:
      'checkout, install, lint, test, build, collectstatic, migrate, switch, replace workers, check health, first visit; roll back',
    [names.ATTR_CICD_PIPELINE_TASK_TYPE]: 'build, test or deploy',
    [names.ATTR_CICD_PIPELINE_TASK_RUN_ID]: 'run and number of the task',
    [names.ATTR_CICD_PIPELINE_TASK_RUN_RESULT]: 'success, failure, cancellation or error',
  },
  sometimes: {
    [names.ATTR_VISIT_TRACE]: 'of `first visit`: the trace of that visit',
    [ATTR_ERROR_TYPE]: 'when it failed: why',
  },
  events: ['exception'],
});

export const testCase = defineSpan({
  service: 'pipeline',
  name: 'test case {name}',
  parents: ['pipeline {task}'],
  sentence: "One of the site's own tests.",
  story: { before: ({ name }) => `One of the site's own tests: ${name.replace('test case ', '')}.` },
  place: 'checks',
  stage: 'test',
  attributes: {
    [names.ATTR_TEST_SUITE_NAME]: 'the file',
    [names.ATTR_TEST_CASE_NAME]: 'the name of the test',
    [names.ATTR_TEST_CASE_RESULT_STATUS]: 'pass or fail',
  },
  sometimes: { [ATTR_ERROR_TYPE]: 'when it failed: AssertionError or another class' },
  events: ['exception'],
});

export const migration = defineSpan({
  service: 'app',
  name: 'migration {name}',
  parents: ['pipeline {task}'],
  sentence: 'A migration changes the tables to what the new code expects, in one transaction.',
  story: {
    before: ({ name }) =>
      `The migration ${name.replace('migration ', '')} changes the tables to what the new code expects.`,
    after: (span) => (span.error === null ? 'The tables are changed.' : `The migration fails: ${failure(span)}.`),
  },
  place: 'tables',
  stage: 'database',
  attributes: {},
  sometimes: { [ATTR_ERROR_TYPE]: 'when it failed: the code; it was rolled back' },
  events: ['exception'],
});

/** In the order of a deployment; test cases before tasks, whose name may be any. */
export const spans: readonly SpanSpec[] = [deploy, push, run, testCase, task, migration];
