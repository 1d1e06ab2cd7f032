// The learner's own site in a whole lab: each program is started from one line by `npm run app`, and sent one request.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { sendScenario, sendVisit } from '../lab/cli/send.ts';
import { GUARD, type Lab, startLab } from '../lab/fixture.ts';
import { listenPrivately } from '../runtime/net/listen.ts';
import { ROOT } from '../runtime/program.ts';
import { hasTool } from './tool.ts';

/** Debian's, which has Debian's Django and Flask. */
const PYTHON = '/usr/bin/python3';

/** How long the slow app takes, in ms. */
const SLOW_MS = 300;

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-own-app-'));
  writeFileSync(
    join(folder, 'flaskapp.py'),
    "from flask import Flask\napp = Flask(__name__)\n\n@app.get('/')\ndef hello():\n    return 'hello'\n",
  );
  writeFileSync(
    join(folder, 'app.js'),
    "require('express')().get('/', (_, response) => response.send('hello')).listen(process.env.PORT ?? 3000);\n",
  );
  writeFileSync(
    join(folder, 'slow.js'),
    `require('http').createServer((_, response) => setTimeout(() => response.end('hello'), ${SLOW_MS})).listen(process.env.PORT);\n`,
  );
  // A server listens before its workers have started: on a slow machine the first request waits for that.
  lab = await startLab({ WAYBILL_WORKER_TIMEOUT: '25000' });
});
afterAll(async () => {
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Why Debian's `module` cannot be used. */
function withoutModule(module: string): string | undefined {
  if (!hasTool(PYTHON)) return `${PYTHON} is not installed`;
  try {
    execFileSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `python3-${module} is not installed`;
  }
}

function withoutDjango(): string | undefined {
  const missing = withoutModule('django');
  if (missing === undefined && !existsSync(join(folder, 'manage.py'))) {
    execFileSync(PYTHON, ['-m', 'django', 'startproject', 'mysite', '.'], { cwd: folder });
  }
  return missing;
}

function withoutExpress(): string | undefined {
  if (existsSync(join(folder, 'node_modules/express'))) return undefined;
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, 'express'], {
      cwd: folder,
    });
    return undefined;
  } catch (error) {
    return `npm could not install express: ${(error as Error).message}`;
  }
}

/** Starts `command` by npm run app until the test has ended; resolves with what it has printed when it listens. */
async function startApp(command: string, ...flags: string[]): Promise<string> {
  const words = [GUARD, 'app', command, '--cwd', folder, ...flags];
  const child: ChildProcess = spawn(execPath, words, { cwd: ROOT, env: lab.environment });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk) => (printed += chunk));
  await vi.waitFor(() => {
    if (!/your app listens at/.test(printed) && child.exitCode === null) throw new Error(printed);
  });
  return printed;
}

/** The trace of a request to the app's site. */
async function visitApp(path = '/') {
  const { status, complete, spans } = await sendVisit(new URL(path, 'http://my.test'), lab.config);
  const attempts = spans.filter(({ attributes }) => attributes['waybill.own_app'] === true);
  return {
    status,
    complete,
    attempts: attempts.length,
    spans,
    own: spans.filter(({ service }) => service === 'my-app'),
  };
}

/** For pip, on a slow machine. */
const PIP_MS = 600_000;

const DJANGO = `${PYTHON} manage.py runserver --noreload $PORT`;
const GUNICORN = '/usr/bin/gunicorn mysite.wsgi --bind 127.0.0.1:$PORT';
const FLASK = `${PYTHON} -m flask --app flaskapp run --port $PORT`;

const withoutGunicorn = () => withoutDjango() ?? missing('/usr/bin/gunicorn');
const APPS: [name: string, command: string, workers: number, without: () => string | undefined][] = [
  ['Django under runserver', DJANGO, 1, withoutDjango],
  ['Django under gunicorn, 1 worker', GUNICORN, 1, withoutGunicorn],
  ['Django under gunicorn, 4 workers', `${GUNICORN} --workers 4`, 4, withoutGunicorn],
  ['Flask', FLASK, 1, () => withoutModule('flask')],
  ['Express', 'node app.js', 1, withoutExpress],
];
const FILES: (typeof APPS)[number] = [
  'python -m http.server',
  `${PYTHON} -m http.server --bind 127.0.0.1 $PORT`,
  1,
  () => missing(PYTHON),
];

function missing(tool: string): string | undefined {
  return hasTool(tool) ? undefined : `${tool} is not installed`;
}

