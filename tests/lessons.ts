// Does lessons as their texts say: the commands of a task are typed in a shell. Each file of tests does some of them, in a lab of its own.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readTrace } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { freePort } from '../runtime/net/listen.ts';
import { ROOT } from '../runtime/program.ts';
import type { LessonPage, LessonVerdict, OwnAppAnswer, Traces } from '../services/visitor/api.ts';
import { parseLesson } from '../traces/lessons/lesson.ts';
import type { StoryNumber } from '../traces/lessons/stories.ts';
import { matching } from '../traces/lessons/verdict.ts';
import type { TraceSpan } from '../traces/model.ts';
import { createCheckout } from './checkout.ts';

/** With this Node first, as npm has it. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
export const FOLDER = join(ROOT, 'lessons');
export const lessons = readdirSync(FOLDER)
  .filter((file) => /^\d/.test(file))
  .map((file) => parseLesson(file, readFileSync(join(FOLDER, file), 'utf8')));

/** A Python that has Django: that of Debian's python3-django is not always the first. */
const python = ['python3', '/usr/bin/python3'].find(
  (each) => spawnSync(each, ['-c', 'import django'], { stdio: 'ignore' }).status === 0,
);
const needsDjango = ({ task }: { task: string }) => task.includes('python3 ');
/** Those that cannot be done here. */
export const skipped = python === undefined ? lessons.filter(needsDjango) : [];

const { root, remove } = createCheckout(); // a lesson edits the lab's files
/** The lab in which they are done; another one after `restart`. */
export let lab: Lab;
beforeAll(async () => {
  lab = await startLab({}, root);
});
afterAll(async () => {
  await endBackground();
  await lab?.stop();
  remove();
});

