// The prepared changes of `npm run deploy -- --change <name>`: one that is deployed, and three that must not be served.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../cli/command.ts';

export type Change = {
  /** The message of its commit. */
  title: string;
  /** What to look for in its trace. */
  lookFor: string;
  /** The task of the pipeline at which it fails; undefined for one that is deployed. */
  failsAt?: string;
  /** Edits the folder `site`; `edition` counts the deployments. */
  make: (site: string, edition: number) => void;
};

export const CHANGES = {
  title: {
    title: 'The welcome page says which edition it is',
    lookFor:
      'The tasks run one after another: `switch` changes the link, `replace workers` restarts one worker after another, and `first visit` links to the trace of the first page from the new release.',
    make: (site, edition) => greet(site, `Edition ${edition}: a letter of yours has just been opened`),
  },
  'broken-test': {
    title: 'Days are counted faster',
    failsAt: 'test',
    lookFor:
      'The red `test case` says what it expected; no task runs after it, and the repository has not accepted the commit.',
    make: (site, edition) => {
      greet(site, `Edition ${edition}, which is never served`);
      edit(join(site, 'days.ts'), 'days * 86_400_000', '(days + 1) * 86_400_000');
    },
  },
  'broken-migration': {
    title: 'Letters get postcodes',
    failsAt: 'migrate',
    lookFor:
      'The `migration` is red: its first statement succeeded, its second failed, and the transaction rolled both back. The site was not affected.',
    make: (site) => {
      const file = join(site, 'database/migrations.ts');
      edit(file, 'export const migrations', `${POSTCODES}\nexport const migrations`);
      edit(
        file,
        "  '004_jobs': { up: jobs },\n",
        "  '004_jobs': { up: jobs },\n  '005_postcodes': { up: postcodes },\n",
      );
    },
  },
  slow: {
    title: 'The welcome page is made with care',
    failsAt: 'check health',
    lookFor:
      'All tests are green, and the workers are replaced; then `check health` waits too long for a page, and `roll back` serves the release before again. No request was refused meanwhile.',
    make: (site) => {
      const file = join(site, 'views/letters.ts');
      edit(
        file,
        'export function welcome(request: Request): Response {',
        'export async function welcome(request: Request): Promise<Response> {',
      );
      edit(
        file,
        "  return render(request, 'welcome.html');",
        "  await new Promise((resolve) => setTimeout(resolve, 3000));\n  return render(request, 'welcome.html');",
      );
    },
  },
} as const satisfies Record<string, Change>;

export type ChangeName = keyof typeof CHANGES;

const POSTCODES = `const postcodes = async ({ schema }: Kysely<unknown>) => {
  await schema.createTable('postcode').addColumn('code', 'text', (code) => code.primaryKey()).execute();
  await schema.alterTable('lettre').addColumn('postcode', 'text').execute(); // the table is called letter
};
`;

function greet(site: string, words: string): void {
  edit(join(site, 'templates/welcome.html'), /[^<>]* has just been opened/, words);
}

function edit(file: string, old: string | RegExp, text: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before.replace(old, () => text);
  if (after === before) {
    throw new LabError(
      `The change cannot be made: ${file} has been edited and does not contain "${old}". npm run reset restores it.`,
    );
  }
  writeFileSync(file, after);
}
