// npm run docs: writes docs/spans.md and docs/glossary.md from the contract, bench/RESULTS.md from what the benches printed, and the table of failures in each man page from
// the service's errors.ts, so that nothing is explained twice. A test holds that they are as they would be written.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainPages } from '../../bench/report/page.ts';
import { scalePages } from '../../bench/report/scale.ts';
import { dashboardFiles } from '../../dashboards/grafana/build.ts';
import { kubernetesFiles } from '../../deploy/kubernetes.ts';
import { swarmFiles } from '../../deploy/swarm.ts';
import { GLOSSARY } from '../../otel/contract/glossary.ts';
import { deploymentSpans, spans } from '../../otel/contract/index.ts';
import { SERVICE_NAMES } from '../../otel/contract/services.ts';
import type { SpanSpec } from '../../otel/contract/spec.ts';
import { type Failure, failureTable } from '../../runtime/failures.ts';
import { watchOutput } from '../cli/command.ts';
import { resultsPage } from './bench.ts';

const ROOT = join(import.meta.dirname, '../..');
const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/** What each service's errors.ts says, by the service. */
const FAILURES = await Promise.all(
  SERVICE_NAMES.map(async (service) => {
    const module = (await import(`../../services/${service}/errors.ts`)) as { FAILURES: Record<string, Failure> };
    return [service, module.FAILURES] as const;
  }),
);
/** Between these a man page has its table of failures. */
const TABLE = /(<!-- failures: [^\n]*\n).*?(<!-- \/failures -->)/s;

/** The generated pages, by their path. */
export function pages(): Record<string, string> {
  const manPages = FAILURES.map(([service, failures]) => {
    const path = `services/${service}/README.md`;
    return [path, manPage(path, failures)];
  });
  return {
    'docs/spans.md': spansPage(),
    'docs/glossary.md': glossaryPage(),
    'bench/RESULTS.md': resultsPage(),
    ...chainPages(),
    ...scalePages(),
    ...Object.fromEntries(dashboardFiles()),
    ...swarmFiles(),
    ...kubernetesFiles(),
    ...Object.fromEntries(manPages),
  };
}

/** Writes what has changed, and says so. */
export async function main(): Promise<void> {
  watchOutput();
  for (const [path, text] of Object.entries(pages())) {
    const file = join(ROOT, path);
    const isSame = readOrNothing(file) === text;
    if (!isSame) writeFileSync(file, text);
    console.log(`${path} ${isSame ? 'is as it should be' : 'written'}`);
  }
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A man page as it is, its table of failures written anew. */
function manPage(path: string, failures: Readonly<Record<string, Failure>>): string {
  const page = readFileSync(join(ROOT, path), 'utf8');
  if (!TABLE.test(page))
    throw new Error(`${path} has no place for the table of failures: see TABLE in lab/commands/docs.ts`);
  return page.replace(TABLE, (_, begin, end) => `${begin}\n${failureTable(failures)}\n\n${end}`);
}

function spansPage(): string {
  return `# Every span of a journey

Made by \`npm run docs\` from [otel/contract](../otel/contract/index.ts), from which code, tests, story and page take them too.
Words are explained in the [glossary](glossary.md).

${spans.map(describe).join('\n')}
# Every span of a deployment

A trace of its own: [how a change reaches the site](deploy.md).

${deploymentSpans.map(describe).join('\n')}`;
}

function describe(spec: SpanSpec): string {
  const { service, name, kind, parents, presence, sentence, attributes, sometimes, events } = spec;
  const under = parents.map((parent) => (parent === 'root' ? 'at the top' : `under \`${parent}\``)).join(', or ');
  const when =
    presence === 'always' ? 'always' : `when \`${presence.attribute}\` of its parent is ${presence.in.join(', ')}`;
  const rows = [
    ...Object.entries(attributes).map(([key, text]) => [key, 'always', text]),
    ...Object.entries(sometimes).map(([key, text]) => [key, '', text]),
  ].map(([key, always, text]) => `| \`${key}\` | ${always} | ${text?.replaceAll('|', '\\|')} |`);
  return `## ${service} \`${name}\`

${sentence}

${KINDS[kind]}, ${under}; ${when}.${events.length > 0 ? ` Events: ${events.map((event) => `\`${event}\``).join(', ')}.` : ''}
${rows.length > 0 ? `\n| attribute | there | says |\n| --- | --- | --- |\n${rows.join('\n')}\n` : ''}`;
}

function glossaryPage(): string {
  const words = Object.entries(GLOSSARY).map(([word, text]) => `## ${word}\n\n${text}\n`);
  return `# Words

Each explained once. Made by \`npm run docs\` from [glossary.ts](../otel/contract/glossary.ts).

${words.join('\n')}`;
}
