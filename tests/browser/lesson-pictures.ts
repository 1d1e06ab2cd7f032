// What each lesson shows in "What you saw": one span of a sample request, chosen on the journey page. Lessons that need
// a lab of their own have no picture.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sendScenario } from '../../lab/cli/send.ts';
import type { Lab } from '../../lab/fixture.ts';
import { ROOT } from '../../runtime/program.ts';
import { waitForTrace } from '../../traces/jaeger.ts';

/** Where a lesson's picture is taken: the span that is chosen, in which view; `visit` counts from the last, at -1. */
type Picture = { of: string; visit?: number; view?: 'waterfall' | 'sequence' | 'story'; service: string; span: RegExp };

/** By the name of the lesson, without its number. */
const PICTURES: Record<string, Picture> = {
  'what-a-trace-is': { of: 'dynamic', service: 'visitor', span: /^visit$/ },
  'the-phonebook': { of: 'dynamic', service: 'dns', span: /^ask tatis/ },
  'its-memory': { of: 'lookups', visit: -2, service: 'dns', span: /^resolve$/ },
  'alias-and-nobody': { of: 'nowhere', visit: 0, service: 'dns', span: /^answer$/ },
  'post-offices': { of: 'rerouted', service: 'router', span: /^forward$/ },
  'the-mailbox': { of: 'http://tatis.test:81/', service: 'visitor', span: /^connect$/ },
  'static-or-dynamic': { of: 'static', service: 'proxy', span: /^location$/ },
  'what-a-browser-keeps': { of: 'static', service: 'proxy', span: /^static file$/ },
  'who-handled-it': { of: 'letter', view: 'sequence', service: 'gateway', span: /^GET/ },
  'the-queue': { of: 'queueing', service: 'gateway', span: /^queue$/ },
  'a-worker-dies': { of: 'crash', service: 'gateway', span: /^GET/ },
  'the-urlresolver': { of: 'missing', service: 'app', span: /^urlresolver$/ },
  'view-and-database': { of: 'dynamic', service: 'app', span: /^SELECT/ },
  'one-query-or-many': { of: 'n-plus-1', visit: 0, service: 'app', span: /^view/ },
  'permission-and-done': { of: 'forbidden', service: 'app', span: /^permission/ },
  'the-personal-letter': { of: 'forged', service: 'app', span: /^middleware csrf/ },
  'find-the-hidden-fault': { of: 'crash', view: 'story', service: 'gateway', span: /^queue$/ },
  'your-own-service': { of: 'lessons/programs/my-service.js', service: 'proxy', span: /^GET/ },
};

/** Sends what the lessons send whose file `isWanted`. Resolves with the file of each picture, without its ending, and the page that it shows. */
export async function lessonPictures(
  lab: Lab,
  isWanted: (file: string) => boolean,
): Promise<[file: string, address: string][]> {
  const files = readdirSync(join(ROOT, 'lessons')).filter((file) => /^\d/.test(file));
  const pictures: [string, string][] = [];
  for (const [lesson, picture] of Object.entries(PICTURES)) {
    const { view, service, span } = picture;
    const name = files.find((file) => file.slice(3) === `${lesson}.md`)?.replace('.md', '');
    if (name === undefined) throw new Error(`there is no lesson ${lesson}`);
    if (!isWanted(`lessons/${name}`)) continue;
    const traceId = await send(picture, lab);
    const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
    // The last of several, where the lesson describes the last one.
    const chosen = spans.findLast((each) => each.service === service && span.test(each.name));
    if (chosen === undefined) throw new Error(`lesson ${lesson}: its trace has no such span`);
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