test.for([...APPS, FILES])(
  '%s: one complete journey, without a change of its files',
  async ([, command, workers, without], { skip }) => {
    const reason = without();
    if (reason !== undefined) return skip(reason);
    await startApp(command, '--workers', String(workers));
    expect(await visitApp()).toMatchObject({ status: 200, complete: true, attempts: 1, own: [] });
  },
);

test.for(APPS)(
  '%s, instrumented: its own spans are below the attempt',
  { timeout: PIP_MS },
  async ([, command, workers, without], { skip }) => {
    const reason = without();
    if (reason !== undefined) return skip(reason);
    const printed = await startApp(command, '--workers', String(workers), '--instrument', '--yes');
    if (/pip install .*failed|-m venv .*failed/.test(printed)) return skip(`pip: ${printed}`);
    // Its first spans may come after the trace was read: its exporter still connects.
    await vi.waitFor(async () => {
      const { status, own, spans } = await visitApp();
      const attempt = spans.find(({ attributes }) => attributes['waybill.own_app'] === true);
      expect(status).toBe(200);
      expect(own.map(({ parentSpanId }) => parentSpanId)).toContain(attempt?.spanId);
    });
  },
);

test('fire --together: requests for more than the workers wait in the queue, and their waits are printed', async () => {
  await startApp('node slow.js $PORT');
  const words = [GUARD, 'fire', 'http://my.test/', '--together', '3'];
  const { stdout } = await promisify(execFile)(execPath, words, { cwd: ROOT, env: lab.environment });
  const waits = [...stdout.matchAll(/200 .* waited ([\d.]+) ms, \d ahead/g)].map(([, wait]) => Number(wait));
  expect(waits).toHaveLength(3);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits[2]).toBeGreaterThan(SLOW_MS); // two answers long
});

test('requests for the sites of the lab are the same with an app, with its static folder, and without', async () => {
  const outline = async () => {
    const visits = await sendScenario({ name: 'dynamic' }, lab.config);
    const seen = visits.flatMap(({ spans }) => spans.map(({ service, name }) => `${service} ${name}`)).sort();
    return { seen, refused: visits.filter(({ ok }) => !ok) };
  };
  const app = (...words: string[]) =>
    promisify(execFile)(execPath, [GUARD, 'app', ...words], { cwd: ROOT, env: lab.environment });
  await app('--remove');
  const without = await outline();
  await app('http://127.0.0.1:9', '--static', `${folder}=/`);
  expect(await outline()).toEqual(without);
  await app('--remove');
  expect(await outline()).toEqual(without);
  expect(without.refused).toEqual([]);
});

test('a restarted gateway and proxy have the app and its static folder', async () => {
  writeFileSync(join(folder, 'a.css'), 'a {}');
  const server = createServer((_, response) => response.end('mine'));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${await listenPrivately(server)}`;
  const words = [GUARD, 'app', url, '--static', `${folder}=/static/`];
  const { stdout } = await promisify(execFile)(execPath, words, { cwd: ROOT, env: lab.environment });
  expect(stdout).toContain(`/static/ is served by the web server from ${folder}`);
  for (const service of ['gateway', 'proxy']) process.kill(lab.pidOf(service), 'SIGKILL');
  await vi.waitFor(async () => expect(await visitApp()).toMatchObject({ status: 200, attempts: 1 }));
  await vi.waitFor(async () => expect(await visitApp('/static/a.css')).toMatchObject({ status: 200, attempts: 0 }));
});

test('a page may set an address on this machine alone: no command, no other machine, no port of the lab', async () => {
  const put = async (body: object) => {
    const response = await fetch(`${lab.config.visitorUrl}/app`, { method: 'PUT', body: JSON.stringify(body) });
    return [response.status, JSON.stringify(await response.json())];
  };
  const address = { url: 'http://127.0.0.1:9' };
  expect(await put(address)).toEqual([200, expect.stringContaining('no process listens on 127.0.0.1:9')]);
  expect(await put({ url: 'http://192.0.2.1:80' })).toEqual([400, expect.stringContaining('not this machine')]);
  expect(await put({ url: lab.config.siteUrl })).toEqual([400, expect.stringContaining("the lab's own")]);
  for (const more of [{ allowRemote: true }, { program: { pid: 1, command: 'x' } }, { command: 'sh' }]) {
    expect(await put({ ...address, ...more })).toEqual([400, expect.stringContaining('is unknown')]);
  }
});
