// --instrument: the app under OpenTelemetry's own instrumentation, without a change of its files. Python gets it from a virtual environment
// in the lab's home, Node by --import from the app's own packages, or from the lab's.

import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '../cli/command.ts';
import { type InstrumentOptions, instrumentPython } from './python.ts';

const REGISTER = '@opentelemetry/auto-instrumentations-node/register';

/** The variables by which the command is started under OpenTelemetry. Throws a LabError when that cannot be. */
export async function instrumentationVariables(options: InstrumentOptions): Promise<Record<string, string>> {
  const { words, folder, environment } = options;
  const runtime = runtimeOf(words[0] ?? '', folder, environment);
  return runtime === 'node' ? nodeVariables(folder, environment) : instrumentPython(runtime, options);
}

function nodeVariables(folder: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const register = [join(folder, 'x.js'), import.meta.filename]
    .map(resolveRegister)
    .find((found) => found !== undefined);
  const options = [environment.NODE_OPTIONS, `--import=${pathToFileURL(register ?? REGISTER).href}`];
  return {
    NODE_OPTIONS: options.filter(Boolean).join(' '),
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host', // no requests to clouds
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs,net,dns', // their spans would be traces of their own
  };
}

function resolveRegister(from: string): string | undefined {
  try {
    return createRequire(from).resolve(REGISTER);
  } catch {
    return undefined;
  }
}

/** `node`, or the Python that runs `command`. */
function runtimeOf(command: string, folder: string, environment: NodeJS.ProcessEnv): string {
  if (/^(node|npm|npx|yarn|pnpm)$/.test(basename(command))) return 'node';
  const file = find(command, folder, environment);
  if (/^(python|pypy)[\d.]*$/.test(basename(command))) return file;
  const [, interpreter = ''] = /^#! *(?:\S*\/env +)?(\S+)/.exec(readFileSync(file, 'latin1').slice(0, 500)) ?? [];
  if (/python|pypy/.test(basename(interpreter))) return find(interpreter, folder, environment);
  if (basename(interpreter) === 'node') return 'node';
  throw new LabError(
    `--instrument: ${command} is not started by Python or Node. Start your app with its own instrumentation.`,
  );
}

function find(command: string, folder: string, { PATH = '' }: NodeJS.ProcessEnv): string {
  const places = command.includes('/') ? [folder] : PATH.split(delimiter);
  for (const place of places) {
    const file = isAbsolute(command) ? command : resolve(place, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {} // the next one
  }
  throw new LabError(`--instrument: the command ${command} was not found.`);
}
