// What tests of deployments do with a lab: deploy as a user does, and visit the site meanwhile.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeployResult } from '../lab/deploy/developer.ts';
import { GUARD, type Lab } from '../lab/fixture.ts';
import { hasTool } from './tool.ts';

export const hasGit = hasTool('git');

const SITE_HOST = 'djangogirls.test';
/** Without a pause the visitor would take as much of the machine as the deployment. */
const BETWEEN_MS = 50;

export type Page = { status: number | undefined; body: string };

/** The release that a page names as its own. */
export const releaseOf = ({ body }: Page) => /release <code>(.+?)<\/code>/.exec(body)?.[1] ?? 'working tree';

/** Starts `npm run deploy` with `args` for the lab, in a process group of its own. */
export function startDeploy(lab: Lab, args: string[], variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...lab.environment, ...variables };
  return spawn(process.execPath, [GUARD, 'deploy', ...args], { env, detached: true });
}

/** Runs `npm run deploy` to its end: its exit code, its result (`--json`), and what it printed on stderr. */
export async function deploy(lab: Lab, args: string[], variables: NodeJS.ProcessEnv = {}) {
  const child = startDeploy(lab, [...args, '--json'], variables);
  const [out, printed] = await Promise.all([text(child.stdout as never), text(child.stderr as never)]);
  const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
  return { code, printed, ...(out === '' ? {} : (JSON.parse(out) as Partial<DeployResult>)) };
}

/** Requests a page of the site. */
export function fetchSite(lab: Lab, path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    get(`${lab.config.siteUrl}${path}`, { headers: { host: SITE_HOST } }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    }).on('error', reject);
  });
}

/** The release that the site serves. */
export const served = async (lab: Lab) => releaseOf(await fetchSite(lab, '/'));

/** Requests a page every BETWEEN_MS until `during` is over; resolves with every page, and the result of `during`. */
export async function visitDuring<T>(lab: Lab, during: Promise<T>): Promise<{ pages: Page[]; result: T }> {
  let isOver = false;
  const result = during.finally(() => {
    isOver = true;
  });
  const pages: Page[] = [];
  const visitor = async () => {
    while (!isOver) {
      for (const path of ['/', '/letters/Ola/', '/jobs/']) {
        pages.push(await fetchSite(lab, path));
        await delay(BETWEEN_MS);
      }
    }
  };
  await Promise.all([result, visitor()]);
  return { pages, result: await result };
}
