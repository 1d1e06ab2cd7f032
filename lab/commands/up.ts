// npm start: starts the whole lab on this machine, and ends it on Ctrl-C or SIGTERM.
//
//   ports free? → store, dns, proxy, gateway, visitor, migrate side by side → workers → "Waybill is ready"
//   ready → the journey page is built, unless it is built already
//   one ends → it is restarted, the others run on
//   a file of the sandbox is edited (lab/runner/sandbox.ts) → its service reads it again, or reports the invalid line
//   SIGHUP → all workers are replaced, one after another
//   --app → the learner's own app is started and restarted as well (lab/own-app)
//   Ctrl-C → SIGTERM from front to back, so that each still reaches the next hop → the store last
//   npm or the terminal has ended → the same

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { telemetryWarnings } from '../../otel/warnings.ts';
import { environment } from '../../runtime/config.ts';
import { renameWarnings } from '../../runtime/former-variables.ts';
import { openBrowser } from '../../runtime/platform/open-browser.ts';
import { isWindows } from '../../runtime/platform/system.ts';
import { isBundled } from '../../runtime/program.ts';
import { settingsList } from '../../runtime/settings.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { parse } from '../cli/options.ts';
import { paragraphs } from '../cli/screen.ts';
import { at, type LabConfig, readLabConfig, SETTINGS } from '../config.ts';
import { pipelineVariables } from '../deploy/hook.ts';
import { deployPaths } from '../deploy/paths.ts';
import { servedRelease } from '../deploy/releases.ts';
import { prepareRelease } from '../deploy/start.ts';
import {
  OWN_APP_HELP,
  OWN_APP_OPTIONS,
  type OwnApp,
  type OwnAppValues,
  readOwnApp,
  registrationOf,
} from '../own-app/options.ts';
import { registerOwnApp } from '../own-app/register.ts';
import { startOwnApp } from '../own-app/start.ts';
import { NotReady } from '../runner/child.ts';
import { closingTable } from '../runner/closing-table.ts';
import { lockHome, prepareHome, removeLeftovers } from '../runner/home.ts';
import { createLogs } from '../runner/logs.ts';
import { buildJourneyPage } from '../runner/page.ts';
import { whenNpmEnds } from '../runner/parent.ts';
import { checkPorts } from '../runner/ports.ts';
import { processes } from '../runner/processes.ts';
import { receiverWarnings } from '../runner/receiver.ts';
import { TOO_OFTEN } from '../runner/restarts.ts';
import { findSiteError, type Reader, watchSandbox } from '../runner/sandbox.ts';
import { laySandbox } from '../runner/sandbox-files.ts';
import { supervise } from '../runner/supervisor.ts';

const USAGE = `Usage: npm start [-- --app <address or command> | --help]

Starts the whole lab on this machine; Ctrl-C ends it.

  --app APP       your own app: http://127.0.0.1:8000, or the command that starts it; its site is http://my.test
${OWN_APP_HELP}
  --open          opens the journey page in your browser when the lab is ready

Its variables, with their defaults:`;

