// npm run demo: the journey page over recorded requests, as a static site (lab/demo).

import { buildPage } from '../../dashboards/journey/build.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { readLabConfig } from '../config.ts';
import { recordLab } from '../demo/record.ts';
import { checkFolder, writeSite } from '../demo/site.ts';
import { startLab } from '../fixture.ts';

const USAGE = `Usage: npm run demo -- <folder> [--running]

Writes a static site to the folder: the journey page over recorded requests (every scenario, sent once) and the lessons, for readers
who have no lab. Any server of files serves it, below any path; at its address, #trace=URL opens a trace of the web (OTLP's JSON).

  npm run demo -- /tmp/demo && python3 -m http.server -d /tmp/demo

It starts a lab of its own on free ports, and ends it.

  --running   records the lab that is running instead
  --json      one JSON object: {folder, bytes}
  --help      this text

Exit code 0: written. 1: not, and why.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { running: { type: 'boolean' } },
  async run({ values, words: [folder, ...rest] }) {
    if (folder === undefined || rest.length > 0) throw new LabError(USAGE);
    checkFolder(folder);
    const lab = values.running ? undefined : await startLab();
    try {
      const config = lab?.config ?? readLabConfig();
      const recordings = await recordLab(config, scenarios);
      const bytes = writeSite(folder, await buildPage(config.home), recordings);
      if (values.json) console.log(JSON.stringify({ folder, bytes }));
      else
        console.log(
          `${folder} has ${scenarios.length} scenarios and the lessons, ${Math.round(bytes / 1000)} kB in all.`,
        );
    } finally {
      await lab?.stop();
    }
    return true;
  },
});
