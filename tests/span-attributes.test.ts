// What spans hold in a whole lab, and what they must not.

import { beforeAll, expect, test, vi } from 'vitest';
import { readTrace } from '../lab/cli/send.ts';
import type { Lab } from '../lab/fixture.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

test('no span holds the user and password of the address; every resource names the SDK', async () => {
  const { href } = new URL('/', `http://ola:secret@tatis.test`);
  const body = JSON.stringify({ url: href, cold: true });
  const sent = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
  const { traceId, status } = (await sent.json()) as VisitAnswer;
  expect(status).toBe(200);
  const spans = await vi.waitFor(async () => {
    const found = (await readTrace(traceId, lab.config)).spans;
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['visit', 'view today']));
    return found;
  });
  const [visit] = spans.filter(({ name }) => name === 'visit');
  expect(visit?.attributes['url.full']).toBe('http://REDACTED:REDACTED@tatis.test/');
  expect(JSON.stringify(spans)).not.toContain('secret');
  for (const { resource } of spans) {
    expect(resource).toMatchObject({
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': expect.stringMatching(/^\d+\.\d+/),
    });
  }
});