const OPTIONS = {
  ...OWN_APP_OPTIONS,
  app: { type: 'string', multiple: true },
  open: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Starts the lab and runs until a signal ends it; exits 1 with a message, and no process left, if it cannot. */
export async function main(args: string[]): Promise<void> {
  const began = performance.now();
  const ending = new AbortController();
  let stop = async () => {};
  const end = async (code: number) => {
    ending.abort();
    await stop();
    process.exit(code);
  };
  for (const output of [process.stdout, process.stderr]) {
    // The terminal or the reader of a pipe has ended. A full disk does not end the lab.
    output.on('error', ({ code = '' }: NodeJS.ErrnoException) => ['EPIPE', 'EIO'].includes(code) && void end(0));
  }
  try {
    const parsed = parse(args, OPTIONS);
    const { open, ...values } = parsed.values as StartValues & { open?: boolean };
    if (values.help) {
      console.log(`${USAGE}\n\n${settingsList(SETTINGS)}`);
      return;
    }
    const ownApp = ownAppOf(values);
    const config = await withAddress(readLabConfig());
    await checkPorts(config);
    const { logs, secretKey } = prepareHome(config.home);
    lockHome(config.home);
    removeLeftovers(config.home);
    const laid = isBundled ? laySandbox(config.home) : [];
    const { release, warnings } = await prepareRelease(deployPaths(config.home), hookVariables(config));
    for (const warning of [...laid, ...warnings, ...(await environmentWarnings(config))]) say('!', warning);
    if (release !== undefined) say('·', `The site is release ${release} (npm run deploy).`);

    const files = createLogs(logs, (reason) =>
      say('!', `A log cannot be written (${reason}): its lines are lost until it can.`),
    );
    const reported = new Set<string>();
    const lab = supervise(
      processes({ ...config, secretKey: config.secretKey ?? secretKey }),
      (name) => files.open(name),
      {
        ready: (name) => say('✓', name),
        waiting: (names) => say('·', `waiting for ${names.join(', ')}`),
        ended: (name, how, wait) =>
          say('↻', `${name} ended (${how}) and is restarted${wait === 0 ? '' : ` in ${wait / 1000} s`}`),
        back: (name) => say('✓', `${name} is running again`),
        gaveUp: (name, how, printed) =>
          say(
            '✗',
            `${name} ended (${how}) ${TOO_OFTEN} and is not restarted. ${lastLine(printed)}See ${join(logs, `${name}.log`)}`,
          ),
        trouble: (name, message) => {
          if (!reported.has(message)) say('!', `${name}: ${message}`);
          reported.add(message);
        },
        reloaded: (name, failure) =>
          failure === undefined
            ? say('↻', `${name} has read its files again`)
            : say('✗', `${failure}; ${name} keeps the version before`),
      },
    );
    let ownProgram: Awaited<ReturnType<typeof startOwnApp>> | undefined;
    stop = async () => void (await Promise.all([ownProgram?.stop(), lab.stop()]));
    process.on('SIGINT', () => void end(0));
    process.on('SIGTERM', () => void end(0));
    process.on('SIGBREAK', () => void end(0));
    // Windows sends it when the window is closed.
    process.on('SIGHUP', () => void (isWindows() ? end(0) : reloadWorkers(config)));
    const onChange = (reader: Reader) => (reader === 'app' ? void reloadSite(config) : lab.reload(reader));
    if (config.underNpm) whenNpmEnds(() => void end(0));
    if (ownApp && ownApp.url === undefined) {
      const outputs = { openLog: () => files.open('my-app'), logFile: join(logs, 'my-app.log'), say };
      ownProgram = await startOwnApp(ownApp, config, outputs);
    }
    await lab.start().catch((error) => {
      throw error instanceof NotReady ? new LabError(`${error.message}\nThe logs are in ${logs}`) : error;
    });
    if (ownApp?.url !== undefined) await setAddress(config, ownApp, ownApp.url, ending.signal);
    watchSandbox(config.sandbox, onChange, ending.signal);
    console.log(closingTable(config, (performance.now() - began) / 1000, ownApp));
    if (open) openBrowser(`${config.pageUrl}/`, (reason) => say('!', reason));
    await buildJourneyPage(config.home, ending.signal).catch(({ message }: Error) => say('!', message));
  } catch (error) {
    if (ending.signal.aborted) return; // Ctrl-C while starting: what did not come up was ended
    const { message, stack = message } = error as Error;
    console.error(`\n${paragraphs(error instanceof LabError ? message : stack, process.stderr)}\n`);
    await end(1);
  }
}

type StartValues = OwnAppValues & { app?: string[]; help?: boolean };

/** The learner's own app, if there is one. */
function ownAppOf(values: StartValues): OwnApp | undefined {
  const [text, ...others] = values.app ?? [];
  if (others.length > 0) throw new LabError('--app: the lab takes one app of your own at a time.');
  if (text === undefined && Object.keys(values).length > 0) {
    throw new LabError(
      `--${Object.keys(values)[0]} is a flag of your own app: npm start -- --app http://127.0.0.1:8000`,
    );
  }
  return text === undefined ? undefined : readOwnApp(text, values);
}

/** Sets the app at an address, and says whether it is up; one that the lab has started is set when it listens. */
async function setAddress(config: LabConfig, app: OwnApp, url: string, signal: AbortSignal): Promise<void> {
  const { state, reason, hint } = await registerOwnApp(config, registrationOf(app, url), signal);
  if (state === 'down') say('!', `your app is not up: ${reason}. Start it: the lab finds it.`);
  else if (hint !== null) say('!', hint);
}

/** `config` with the address of WAYBILL_HOST, on which every service listens. */
async function withAddress(config: LabConfig): Promise<LabConfig> {
  const { host } = config;
  if (isIP(host) !== 0) return config;
  try {
    const { address } = await lookup(host);
    return readLabConfig({ ...environment, WAYBILL_HOST: address });
  } catch {
    throw new LabError(`WAYBILL_HOST: "${host}" does not resolve to an address; set it to an address of this machine.`);
  }
}

/** A sentence for each variable that was renamed, or that keeps traces from being complete. */
async function environmentWarnings(config: LabConfig): Promise<string[]> {
  const { otlpEndpoint } = config;
  const own = `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  const receiver = { url: otlpEndpoint ?? own, isOutside: otlpEndpoint !== undefined };
  return [
    ...renameWarnings(environment),
    ...telemetryWarnings(environment, receiver),
    ...(await receiverWarnings(config)),
  ];
}

/** The variables of this lab for the hook of the deployments' repository. */
function hookVariables(config: LabConfig): Record<string, string> {
  const own = `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  return pipelineVariables({ ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint ?? own });
}

/** Replaces the workers by new ones that run the edited site, if it is valid. */
async function reloadSite(config: LabConfig): Promise<void> {
  const release = servedRelease(deployPaths(config.home));
  if (release !== undefined) return say('·', `the site is release ${release}: npm run deploy deploys your change`);
  const problem = await findSiteError(config.sandbox);
  if (problem === undefined) await reloadWorkers(config);
  else say('✗', `${problem}; the workers keep the version before`);
}

/** Has the gateway replace all workers, one after another: the new ones run what is on the disk. */
async function reloadWorkers(config: LabConfig): Promise<void> {
  say('↻', 'replacing all workers');
  const control = `http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}`;
  const response = await fetch(`${control}/reload`, { method: 'POST' }).catch((error: Error) => error);
  const isDone = response instanceof Response && response.ok;
  if (isDone) say('✓', 'all workers are replaced');
  else say('✗', 'not every worker was replaced; see the logs');
}

function say(sign: string, text: string): void {
  console.log(`  ${sign} ${printable(text)}`);
}

/** The last line that a process printed on stderr, as a sentence. */
function lastLine(printed: string): string {
  const line = printed.split('\n').at(-1)?.trim();
  return line ? `Its last message: ${line} ` : '';
}
