// Where a deployment begins: the change is made and committed, and goes to the repository, whose hook says how it went on.
// A process of its own, so that it can be traced; started by `npm run deploy` (lab/commands/deploy.ts), which reads what it
// tells: `{release, traceId}`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { context, type Span } from '@opentelemetry/api';
import { deployment } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { note } from '../../otel/event.ts';
import { flush } from '../../otel/flush.ts';
import { contextVariables } from '../../otel/propagation/environment.ts';
import { failSpan, inSpan } from '../../otel/span.ts';
import { LabError } from '../command.ts';
import { readLabConfig } from '../config.ts';
import { CHANGES, type ChangeName } from './changes.ts';
import { BRANCH, commitSite, git, gitEnvironment, prepareRepository } from './git.ts';
import { claim, isSwitchLeft, letGo, placesIn, recover, servedRelease } from './places.ts';

/** What the process tells the one that started it. */
export type Told = { traceId: string; isDone: boolean; release: string | null; message?: string };

/** The pipeline has said why. */
class Rejected extends LabError {
  readonly code = 'rejected';
}

const { values } = parseArgs({
  options: { change: { type: 'string' }, rollback: { type: 'boolean' }, to: { type: 'string' } },
});
const places = placesIn(resolve(readLabConfig(process.env).home));
process.on('SIGINT', () => {}); // git and the pipeline get it too, and end in order

const what = values.rollback ? 'rollback' : (values.change ?? 'working tree');
const attributes = { [names.ATTR_VCS_REF_HEAD_NAME]: BRANCH };
await inSpan(deployment.deploy, { words: { change: what }, attributes }, async (span) => {
  let failure: LabError | undefined;
  try {
    if (!isSwitchLeft(places)) {
      recover(places);
      claim(places, { pid: process.pid, release: what, previous: servedRelease(places) ?? null, isSwitched: false });
    } // else the pipeline has workers to put right first
    if (values.rollback) await goBack();
    else await pushChange(span, values.change as ChangeName | undefined);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    failure = error;
    failSpan(span, values.rollback ? 'not_rolled_back' : 'not_deployed');
  } finally {
    letGo(places);
  }
  const { traceId } = span.spanContext();
  const told: Told = {
    traceId,
    isDone: failure === undefined,
    release: servedRelease(places) ?? null,
    ...(failure?.message && { message: failure.message }),
  };
  process.send?.(told);
});
await flush().catch(() => {});
process.exit();

async function pushChange(span: Pick<Span, 'isRecording' | 'addEvent' | 'setAttribute'>, name: ChangeName | undefined) {
  const change = name && CHANGES[name];
  const title = change?.title ?? 'The site as it is in the working tree';
  await prepareRepository(places, hookVariables());
  const edition = Number(await git(places.repository, 'rev-list', '--count', '--all')) + 1;
  const commit = await commitSite(places, title, (site) => change?.make(site, edition));
  note(span as Span, 'committed', { [names.ATTR_VCS_REF_HEAD_REVISION]: commit });
  span.setAttribute(names.ATTR_VCS_REF_HEAD_REVISION, commit);
  console.log(`✓ ${'git commit'.padEnd(16)}          ${commit.slice(0, 7)} ${title}`);
  const attributes = {
    [names.ATTR_VCS_REF_HEAD_NAME]: BRANCH,
    [names.ATTR_VCS_REF_HEAD_REVISION]: commit,
    [names.ATTR_VCS_REPOSITORY_URL_FULL]: pathToFileURL(places.repository).href,
  };
  await inSpan(deployment.push, { attributes }, async () => {
    const { TRACEPARENT } = contextVariables(context.active());
    const option = TRACEPARENT === undefined ? [] : [`--push-option=traceparent=${TRACEPARENT}`];
    const code = await follow('git', ['push', '--quiet', ...option, 'origin', BRANCH], places.laptop, gitEnvironment());
    if (code === 0) return;
    throw new Rejected('');
  });
}

async function goBack(): Promise<void> {
  const to = values.to === undefined ? [] : ['--to', values.to];
  const args = ['--import', './otel/instrument.ts', 'lab/deploy/pipeline.ts', '--rollback', ...to];
  const code = await follow(execPath, args, process.cwd(), {
    ...process.env,
    ...hookVariables(),
    ...contextVariables(context.active()),
  });
  if (code !== 0) throw new Rejected('');
}

/** Runs a program and shows what the pipeline says; resolves with its exit code. */
async function follow(program: string, args: string[], cwd: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, {
    cwd,
    env: { ...environment, WAYBILL_DEPLOYMENT: String(process.pid) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let rest = '';
  child.stderr.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) show(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

/** Of what git says only what it passes on of the pipeline. */
function show(line: string): void {
  const [, said = line] = /^remote: (.*?)\s*$/.exec(line) ?? [];
  if (/^[✓✗·]/.test(said)) console.log(said);
}

/** What the pipeline must know of the lab, whoever pushes. */
function hookVariables(): Record<string, string> {
  const known = Object.entries(process.env).filter(([name]) => /^(WAYBILL|OTEL_EXPORTER|COMPOSE|DOCKER)_/.test(name));
  return { ...(Object.fromEntries(known) as Record<string, string>), OTEL_SERVICE_NAME: 'pipeline' };
}
