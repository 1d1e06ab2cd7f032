// The repository's hook, which starts the pipeline. git runs it in the repository, so it finds the home from there; the paths
// of Node and of this checkout, and the lab's ports, are written anew at each start and each deployment. git for Windows brings the shell.

import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { slashed } from '../../runtime/platform/files.ts';
import { isBundled, programArguments, ROOT } from '../../runtime/program.ts';
import type { DeployPaths } from './paths.ts';

/** Variables of the lab that the pipeline needs; those that name the home it finds by itself. */
const PASSED = /^(WAYBILL|OTEL_EXPORTER|COMPOSE|DOCKER)_/;
const OF_THE_HOME = ['WAYBILL_HOME', 'WAYBILL_LOGS', 'WAYBILL_STATIC_ROOT', 'WAYBILL_DEPLOYMENT'];

/** pre-receive: a push that is refused leaves the repository unchanged. */
export function hookFile(repository: string): string {
  return join(repository, 'hooks', 'pre-receive');
}

/** The variables of `environment` that the pipeline needs. */
export function pipelineVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const passed = Object.entries(environment).filter(([name]) => PASSED.test(name) && !OF_THE_HOME.includes(name));
  return { ...(Object.fromEntries(passed) as Record<string, string>), OTEL_SERVICE_NAME: 'pipeline' };
}

/** Writes the hook, unless there is no repository yet. `variables` are those of the lab. */
export function writeHook({ repository }: DeployPaths, variables: Record<string, string>): void {
  if (!existsSync(repository)) return;
  const hook = hookFile(repository);
  mkdirSync(dirname(hook), { recursive: true });
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  writeFileSync(
    `${hook}.next`,
    `#!/bin/sh
# Written by \`npm start\` and \`npm run deploy\`: a push runs the pipeline, and is accepted once its release is served.
home=$(cd .. && { pwd -W 2>/dev/null || pwd; }) || exit 1
${lines.join('\n')}
export WAYBILL_HOME="$home" WAYBILL_LOGS="$home/logs" WAYBILL_STATIC_ROOT="$home/static"
cd ${isBundled ? '"$home"' : quoted(slashed(ROOT))} || exit 1
exec ${[execPath, ...programArguments('lab/deploy/pipeline.ts', true)].map((word) => quoted(slashed(word))).join(' ')} >>"$WAYBILL_LOGS/pipeline.log"
`,
  );
  chmodSync(`${hook}.next`, 0o700);
  renameSync(`${hook}.next`, hook);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
