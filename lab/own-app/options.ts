// The flags of the learner's own app: npm start -- --app …, and npm run app -- ….

import { resolve } from 'node:path';
import { environment } from '../../runtime/config.ts';
import { MAX_WORKERS } from '../../services/gateway/config.ts';
import { LabError } from '../cli/command.ts';
import { wholeNumber } from '../cli/options.ts';

export const OWN_APP_OPTIONS = {
  cwd: { type: 'string' },
  workers: { type: 'string' },
  health: { type: 'string' },
  instrument: { type: 'boolean' },
  yes: { type: 'boolean' },
  'allow-remote': { type: 'boolean' },
} as const;

export const OWN_APP_HELP = `  --workers N     how many requests it takes at once: its workers × threads (1 unless given)
  --health /path  a path that answers below 400 while it is up; without it, a connection is enough
  --cwd DIR       the folder in which its command runs; where you are unless given
  --instrument    starts it under OpenTelemetry, if it is Python or Node: its own spans are in the trace
  --yes           installs what --instrument needs without asking
  --allow-remote  accepts an address that is not on this machine`;

export type OwnAppValues = {
  [O in keyof typeof OWN_APP_OPTIONS]?:
    | ((typeof OWN_APP_OPTIONS)[O]['type'] extends 'boolean' ? boolean : string)
    | undefined;
};

/** Either an address (`url`) or a command. */
export type OwnApp = {
  url: string | undefined;
  command: string;
  folder: string;
  workers: number;
  health: string | undefined;
  instrument: boolean;
  yes: boolean;
  allowRemote: boolean;
};

/** Reads `app`, an address or a command, and its flags. Throws a LabError for what does not fit. */
export function readOwnApp(app: string, values: OwnAppValues): OwnApp {
  const isAddress = /^\s*([a-z][a-z\d+.-]*:\/\/\S*|\d+|[\w.-]+:\d+|\[[\da-f:]+\]:\d+)\s*$/i.test(app);
  if (isAddress && (values.instrument || values.cwd !== undefined)) {
    const flag = values.instrument ? '--instrument' : '--cwd';
    throw new LabError(
      `${flag} is for an app that the lab starts. Give its command in place of its address: --app 'python app.py'.`,
    );
  }
  if (values.health !== undefined && !/^\/[!-~]*$/.test(values.health)) {
    throw new LabError(`--health: expected a path that begins with /, got "${values.health}".`);
  }
  return {
    url: isAddress ? app.trim() : undefined,
    command: app,
    // npm runs a script in the folder of its package; this is where its user is.
    folder: resolve(environment.INIT_CWD ?? '.', values.cwd ?? '.'),
    workers: values.workers === undefined ? 1 : wholeNumber('--workers', values.workers, 1, MAX_WORKERS),
    health: values.health,
    instrument: values.instrument ?? false,
    yes: values.yes ?? false,
    allowRemote: values['allow-remote'] ?? false,
  };
}

/** The variables of the gateway for an app at an address; empty for one that is set later, when it listens. */
export function gatewayVariables({ url, workers, health, allowRemote }: OwnApp): Record<string, string> {
  return {
    WAYBILL_APP: url ?? '',
    WAYBILL_APP_WORKERS: String(workers),
    WAYBILL_APP_HEALTH: health ?? '',
    WAYBILL_APP_ALLOW_REMOTE: String(allowRemote),
  };
}

/** `DIR=/static/` with the folder as an absolute path. Throws a LabError for anything else. */
export function staticFolder(text: string, folder: string): string {
  const [, directory = '', path = ''] = /^(.+)=(\/|\/[^\s=,]*\/)$/.exec(text) ?? [];
  if (directory === '' || directory.includes(',')) {
    throw new LabError(`--static: expected DIR=/path/, such as static=/static/, got "${text}".`);
  }
  return `${resolve(folder, directory)}=${path}`;
}
