// npm run docs: writes docs/spans.md and docs/glossary.md from the contract, bench/RESULTS.md from what the benches printed, and the table of failures in each man page from
// the service's errors.ts, so that nothing is explained twice. A test holds that they are as they would be written.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainPages } from '../../bench/report/page.ts';
import { scalePages } from '../../bench/report/scale.ts';
import { kubernetesFiles } from '../../deploy/kubernetes.ts';
import { swarmFiles } from '../../deploy/swarm.ts';
import { GLOSSARY } from '../../otel/contract/glossary.ts';
import { deploymentSpans, spans } from '../../otel/contract/index.ts';
import { SERVICE_NAMES } from '../../otel/contract/services.ts';
import type { SpanSpec } from '../../otel/contract/spec.ts';
import { type Failure, failureTable } from '../../runtime/failures.ts';
import { ROOT } from '../../runtime/program.ts';
import { manPageTable, type SettingTable } from '../../runtime/settings.ts';
import { watchOutput } from '../cli/command.ts';
import { resultsPage } from './bench.ts';

const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

type ManPage = { failures: Readonly<Record<string, Failure>>; settings: SettingTable; peer?: string | undefined };

/** Whose settings stand beside the service's own in its man page. */
const PEERS: Partial<Record<string, string>> = {
  dns: 'unbound, NSD',
  proxy: 'nginx',
  gateway: 'gunicorn',
  app: 'Django, gunicorn',
};
/** What each service's config.ts and errors.ts declare. */
const MAN_PAGES = await Promise.all(
  SERVICE_NAMES.map(async (service) => {
    const { SETTINGS } = (await import(`../../services/${service}/config.ts`)) as { SETTINGS: SettingTable };
    const { FAILURES } = (await import(`../../services/${service}/errors.ts`)) as { FAILURES: ManPage['failures'] };
    return [service, { failures: FAILURES, settings: SETTINGS, peer: PEERS[service] }] as const;
  }),
);

/** The generated pages, by their path. */
export function pages(): Record<string, string> {
  const manPages = MAN_PAGES.map(([service, generated]) => {
    const path = `services/${service}/README.md`;
    return [path, manPage(path, generated)];
  });
  return {
    'docs/spans.md': spansPage(),
    'docs/glossary.md': glossaryPage(),
    'bench/RESULTS.md': resultsPage(),
    ...chainPages(),
    ...scalePages(),
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
    console.log(`${path} ${isSame ? 'is up to date' : 'written'}`);
  }
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A man page as it is, its tables of settings and failures written anew. */
function manPage(path: string, { failures, settings, peer }: ManPage): string {
  const tables = { settings: manPageTable(settings, peer), failures: failureTable(failures) };
  return Object.entries(tables).reduce(
    (page, [name, table]) => {
      const place = new RegExp(`(<!-- ${name}: [^\\n]*\\n).*?(<!-- /${name} -->)`, 's');
      if (!place.test(page))
        throw new Error(`${path} has no place for its ${name}: <!-- ${name}: … --> <!-- /${name} -->`);
      return page.replace(place, (_, begin, end) => `${begin}\n${table}\n\n${end}`);
    },
    readFileSync(join(ROOT, path), 'utf8'),
  );
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
