// How a change reaches the site, while visitors come: a deployment and its trace, a release put back, and two at once.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deployPaths } from '../lab/deploy/paths.ts';
import { GUARD, type Lab, startLab } from '../lab/fixture.ts';
import { deploymentSpans, findSpec } from '../otel/contract/index.ts';
import * as names from '../otel/contract/names.ts';
import { keyOf } from '../otel/contract/spec.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import type { TraceSpan } from '../traces/model.ts';
import { deploy, fetchSite, hasGit, type Page, releaseOf, served, visitDuring } from './deployments.ts';

if (!hasGit) console.log('tests/deploy.test.ts: skipped, git is not there');

let lab: Lab;
/** Of the first deployment. */
let traceId: string;
beforeAll(async () => {
  if (hasGit) lab = await startLab();
});
afterAll(() => lab?.stop());

const styleOf = ({ body }: Page) => /href="(\/static\/style[^"]+)"/.exec(body)?.[1] ?? '';

/** The spans of a trace, by `service name`. */
async function readTrace(traceId: string): Promise<Map<string, TraceSpan[]>> {
  const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
  return Map.groupBy(spans, ({ service, name }) => `${service} ${name}`);
}

test.skipIf(!hasGit)('a change reaches every page, and every request meanwhile is answered', async () => {
  const { pages, result } = await visitDuring(lab, deploy(lab, ['--change', 'title']));
  traceId = result.traceId ?? '';
  expect(result).toMatchObject({ code: 0, isDone: true, release: expect.stringMatching(/^1-[\da-f]{7}$/) });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(pages.map(releaseOf))).toEqual(new Set(['working tree', result.release]));
  expect((await fetchSite(lab, '/')).body).toContain('Edition 1');
  for (const page of pages.slice(0, 1)) expect((await fetchSite(lab, styleOf(page))).status).toBe(200); // of the one before
});

test.skipIf(!hasGit)('its trace is as the contract says, and the first visit is linked to it', async () => {
  const spans = await readTrace(traceId);
  const all = [...spans.values()].flat();
  const known = all.filter(({ service }) => service === 'developer' || service === 'pipeline');
  expect(known.filter((span) => findSpec(span) === undefined)).toEqual([]);
  const missing = deploymentSpans
    .filter((spec) => !all.some((span) => findSpec(span) === spec))
    .map(keyOf)
    .filter((key) => key !== 'app migration {name}'); // nothing was left to migrate
  expect(missing).toEqual([]);
  for (const span of known) {
    const spec = findSpec(span);
    const lacks = Object.keys(spec?.attributes ?? {}).filter((name) => !(name in span.attributes));
    const more = Object.keys(span.attributes).filter((name) => {
      const isOwn = /^(cicd|vcs|deployment|test|waybill|error)\./.test(name);
      return isOwn && !(name in (spec?.attributes ?? {})) && !(name in (spec?.sometimes ?? {}));
    });
    expect([span.name, lacks, more]).toEqual([span.name, [], []]);
  }
  const [first] = spans.get('pipeline first visit') ?? [];
  const visit = await readTrace(String(first?.attributes[names.ATTR_VISIT_TRACE]));
  const [root] = visit.get('visitor visit') ?? [];
  expect(root?.links).toEqual([expect.objectContaining({ traceId, spanId: first?.spanId })]);
  expect(
    [...visit.values()].flat().find(({ service, kind }) => service === 'app' && kind === 1)?.attributes,
  ).toMatchObject({
    [names.ATTR_DEPLOYMENT_ID]: await served(lab),
  });
});

test.skipIf(!hasGit)('of two deployments at once the second is refused', async () => {
  const first = deploy(lab, ['--change', 'title']);
  await vi.waitFor(() => expect(existsSync(deployPaths(lab.config.home).journal)).toBe(true));
  const second = await deploy(lab, ['--change', 'title']);
  expect(second).toMatchObject({ code: 1, isDone: false });
  expect(await first).toMatchObject({ code: 0, isDone: true });
});

test.skipIf(!hasGit)('npm run reset says which release is served', async () => {
  const reset = execFileSync(process.execPath, [GUARD, 'reset', '--dry-run'], { env: lab.environment });
  expect(reset.toString()).toContain(`The site is release ${await served(lab)}.`);
});

test.skipIf(!hasGit)('the release before is put back, and then the working tree', async () => {
  const [older, newer] = readdirSync(deployPaths(lab.config.home).releases).sort();
  expect(await served(lab)).toBe(newer);
  const { pages, result } = await visitDuring(lab, deploy(lab, ['--rollback']));
  expect(result).toMatchObject({ code: 0, release: older });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served(lab)).toBe(older);
  expect(await deploy(lab, ['--rollback', '--to', 'working-tree'])).toMatchObject({ code: 0, release: null });
  expect(await served(lab)).toBe('working tree');
  expect(await deploy(lab, ['--rollback'])).toMatchObject({ code: 1, isDone: false });
});

test.skipIf(!hasGit)('without git there is no deployment, and a sentence says why', async () => {
  const refused = await deploy(lab, [], { PATH: '/nowhere' });
  expect(refused).toMatchObject({ code: 1, isDone: false, message: expect.stringContaining('git') });
});
