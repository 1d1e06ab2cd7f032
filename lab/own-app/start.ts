// Starts the learner's app by its command, and sets it in the gateway each time that it listens.

import { existsSync } from 'node:fs';
import { environment } from '../../runtime/config.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import { freePort } from '../../runtime/net/listen.ts';
import { LabError } from '../cli/command.ts';
import type { LabConfig } from '../config.ts';
import type { Log } from '../runner/logs.ts';
import { TOO_OFTEN } from '../runner/restarts.ts';
import { readCommandLine, usesPort } from './command-line.ts';
import { instrumentationVariables } from './instrument.ts';
import { type OwnApp, registrationOf } from './options.ts';
import { keepRunning } from './program.ts';
import { type Registration, registerOwnApp } from './register.ts';
import { telemetryVariables } from './telemetry.ts';

const STOP_MS = 2500;
/** How many lines of its output are shown when it has ended. */
const SHOWN_LINES = 12;

type Outputs = {
  openLog: () => Log;
  logFile: string;
  say: (sign: string, text: string) => void;
};

/**
 * Starts `app`; `stop` ends it. Throws a LabError for a command that cannot be read.
 */
export async function startOwnApp(app: OwnApp, config: LabConfig, { openLog, logFile, say }: Outputs) {
  const port = usesPort(app.command) ? await freePort() : undefined;
  const { words, variables } = readCommandLine(app.command, port);
  if (!existsSync(app.folder)) throw new LabError(`--cwd: ${app.folder} does not exist.`);
  const started = {
    ...environment,
    ...telemetryVariables(config, environment),
    PYTHONUNBUFFERED: '1',
    ...(port !== undefined && { PORT: String(port) }),
    ...variables,
  };
  const { folder, yes } = app;
  const instrument = { words, folder, environment: started, home: config.home, yes, say };
  const instrumented = app.instrument ? await instrumentationVariables(instrument) : {};
  const program = { words, folder, environment: { ...started, ...instrumented } };
  const stopping = new AbortController();

  const register = async (registration: Registration) => {
    try {
      const { url, hint, pid } = await registerOwnApp(config, registration, stopping.signal);
      say('✓', `your app listens at ${url} (process ${pid})`);
      if (hint !== null) say('!', hint);
    } catch (error) {
      if (!stopping.signal.aborted) say('✗', (error as Error).message);
    }
  };
  let shown = '';
  const tail = (printed: string) => {
    if (printed === shown) return; // as at its last end
    shown = printed;
    for (const line of printed.split('\n').slice(-SHOWN_LINES)) if (line.trim() !== '') say(' ', line);
  };
  const running = keepRunning(program, openLog, {
    listening(endpoint: Endpoint, pid: number) {
      void register(registrationOf(app, `http://${authority(endpoint)}`, pid));
    },
    late: () => say('·', `your app runs, and listens on no port yet; its output is in ${logFile}`),
    ended(how, printed, wait) {
      say('↻', `your app ended (${how}) and is restarted${wait === 0 ? '' : ` in ${wait / 1000} s`}`);
      tail(printed);
    },
    gaveUp(how, printed) {
      say('✗', `your app ended (${how}) ${TOO_OFTEN} and is not restarted. Its output is in ${logFile}`);
      tail(printed);
    },
  });
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running.stop(STOP_MS);
    },
  };
}
