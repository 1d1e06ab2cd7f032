// The map of a deployment: from the laptop where the site is changed to the first who sees it.

import { type Stop, stopsOf } from './stop.ts';

const stop = stopsOf('deployment');

export const DEPLOYMENT_STOPS = {
  laptop: stop('laptop', 'laptop', 'laptop', [70, 150], [60, 62], 'Where the change is made, and committed.'),
  repository: stop(
    'repository',
    'laptop',
    'book',
    [224, 150],
    [310, 62],
    'The repository: it accepts a commit when the pipeline has succeeded.',
  ),
  pipeline: stop(
    'pipeline',
    'pipeline',
    'list',
    [384, 150],
    [310, 190],
    "The pipeline: the repository's hook, which makes a release of the commit.",
  ),
  checks: stop(
    'checks',
    'pipeline',
    'rules',
    [384, 46],
    [70, 190],
    "Linter, the site's own tests, and a look at each page.",
  ),
  files: stop(
    'static files',
    'pipeline',
    'files',
    [476, 254],
    [190, 310],
    'The static files, old and new ones beside each other.',
  ),
  tables: stop(
    'database',
    'database',
    'database',
    [584, 254],
    [70, 310],
    'The tables are changed to what the new code expects.',
  ),
  release: stop(
    'release',
    'pipeline',
    'page',
    [660, 150],
    [310, 310],
    'The link to the release that is served is switched, in one step.',
  ),
  workers: stop(
    'workers',
    'app',
    'worker',
    [850, 150],
    [310, 440],
    'The workers are replaced one by one, each once it is idle.',
  ),
  reader: stop('first visitor', 'visitor', 'you', [1050, 150], [90, 440], 'The first visitor who sees the change.'),
} as const satisfies Record<string, Stop>;