export const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const response = await fetch(lab.config.visitorUrl + path, { method, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as T;
};
const check = (name: string, answers: string[] = []) =>
  ask<LessonVerdict>('POST', `/lessons/${name}/check`, { answers });

type Visits = Record<string, TraceSpan[]>;
type Answer = string | ((visits: Visits) => string | Promise<string>);

/** What the one span of that service and name says; `where` picks it among several. */
const says =
  (visit: string, service: string, name: string, attribute: string, where: (span: TraceSpan) => boolean = () => true) =>
  (visits: Visits) => {
    const found = visits[visit]?.find((span) => span.service === service && span.name === name && where(span));
    return String(found?.attributes[attribute]);
  };
const isLast = ({ attributes }: TraceSpan) => attributes['http.request.resend_count'] === 1;
/** How many spans of `service` a visit has. */
const spansIn =
  (visit: string, service = '') =>
  (visits: Visits) =>
    String(visits[visit]?.filter((span) => service === '' || span.service === service).length);
const isClient = ({ kind }: TraceSpan) => kind === 2;
const lasts =
  (visit: string, service: string, name: string, where = isClient) =>
  (visits: Visits) => {
    const found = visits[visit]?.find((span) => span.service === service && span.name === name && where(span));
    return String(Math.round(found?.duration ?? Number.NaN));
  };

/** The fault that the current lesson hides. */
function hiddenFault(): string {
  const { current, lessons } = JSON.parse(readFileSync(join(lab.config.home, 'progress.json'), 'utf8'));
  return lessons[current].fault.id;
}

/** The id of a span of a recent trace that shows the hidden fault. */
async function evidence(): Promise<string> {
  const shows = lessons.flatMap(({ check }) => check.evidence).filter(({ fault }) => fault === hiddenFault());
  const { traces } = await ask<Traces>('GET', '/traces?limit=20');
  const found = await Promise.all(traces.map(async ({ traceId }) => (await readTrace(traceId, lab.config)).spans));
  const shown = found.flatMap((spans) => shows.flatMap((each) => matching(each.span, spans)));
  return shown[0]?.spanId ?? 'none';
}

/** What a learner answers: read from their own trace, where it is not the same for everybody. */
export const ANSWERS: Record<string, Answer[]> = {
  'what-a-trace-is': ['3', says('A', 'gateway', 'GET', 'waybill.worker.id', isClient)],
  'the-phonebook': ['tatis.test.', '2'],
  'its-memory': ['2', says('B', 'dns', 'resolve', 'waybill.dns.ttl')],
  'alias-and-nobody': ['test.', '203.0.113.10'],
  'post-offices': ['4', '3'],
  'the-mailbox': ['ECONNREFUSED'],
  'the-sealed-envelope': ['2', 'CERT_HAS_EXPIRED'],
  'static-or-dynamic': ['/static/', '6'],
  'what-a-browser-keeps': ['0', 'not modified'],
  'who-handled-it': ['2', '/letters/<str:name>/', lasts('A', 'visitor', 'GET')],
  'the-urlresolver': ['1', '17'],
  'view-and-database': [
    'SELECT game',
    says('A', 'app', 'SELECT game', 'db.response.returned_rows'),
    says('A', 'app', 'view today', 'code.line.number'),
  ],
  'one-query-or-many': ['7', '1'],
  'permission-and-done': ['ola', '1'],
  'the-personal-letter': ['csrf', '2'],
  'the-queue': [says('A', 'gateway', 'queue', 'waybill.queue.wait_ms'), '503'],
  'a-worker-dies': [
    says('A', 'gateway', 'GET', 'waybill.worker.id', isLast),
    lasts('B', 'gateway', 'GET', ({ attributes }) => attributes['error.type'] === 'worker_timeout'),
  ],
  'find-the-hidden-fault': [hiddenFault, evidence],
  'what-tracing-costs': [
    ({ B = [] }) => String(B.filter(({ scope }) => scope.endsWith('instrumentation-http')).length),
  ],
  'your-own-service': ['my-service', '1'],
  'change-the-lab': ['203.0.113.10', 'tatis.test.'],
  'a-change-reaches-the-site': [says('A', 'pipeline', 'RUN deploy', 'deployment.id'), 'test'],
  'your-own-site': [({ A = [] }) => String(A.find(({ name }) => name === 'GET /')?.service), '7'],
  'find-the-n-plus-1': ['7', '2'],
  'why-is-my-page-slow': ['15', '3'],
  'what-breaks-a-trace': [spansIn('B'), spansIn('A')],
  'two-formats': [spansIn('A'), ({ B = [] }) => String(B[0]?.resource['service.instance.id'])],
  'sampling-at-the-head': [spansIn('A'), spansIn('B')],
  'sampling-at-the-tail': [spansIn('C', 'gateway'), lasts('B', 'gateway', 'GET', ({ kind }) => kind === 1)],
  'a-wrong-clock': [spansIn('A', 'app'), lasts('A', 'visitor', 'visit', () => true)],
  'lost-spans': [says('A', 'visitor', 'DNS lookup', 'dns.answers'), spansIn('C', 'app')],
  'names-and-status': [
    spansIn('A', 'app'),
    ({ B = [] }) => String(B.filter(({ service, status }) => service === 'app' && status === 'error').length),
  ],
  'links-and-later': [
    ({ A = [] }) => String(A.find(({ name }) => name.startsWith('send '))?.attributes['messaging.message.id']),
    ({ B = [] }) => String(B.filter(({ attributes }) => attributes['db.system.name'] !== undefined).length),
  ],
  'what-is-wrong-with-it': [hiddenFault, evidence],
};

/** Tests the lessons of these stories. */
export const testLessons = (stories: readonly StoryNumber[]) =>
  test.for(lessons.filter(({ story }) => stories.includes(story)))(
    '$number $name: its check fails before its task is done, and holds after',
    async ({ name, task }, { skip }) => {
      skip(
        skipped.some((each) => each.name === name),
        'needs Django: apt install python3-django',
      );
      await ask<LessonPage>('POST', `/lessons/${name}/begin`);
      const before = await check(
        name,
        (ANSWERS[name] ?? []).map((answer) => (typeof answer === 'string' ? answer : '1')),
      );
      expect(before).toMatchObject({ done: false, saw: null });

      for (const { command, isBackground } of commandsOf(task)) {
        await (isBackground ? typeInBackground(command) : type(command));
      }
      const { visits } = await check(name);
      expect(visits.flatMap(({ missing }) => missing)).toEqual([]);
      const spans = await Promise.all(
        visits.map(async ({ label, traceId }) => [label, (await readTrace(traceId ?? '', lab.config)).spans]),
      );
      const learned = await Promise.all(
        (ANSWERS[name] ?? []).map((each) => (typeof each === 'string' ? each : each(Object.fromEntries(spans)))),
      );
      const after = await check(name, learned);
      expect(after.answers.map(({ question, right }) => ({ question, right }))).toEqual(
        after.answers.map(({ question }) => ({ question, right: true })),
      );
      expect(after).toMatchObject({ done: true, saw: expect.any(String) });
    },
  );

/** The commands that a task has in its shell blocks, one a line; those of a block `console` run until Ctrl-C. */
function commandsOf(task: string): { command: string; isBackground: boolean }[] {
  return [...task.matchAll(/```(sh|console)\n([\s\S]*?)```/g)].flatMap(([, language, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((command) => ({ command: command.replace('python3 ', `${python} `), isBackground: language === 'console' })),
  );
}

let background: ChildProcess | undefined;

/** Types a command in the second terminal, after Ctrl-C of the one before; waits until the learner's site answers. */
async function typeInBackground(command: string): Promise<void> {
  await endBackground();
  const typed = command.replace('8000', String(await freePort()));
  background = spawn('bash', ['-c', typed], { cwd: root, env: lab.environment, detached: true, stdio: 'ignore' });
  await vi.waitFor(async () => expect((await ask<OwnAppAnswer>('GET', '/app')).app?.state).toBe('up'));
}

async function endBackground(): Promise<void> {
  if (background?.pid === undefined || background.exitCode !== null) return;
  const ended = once(background, 'exit');
  process.kill(-background.pid, 'SIGINT');
  await ended;
}

/** Types a command as it stands in the lesson, but for the port, which this lab has for itself. */
async function type(command: string): Promise<void> {
  const [, variable, value] = /^(\w+)=(\S+) npm start$/.exec(command) ?? [];
  if (variable !== undefined) return restart({ [variable]: value });
  const typed = command
    .replaceAll('127.0.0.1:8180', `127.0.0.1:${lab.config.ports.WAYBILL_SITE_PORT}`)
    .replaceAll(/\bnpm run (?:-s )?(\S+)(?: --(?= ))?/g, (_, script: string) => scriptOf(script));
  const before = lab.output().length;
  // A lesson may send what fails: its check says what must have come of it.
  await promisify(execFile)('bash', ['-c', typed], { cwd: root, env: { ...lab.environment, PATH } }).catch(() => {});
  if (!typed.includes('>> services/dns/')) return;
  await vi.waitFor(() => expect(lab.output().slice(before)).toContain('dns has read its files again'));
}

/** What npm runs for a script: it takes half a second to find that. */
function scriptOf(name: string): string {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return scripts[name] ?? `npm run ${name}`;
}

/** Ctrl-C, and `npm start` again with `extra`, in the same home. */
export async function restart(extra: NodeJS.ProcessEnv): Promise<void> {
  const { process: before, stop } = lab;
  const ended = once(before, 'exit');
  before.kill('SIGTERM');
  await ended;
  const again = await startLab({ ...lab.environment, ...extra }, root);
  lab = {
    ...again,
    stop: async () => {
      const code = await again.stop();
      await stop();
      return code;
    },
  };
}
