// The flags of the learner's own app: npm start -- --app …, and npm run app -- ….

import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { environment } from '../../runtime/config.ts';
import { reasonOf } from '../../runtime/folder.ts';
import type { StaticFolder } from '../../runtime/own-app-file.ts';
import { MAX_WORKERS } from '../../services/gateway/config.ts';
import { LabError } from '../cli/command.ts';
import { type Values, wholeNumber } from '../cli/options.ts';
import type { Registration } from './register.ts';

export const OWN_APP_OPTIONS = {
  cwd: { type: 'string' },
  static: { type: 'string', multiple: true },
  workers: { type: 'string' },
  health: { type: 'string' },
  instrument: { type: 'boolean' },
  yes: { type: 'boolean' },
  'allow-remote': { type: 'boolean' },
} as const;

export const OWN_APP_HELP = `  --workers N     how many requests it takes at once: its workers × threads (1 unless given)
  --health /path  a path that answers below 400 while it is up; without it, a connection is enough
  --cwd DIR       the folder in which its command runs; where you are unless given
  --static DIR=/static/
                  the web server serves this folder of it itself; may be given several times
  --instrument    starts it under OpenTelemetry, if it is Python or Node: its own spans are in the trace
  --yes           installs what --instrument needs without asking
  --allow-remote  accepts an address that is not on this machine`;

export type OwnAppValues = Values<typeof OWN_APP_OPTIONS>;

export type OwnApp = {
  url: string | undefined;
  command: string;
  folder: string;
  workers: number;
  health: string | undefined;
  static: StaticFolder[];
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
  // npm runs a script in the folder of its package; this is where its user is.
  const folder = resolve(environment.INIT_CWD ?? '.', values.cwd ?? '.');
  return {
    url: isAddress ? app.trim() : undefined,
    command: app,
    folder,
    static: (values.static ?? []).map((each) => staticFolder(each, folder)),
    workers: values.workers === undefined ? 1 : wholeNumber('--workers', values.workers, 1, MAX_WORKERS),
    health: values.health,
    instrument: values.instrument ?? false,
    yes: values.yes ?? false,
    allowRemote: values['allow-remote'] ?? false,
  };
}

/** What the gateway is sent for `app`, which listens at `url`; `pid`: its process, where the lab started it. */
export function registrationOf(app: OwnApp, url: string, pid?: number): Registration {
  const { workers, health, allowRemote, command, static: folders } = app;
  return {
    url,
    workers,
    allowRemote,
    static: folders,
    ...(health !== undefined && { health }),
    ...(pid !== undefined && { program: { pid, command } }),
  };
}

/** `DIR=/static/` with the folder as an absolute path. Throws a LabError for anything else, and for a folder that cannot be read. */
function staticFolder(text: string, from: string): StaticFolder {
  const [, directory, path = ''] = /^(.+)=(\/|\/[^\s=]*\/)$/.exec(text) ?? [];
  if (directory === undefined) {
    throw new LabError(`--static: expected DIR=/path/, such as static=/static/, got "${text}".`);
  }
  const folder = resolve(from, directory);
  try {
    readdirSync(folder);
  } catch (error) {
    throw new LabError(`--static: the folder ${folder} cannot be read (${reasonOf(error)}).`);
  }
  return { path, folder };
}
