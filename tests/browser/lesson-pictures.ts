// What each lesson shows in "What you saw": one span of a sample request, chosen on the journey page. Lessons that need
// a lab of their own (18, 20) have no picture.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sendScenario } from '../../lab/cli/send.ts';
import type { Lab } from '../../lab/fixture.ts';
import { waitForTrace } from '../../traces/jaeger.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where a lesson's picture is taken: the span that is chosen, in which view; `visit` counts from the last, at -1. */
type Picture = { of: string; visit?: number; view?: 'waterfall' | 'sequence' | 'story'; service: string; span: RegExp };

const PICTURES: Record<number, Picture> = {
  1: { of: 'dynamic', service: 'visitor', span: /^visit$/ },
  2: { of: 'dynamic', service: 'dns', span: /^ask tatis/ },
  3: { of: 'lookups', visit: -2, service: 'dns', span: /^resolve$/ },
  4: { of: 'nowhere', visit: 0, service: 'dns', span: /^answer$/ },
  5: { of: 'rerouted', service: 'router', span: /^forward$/ },
  6: { of: 'http://tatis.test:81/', service: 'visitor', span: /^connect$/ },
  7: { of: 'static', service: 'proxy', span: /^location$/ },
  8: { of: 'static', service: 'proxy', span: /^static file$/ },
  9: { of: 'letter', view: 'sequence', service: 'gateway', span: /^GET/ },
  10: { of: 'queueing', service: 'gateway', span: /^queue$/ },
  11: { of: 'crash', service: 'gateway', span: /^GET/ },
  12: { of: 'missing', service: 'app', span: /^urlresolver$/ },
  13: { of: 'dynamic', service: 'app', span: /^SELECT/ },
  14: { of: 'n-plus-1', visit: 0, service: 'app', span: /^view/ },
  15: { of: 'forbidden', service: 'app', span: /^permission/ },
  16: { of: 'forged', service: 'app', span: /^middleware csrf/ },
  17: { of: 'crash', view: 'story', service: 'gateway', span: /^queue$/ },
  19: { of: 'lessons/programs/my-service.js', service: 'proxy', span: /^GET/ },
};

/** Sends what the lessons send. Resolves with the file of each picture, without its ending, and the page that it shows. */
export async function lessonPictures(lab: Lab): Promise<[file: string, address: string][]> {
  const files = readdirSync(join(ROOT, 'lessons')).filter((file) => /^\d/.test(file));
  const pictures: [string, string][] = [];
  for (const [number, picture] of Object.entries(PICTURES)) {
    const { view, service, span } = picture;
    const traceId = await send(picture, lab);
    const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
    // The last of several, where the lesson describes the last one.
    const chosen = spans.findLast((each) => each.service === service && span.test(each.name));
    const name = files.find((file) => Number.parseInt(file, 10) === Number(number))?.replace('.md', '');
    if (chosen === undefined || name === undefined)
      throw new Error(`lesson ${number}: no such span, or no such lesson`);
    const parameters = new URLSearchParams({ ...(view && { view }), span: chosen.spanId });
    pictures.push([`lessons/${name}`, `/traces/${traceId}?${parameters}`]);
  }
  return pictures;
}

async function send({ of, visit = -1 }: Picture, lab: Lab): Promise<string> {
  if (of.endsWith('.js')) {
    const { stdout } = await promisify(execFile)(process.execPath, [of], { cwd: ROOT, env: lab.environment });
    return /trace (\w+)/.exec(stdout)?.[1] ?? '';
  }
  if (of.startsWith('http')) {
    const body = JSON.stringify({ url: of });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    return ((await response.json()) as { traceId: string }).traceId;
  }
  const visits = await sendScenario({ name: of }, lab.config);
  return visits.at(visit)?.traceId ?? '';
}
