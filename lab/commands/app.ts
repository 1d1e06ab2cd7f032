// npm run app: puts the learner's own app behind the web server of a running lab.

import type { OwnAppReport } from '../../services/visitor/api.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { paragraphs } from '../cli/screen.ts';
import { at, type LabConfig, readLabConfig } from '../config.ts';
import { OWN_APP_HELP, OWN_APP_OPTIONS, type OwnApp, readOwnApp, registrationOf } from '../own-app/options.ts';
import { askForOwnApp, registerOwnApp } from '../own-app/register.ts';
import { startOwnApp } from '../own-app/start.ts';

const USAGE = `Usage: npm run app [-- <address or command> | --remove | --json]

Puts your own app into the lab that is running: its site is http://my.test (in a browser my.localhost, at the site's port).

  npm run app -- http://127.0.0.1:8000                                  a program that runs
  npm run app -- 'python manage.py runserver --noreload 8000'           started here, restarted when it ends, ended by Ctrl-C
  npm run app -- 'gunicorn mysite.wsgi --workers 4' --workers 4         $PORT in a command is a port that is free
  npm run app                                                           the app that is set
  npm run fire http://my.test/                                          sends a request to it; -- --together 8: eight at once

${OWN_APP_HELP}
  --remove        there is no app any more
  --json          one JSON object
  --help          this text

The command is run without a shell. npm start -- --app … starts the lab with it; docs/your-app.md says more.
Exit code 0: done. 1: not, and why.`;

/** How long the gateway may take to answer, in ms. */
const CONTROL_MS = 5000;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { ...OWN_APP_OPTIONS, remove: { type: 'boolean' } },
  async run({ values, words }) {
    const config = readLabConfig();
    if (words.length > 1) throw new LabError(`Put the command in quotes: npm run app -- '${words.join(' ')}'`);
    const [text] = words;
    const app = text === undefined ? undefined : readOwnApp(text, values);
    if (app && app.url === undefined) return runCommandHere(app, config);
    const report = app ? await setAddress(app, config) : await askForOwnApp(config, values.remove ? 'DELETE' : 'GET');
    console.log(values.json ? printable(JSON.stringify({ app: report })) : describe(report, config));
    return true;
  },
});

/** By the visitor, which containers publish; what no page may set, at the gateway's control port. */
async function setAddress(app: OwnApp, config: LabConfig) {
  const { allowRemote, static: folders, ...address } = registrationOf(app, app.url ?? '');
  if (!allowRemote && folders.length === 0) return askForOwnApp(config, 'PUT', address);
  const timeout = AbortSignal.timeout(CONTROL_MS);
  return registerOwnApp(config, { ...address, allowRemote, static: folders }, timeout).catch((error: Error) => {
    if (!timeout.aborted) throw error;
    throw new LabError(
      `The gateway's control port (${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}) does not answer. --static and --allow-remote need it; containers do not publish it.`,
    );
  });
}

/** Keeps the app running until Ctrl-C. */
async function runCommandHere(app: OwnApp, config: LabConfig): Promise<boolean> {
  const other = await askForOwnApp(config, 'GET');
  if (other?.state === 'up' && other.pid !== null) {
    throw new LabError(
      `The lab runs another app of yours: ${other.command} (process ${other.pid}). It takes one at a time: end that one first.`,
    );
  }
  const running = await startOwnApp(app, config, {
    openLog: () => ({ output: () => (chunk) => void process.stdout.write(chunk), close: () => {} }),
    logFile: 'shown here',
    say: (sign, text) => console.log(paragraphs(`${sign} ${text}`, process.stdout)),
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  await running.stop();
  const isSet = (await askForOwnApp(config, 'GET').catch(() => null))?.command === app.command;
  if (isSet) await askForOwnApp(config, 'DELETE');
  return true;
}

function describe(app: OwnAppReport | null, { ports }: LabConfig): string {
  if (app === null) {
    const text = 'No app is set. npm run app -- http://127.0.0.1:8000 sets one; npm run app -- --help says more.';
    return paragraphs(text, process.stdout);
  }
  const { url, state, reason, workers, queue, inHand, served, hint, command, static: folders } = app;
  const lines = [
    `http://my.test is ${url}${command === null ? '' : ` (${command})`}: ${state === 'up' ? 'up' : `not up: ${reason}`}`,
    `  in a browser: http://my.localhost:${ports.WAYBILL_SITE_PORT}/`,
    `  ${workers} at once; in hand ${inHand}, waiting ${queue}, answered ${served}`,
    ...folders.map(({ path, folder }) => `  ${path} is served by the web server from ${folder}`),
    ...(hint === null ? [] : [`! ${hint}`]),
  ];
  return paragraphs(lines.join('\n'), process.stdout);
}
