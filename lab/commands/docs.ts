// npm run docs: writes docs/spans.md and docs/glossary.md from the contract, so that nothing is explained twice.
// A test holds that they are as they would be written.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GLOSSARY } from '../../otel/contract/glossary.ts';
import { spans } from '../../otel/contract/index.ts';
import type { SpanSpec } from '../../otel/contract/spec.ts';

const ROOT = join(import.meta.dirname, '../..');
const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/** The generated pages, by their path. */
export function pages(): Record<string, string> {
  return { 'docs/spans.md': spansPage(), 'docs/glossary.md': glossaryPage() };
}

/** Writes what has changed, and says so. */
export async function main(): Promise<void> {
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

function spansPage(): string {
  return `# Every span of a journey

Made by \`npm run docs\` from [otel/contract](../otel/contract/index.ts), from which code, tests, story and page take them too.
Words are explained in the [glossary](glossary.md).

${spans.map(describe).join('\n')}`;
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
