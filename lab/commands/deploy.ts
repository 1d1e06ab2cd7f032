// npm run deploy: deploys a change of the site through a repository and a pipeline; see lab/deploy.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { environment } from '../../runtime/config.ts';
import { writableFolder } from '../../runtime/folder.ts';
import { didYouMean } from '../../runtime/nearest.ts';
import { passSignal } from '../../runtime/platform/end-process.ts';
import { programArguments } from '../../runtime/program.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { paragraphs } from '../cli/screen.ts';
import { pageOf } from '../cli/send.ts';
import { at, readLabConfig } from '../config.ts';
import { CHANGES, type ChangeName } from '../deploy/changes.ts';
import type { DeployResult } from '../deploy/developer.ts';
import { withoutGitVariables } from '../deploy/git.ts';
import { findTarget } from '../deploy/target.ts';
import { staticFolder } from '../runner/home.ts';

const NAMES = Object.keys(CHANGES);

const USAGE = `Usage: npm run deploy [-- --change ${NAMES.join('|')}] [-- --rollback [--to <release>]]

Commits the site (services/app/site of the working tree) to the lab's own repository and pushes it: the repository's hook starts
the pipeline, which tests it, builds a release and replaces the one before, while requests are served. A release that fails is not
served. The lab must be running: npm start, or docker compose up.

  npm run deploy
  npm run deploy -- --change broken-test

  --change NAME      with a prepared change:
${Object.entries(CHANGES)
  .map(
    ([name, change]) =>
      `                       ${name.padEnd(18)}${'failsAt' in change ? `ends at "${change.failsAt}"` : 'reaches the site'}`,
  )
  .join('\n')}
  --rollback         serves the release before again; before the first, the working tree
  --to RELEASE       with --rollback: that one; working-tree: services/app/site
  --json             one JSON object: {traceId, isDone, release}; release is what the workers serve, null: the working tree
  --help             this text

Exit code 0: deployed. 1: not, and the site is as before.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { change: { type: 'string' }, rollback: { type: 'boolean' }, to: { type: 'string' } },
  run: async ({ values: { change, rollback = false, to, json = false } }) => {
    if (change !== undefined && !NAMES.includes(change)) {
      throw new LabError(
        `There is no change "${change}".${didYouMean(change, NAMES)} The changes are ${NAMES.join(', ')}.`,
      );
    }
    if (change !== undefined && rollback) throw new LabError('--change and --rollback exclude each other.');
    if (to !== undefined && !rollback) throw new LabError('--to needs --rollback.');
    const config = readLabConfig();
    process.umask(0o077); // the lab's home is readable by this user alone
    const target = await findTarget(config);
    // The next npm start must not serve what containers serve.
    const home = resolve(config.home, target === 'compose' ? 'compose' : '.');
    writableFolder('WAYBILL_HOME', join(home, 'logs'));
    const args = [
      ...(rollback ? ['--rollback'] : []),
      ...(to === undefined ? [] : ['--to', to]),
      ...(change === undefined ? [] : ['--change', change]),
    ];
    const child = spawn(execPath, [...programArguments('lab/deploy/developer.ts', true), ...args], {
      cwd: config.sandbox,
      env: {
        ...withoutGitVariables(environment),
        WAYBILL_HOME: home,
        WAYBILL_DEPLOY_TO: target,
        WAYBILL_LOGS: join(home, 'logs'),
        WAYBILL_STATIC_ROOT: staticFolder(home),
        NODE_COMPILE_CACHE: resolve(config.compiled),
        OTEL_SERVICE_NAME: 'developer',
        OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`,
      },
      stdio: ['ignore', json ? 'ignore' : 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => passSignal(child, signal));
    let result: DeployResult | undefined;
    child.on('message', (message: DeployResult) => {
      result = message;
    });
    await once(child, 'close');
    if (result === undefined)
      throw new LabError(
        `The deployment was killed before it reported a result; its pipeline may still be running. See ${join(home, 'logs', 'pipeline.log')}`,
      );
    const lookFor = change && CHANGES[change as ChangeName].lookFor.replaceAll('`', '');
    console.log(json ? JSON.stringify(result) : closing(result, pageOf(result.traceId, config), lookFor));
    return result.isDone;
  },
});

function closing({ isDone, release, message = '' }: DeployResult, page: string, lookFor = ''): string {
  const now = `The site is ${release === null ? 'the working tree' : `release ${release}`}.`;
  const words = [message, isDone ? '' : 'The deployment did not reach the site.', now].filter(Boolean).join(' ');
  const look = lookFor && `\n${paragraphs(`What to look for: ${lookFor}`, process.stdout)}\n`;
  return `\n${paragraphs(words, process.stdout)}\n${look}\nIts trace  ${page}`;
}
