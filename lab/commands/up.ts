// npm start: brings up the whole lab on this machine, and takes it down again on Ctrl-C or SIGTERM.
//
//   ports free? → store, dns, proxy, gateway, visitor, migrate side by side → workers → "Waybill is ready"
//   ready → the journey page is built, if it is not there yet
//   one ends → it is started again, the others go on meanwhile
//   a file of the sandbox is edited (lab/runner/world.ts) → who reads it takes it, or names the wrong line
//   SIGHUP → all workers are replaced, one after another
//   Ctrl-C → SIGTERM from front to back, so that each still finds the next hop → the store last
//   npm, or the terminal, is gone → the same

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { telemetryWarnings } from '../../otel/warnings.ts';
import { environment } from '../../runtime/config.ts';
import { renameWarnings } from '../../runtime/former-variables.ts';
import { settingsList } from '../../runtime/settings.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { paragraphs } from '../cli/screen.ts';
import { at, type LabConfig, readLabConfig, SETTINGS } from '../config.ts';
import { pipelineVariables } from '../deploy/hook.ts';
import { deployPaths } from '../deploy/paths.ts';
import { servedRelease } from '../deploy/releases.ts';
import { prepareRelease } from '../deploy/start.ts';
import { NotReady } from '../runner/child.ts';
import { closingTable } from '../runner/closing-table.ts';
import { prepareHome } from '../runner/home.ts';
import { createLogs } from '../runner/logs.ts';
import { buildJourneyPage } from '../runner/page.ts';
import { whenNpmEnds } from '../runner/parent.ts';
import { checkPorts } from '../runner/ports.ts';
import { processes } from '../runner/processes.ts';
import { receiverWarnings } from '../runner/receiver.ts';
import { TOO_OFTEN } from '../runner/restarts.ts';
import { supervise } from '../runner/supervisor.ts';
import { type Reader, watchWorld, wrongWithSite } from '../runner/world.ts';

const USAGE = `Usage: npm start [-- --help]

Starts the whole lab on this machine; Ctrl-C ends it. Its variables, with what each is unless set:`;

/** Starts the lab and stays until it is told to end; exits 1 with a message, and nothing left running, if it cannot. */
export async function main(args: string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(`${USAGE}\n\n${settingsList(SETTINGS)}`);
    return;
  }
  const began = performance.now();
  const ending = new AbortController();
  let stop = async () => {};
  const end = async (code: number) => {
    ending.abort();
    await stop();
    process.exit(code);
  };
  for (const output of [process.stdout, process.stderr]) {
    // A terminal or a pipe that nobody reads any more; a full disk behind a file ends nothing.
    output.on('error', ({ code = '' }: NodeJS.ErrnoException) => ['EPIPE', 'EIO'].includes(code) && void end(0));
  }
  try {
    const config = await withAddress(readLabConfig());
    await checkPorts(config);
    const { logs, secretKey } = prepareHome(config.home);
    const { release, warnings } = await prepareRelease(deployPaths(config.home), hookVariables(config));
    for (const warning of [...warnings, ...(await environmentWarnings(config))]) say('!', warning);
    if (release !== undefined) say('·', `The site is release ${release} (npm run deploy).`);

    const files = createLogs(logs, (reason) =>
      say('!', `A log cannot be written (${reason}): the lab goes on, and its lines are lost until it can.`),
    );
    const told = new Set<string>();
    const lab = supervise(
      processes({ ...config, secretKey: config.secretKey ?? secretKey }),
      (name) => files.open(name),
      {
        ready: (name) => say('✓', name),
        waiting: (names) => say('·', `waiting for ${names.join(', ')}`),
        ended: (name, how, wait) => say('↻', `${name} ended (${how}) and is started again${inSeconds(wait)}`),
        back: (name) => say('✓', `${name} is back`),
        gaveUp: (name, how, said) =>
          say(
            '✗',
            `${name} ended (${how}) ${TOO_OFTEN} and is not started again; the lab goes on without it. ${lastLine(said)}See ${join(logs, `${name}.log`)}`,
          ),
        trouble: (name, message) => {
          if (!told.has(message)) say('!', `${name}: ${message}`);
          told.add(message);
        },
        reloaded: (name, failure) =>
          failure === undefined
            ? say('↻', `${name} has read its files again`)
            : say('✗', `${failure}; ${name} goes on as before`),
      },
    );
    stop = lab.stop;
    process.on('SIGINT', () => void end(0));
    process.on('SIGTERM', () => void end(0));
    process.on('SIGHUP', () => void reloadWorkers(config));
    const takeChange = (reader: Reader) => (reader === 'app' ? void takeSite(config) : lab.reload(reader));
    if (config.underNpm) whenNpmEnds(() => void end(0));
    await lab.start().catch((error) => {
      throw error instanceof NotReady ? new LabError(`${error.message}\nThe logs are in ${logs}`) : error;
    });
    watchWorld(takeChange, ending.signal);
    console.log(closingTable(config, (performance.now() - began) / 1000));
    await buildJourneyPage(config.home, ending.signal).catch(({ message }: Error) => say('!', message));
  } catch (error) {
    if (ending.signal.aborted) return; // Ctrl-C while starting: what did not come up was ended
    const { message, stack = message } = error as Error;
    console.error(`\n${paragraphs(error instanceof LabError ? message : stack, process.stderr)}\n`);
    await end(1);
  }
}

/** `config` with the address that a host's name stands for: every service listens on that one. */
async function withAddress(config: LabConfig): Promise<LabConfig> {
  const { host } = config;
  if (isIP(host) !== 0) return config;
  try {
    const { address } = await lookup(host);
    return readLabConfig({ ...environment, WAYBILL_HOST: address });
  } catch {
    throw new LabError(
      `WAYBILL_HOST is "${host}", which no address is known of: set it to an address of this machine.`,
    );
  }
}

/** Variables that were renamed, and what keeps traces away from this lab, in one sentence each. */
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

/** What the hook of the deployments' repository must know of this lab, whichever process pushes. */
function hookVariables(config: LabConfig): Record<string, string> {
  const own = `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  return pipelineVariables({ ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint ?? own });
}

/** Replaces the workers by new ones that run the site as it is now, if it can be run. */
async function takeSite(config: LabConfig): Promise<void> {
  const release = servedRelease(deployPaths(config.home));
  if (release !== undefined)
    return say('·', `the site is release ${release}: your change reaches it by npm run deploy`);
  const wrong = await wrongWithSite();
  if (wrong === undefined) await reloadWorkers(config);
  else say('✗', `${wrong}; the workers go on as before`);
}

/** Has the gateway replace all workers, one after another, so that they run what is now on the disk. */
async function reloadWorkers(config: LabConfig): Promise<void> {
  say('↻', 'replacing all workers');
  const control = `http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}`;
  const response = await fetch(`${control}/reload`, { method: 'POST' }).catch((error: Error) => error);
  const isDone = response instanceof Response && response.ok;
  if (isDone) say('✓', 'all workers are new');
  else say('✗', 'not all workers came back; see the logs');
}

function say(sign: string, text: string): void {
  console.log(`  ${sign} ${printable(text)}`);
}

function inSeconds(ms: number): string {
  return ms === 0 ? '' : ` in ${ms / 1000} s`;
}

/** The last line of what a process said, as a sentence of its own. */
function lastLine(said: string): string {
  const line = said.split('\n').at(-1)?.trim();
  return line ? `It said: ${line} ` : '';
}
