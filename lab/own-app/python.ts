// OpenTelemetry for a Python app: its packages are in a virtual environment of the lab's home, one for each version of Python, and reach
// the app by PYTHONPATH, which is what opentelemetry-instrument does as well. The app's own environment is not changed.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { LabError } from '../cli/command.ts';

const DISTRO = 'opentelemetry-distro';
const BASE = [DISTRO, 'opentelemetry-exporter-otlp-proto-http'];
/** How often an older release is tried. */
const MAX_RELEASES = 5;
/** Instrumentations whose spans are not of requests. */
const LEFT_OUT = ['asyncio', 'click', 'exceptions', 'logging'];
/** Prints the instrumentations for the packages that the app can import (opentelemetry-bootstrap). */
const LIST = 'from opentelemetry.instrumentation.bootstrap import run; run()';
/** What is shown of pip's output when it fails. */
const SHOWN_LINES = 15;
const MAX_OUTPUT = 10_000_000;

export type InstrumentOptions = {
  words: string[];
  folder: string;
  environment: NodeJS.ProcessEnv;
  home: string;
  /** Whether packages may be installed without asking. */
  yes: boolean;
  say: (sign: string, text: string) => void;
};

/** The variables by which `python` starts an app under OpenTelemetry; installs what is missing, after asking. */
export async function instrumentPython(python: string, options: InstrumentOptions): Promise<Record<string, string>> {
  const { words, folder, environment, home, say } = options;
  const printed = await run(python, ['-c', "import sys; print('%d.%d' % sys.version_info[:2])"], environment);
  const version = printed.trim();
  const venv = resolve(home, 'python', version);
  const packages = join(venv, 'lib', `python${version}`, 'site-packages');
  const startUp = join(packages, 'opentelemetry/instrumentation/auto_instrumentation');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  if (!existsSync(startUp)) {
    await agree(options, venv);
    say('·', `installing OpenTelemetry for Python ${version} into ${venv}`);
    await run(python, ['-m', 'venv', venv], environment);
    await run(join(venv, 'bin/python'), [...pip, ...BASE], environment);
  }
  const withPackages = { ...environment, PYTHONPATH: joined(environment.PYTHONPATH, packages) };
  const listed = await run(python, ['-c', LIST, '-a', 'requirements'], withPackages);
  const installed = readdirSync(packages);
  const [, release = ''] = /==(\S+)/.exec(listed) ?? [];
  const missing = [...listed.matchAll(/^opentelemetry-instrumentation-([\w-]+)/gm)]
    .map(([name = '', short = '']) => ({ name, short }))
    .filter(({ short }) => !LEFT_OUT.includes(short))
    .filter(({ name }) => !installed.some((each) => each.startsWith(`${name.replaceAll('-', '_')}-`)));
  if (missing.length > 0) {
    const names = missing.map(({ short }) => short).join(', ');
    say('·', `installing ${missing.length} instrumentations for what your app has (${names})`);
    const install = (pinned: string[]) => run(join(venv, 'bin/python'), [...pip, ...BASE, ...pinned], environment);
    await installRelease([DISTRO, ...missing.map(({ name }) => name)], release, install);
  }
  if (words.includes('runserver') && !words.includes('--noreload')) {
    say('!', 'runserver starts a second process, which is not instrumented: add --noreload to the command.');
  }
  const django = djangoProject(words, folder);
  return {
    // The app's folder: its packages are imported before Python has the folder of its script.
    PYTHONPATH: joined(startUp, django?.folder ?? folder, environment.PYTHONPATH, packages),
    ...(django && { DJANGO_SETTINGS_MODULE: django.settings }),
    ...(environment.DJANGO_SETTINGS_MODULE && { DJANGO_SETTINGS_MODULE: environment.DJANGO_SETTINGS_MODULE }),
  };
}

/** Installs `names`, all of one release: `release`, or the newest that all of them have (a mirror may lack some of it). */
async function installRelease(
  names: string[],
  release: string,
  install: (pinned: string[]) => Promise<string>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await install(names.map((name) => `${name}==${release}`));
      return;
    } catch (error) {
      const [, newest] = /from versions: (?:[^)]*, )?([^,)\s]+)\)/.exec((error as Error).message) ?? [];
      if (newest === undefined || newest === release || tries === MAX_RELEASES) throw error;
      release = newest;
    }
  }
}

async function agree({ yes, say }: InstrumentOptions, venv: string): Promise<void> {
  if (yes) return;
  const what = `--instrument needs OpenTelemetry's packages for Python, from PyPI (about 10 MB, into ${venv}; your app's own environment stays as it is).`;
  if (!process.stdin.isTTY) throw new LabError(`${what} Add --yes to install them.`);
  say('?', what);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('    Install them? [y/N] ');
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new LabError('Nothing was installed. Start without --instrument.');
}

/** Django's settings must be in the environment: its instrumentation reads them before manage.py has named them. */
function djangoProject(words: string[], folder: string): { folder: string; settings: string } | undefined {
  const file = resolve(folder, words.find((word) => basename(word) === 'manage.py') ?? 'manage.py');
  if (!existsSync(file)) return undefined;
  const [, settings] = /DJANGO_SETTINGS_MODULE["'], *["']([\w.]+)["']/.exec(readFileSync(file, 'utf8')) ?? [];
  return settings === undefined ? undefined : { folder: dirname(file), settings };
}

async function run(program: string, words: string[], environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await promisify(execFile)(program, words, { env: environment, maxBuffer: MAX_OUTPUT })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-SHOWN_LINES).join('\n  ');
    throw new LabError(`--instrument: ${[program, ...words].join(' ')} failed:\n  ${printed || message}`);
  }
}

function joined(...folders: (string | undefined)[]): string {
  return folders.filter(Boolean).join(delimiter);
}
