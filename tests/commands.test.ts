// What a person types: fire and compare, their output and exit codes.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { readTrace } from '../lab/cli/send.ts';
import { GUARD, type Lab } from '../lab/fixture.ts';
import { ROOT } from '../runtime/program.ts';
import type { TraceRow } from '../services/visitor/api.ts';
import type { TraceSpan } from '../traces/model.ts';
import { type SpanNode, treeOf } from '../traces/tree.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

type Result = { code: number; stdout: string; stderr: string };

function command(args: string[], environment = lab.environment): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [GUARD, ...args], { cwd: ROOT, env: environment }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('fire draws the whole journey', async () => {
  const { code, stdout } = await command(['fire', 'dynamic']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^dynamic: GET http:\/\/tatis.test\/ → 200 in \d+\.\d ms\n/);
  for (const line of [
    /visitor +visit +━+ +\d/,
    /dns .*─ ask tatis\.test\. /,
    /proxy .*─ location /,
    /gateway .*─ queue /,
    /app .*─ SELECT game /,
  ]) {
    expect(stdout).toMatch(line);
  }
  expect(stdout).toMatch(/trace [0-9a-f]{32} · \d+ spans · complete\n/);
});

test('fire --json prints one object with every field, the last visit again at the top', async () => {
  const { code, stdout } = await command(['fire', 'keep-alive', '--json']);
  expect(code).toBe(0);
  const { visits, scenario, ok, ...last } = JSON.parse(stdout);
  expect({ scenario, ok, visits: visits.length }).toEqual({ scenario: 'keep-alive', ok: true, visits: 3 });
  expect(last).toEqual(visits[2]);
  expect(last).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    method: 'GET',
    url: 'http://tatis.test/',
    status: 200,
    durationMs: expect.any(Number),
    complete: true,
    missing: [],
    unexpected: [],
    extra: [],
    services: ['visitor', 'proxy', 'gateway', 'app'],
    spanCount: expect.any(Number),
    page: `${lab.config.visitorUrl}/traces/${last.traceId}`,
    jaeger: null,
  });
});

test('fire takes a former name, and reports the name of today', async () => {
  const { code, stdout } = await command(['fire', 'island', '--json']);
  expect([code, JSON.parse(stdout).scenario]).toEqual([0, 'rerouted']);
});

test('an unknown scenario lists the known ones', async () => {
  const { code, stderr } = await command(['fire', 'nonsense']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/There is no scenario "nonsense"[\s\S]* nowhere,[\s\S]* static, dynamic,/);
});

test('fire without a lab says how to start one', async () => {
  const { code, stderr } = await command(['fire', 'static'], { ...lab.environment, WAYBILL_PAGE_PORT: '9' });
  expect(code).toBe(1);
  expect(stderr).toBe('The lab does not answer at http://127.0.0.1:9. Start it in another terminal: npm start\n');
});

test('an unknown flag is refused with exit code 1', async () => {
  const { code, stderr } = await command(['fire', 'static', '--fast']);
  expect(code).toBe(1);
  expect(stderr).toContain('Unknown flag --fast.');
});

test('fire sends to any address of the lab', async () => {
  const { code, stdout } = await command(['fire', 'http://djangogirls.test/letters/Ola/']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^request: GET http:\/\/djangogirls.test\/letters\/Ola\/ → 200 in /);
  expect(stdout).toMatch(/app .*─ template letter\.html /);
});

test('fire to a name that does not exist reports that, with its trace, and exits with 1', async () => {
  const { code, stdout } = await command(['fire', 'http://nobody.test/']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/→ no answer in /);
  expect(stdout).toMatch(/^✗ The name does not exist\. /m);
  expect(stdout).toMatch(/dns .*─ test\. answers .*nxdomain/);
});

test.each(['ws://tatis.test/', 'ftp://tatis.test/', 'http://'])('fire refuses %s in one sentence', async (address) => {
  const { code, stderr } = await command(['fire', address]);
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
  expect(stderr).toContain(`"${address}" is not an address that the lab can request`);
});

test('fire --repeat prints a line for each request and a summary', async () => {
  const { code, stdout } = await command(['fire', 'static', '--repeat', '3']);
  expect(code).toBe(0);
  expect(stdout.match(/^ +\d+\.\d ms +200 +[0-9a-f]{32}$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/^3 requests, all as the contract says; median [\d.]+ ms, p90 [\d.]+ ms$/m);
});

test('fire --list groups the scenarios by story', async () => {
  const { stdout } = await command(['fire', '--list']);
  expect(stdout).toMatch(
    /^1 {2}How a letter finds its reader\n[\s\S]* lookups [\s\S]*\n2 {2}Who opens it\n[\s\S]*\n3 {2}How the answer is written\n/,
  );
  expect(stdout).not.toMatch(/^ {2}(again|crowd|mine|island) /m);
});

test('traces lists the recent ones, newest first, and filters', async () => {
  for (const name of ['static', 'missing']) await command(['fire', name]);
  const all = JSON.parse((await command(['traces', '--limit', '2', '--json'])).stdout);
  expect(all.traces.map(({ scenario }: { scenario: string }) => scenario)).toEqual(['missing', 'static']);
  const { code, stdout } = await command(['traces', '--status', '404', '--limit', '1']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d +[\d.]+ ms +404 +missing +GET tatis\.test\/\S+ · \d+ spans +[0-9a-f]{32}\n$/);
});

test('traces says which filter is wrong, and exits with 1 when nothing is found', async () => {
  const wrong = await command(['traces', '--status', '9xx']);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('takes a status')]);
  expect((await command(['traces', 'nothing-has-this-in-it'])).code).toBe(1);
});

test('story puts a stored trace into sentences, each with its span', async () => {
  const { traceId } = JSON.parse((await command(['fire', 'dynamic', '--json'])).stdout);
  const { code, stdout } = await command(['story', traceId]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^visitor · DNS lookup +Your computer asks the phonebook \(DNS\) where tatis\.test lives\.$/m);
  expect(stdout).toMatch(/^app · SELECT game +The database gets a query: SELECT game\./m);
  const markdown = await command(['story', traceId, '--markdown']);
  expect(markdown.stdout).toMatch(/^## GET http:\/\/tatis\.test\/ → 200, /);
  expect(markdown.stdout).toMatch(/^- No queue: a worker is free right away\. \(gateway `queue`\)$/m);
});

test('an unknown trace id suggests the recent one that is nearest', async () => {
  const { traceId } = JSON.parse((await command(['fire', 'static', '--json'])).stdout);
  const typed = `${traceId.slice(0, -1)}${traceId.endsWith('0') ? '1' : '0'}`;
  const { code, stderr } = await command(['story', typed]);
  expect(code).toBe(1);
  expect(stderr).toContain(`Trace ${typed} was not found. Did you mean "${traceId}"?`);
});

test('faults sets a fault, shows it, and repairs it', async () => {
  expect((await command(['faults', 'gateway.workers=1'])).stdout).toMatch(/^● gateway\.workers = 1 /m);
  expect((await command(['faults', '--repair'])).stdout).not.toContain('●');
  const wrong = await command(['faults', 'gateway.wrokers=1']);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Did you mean "gateway.workers"?')]);
  expect((await command(['faults', 'gateway.workers=many'])).stderr).toMatch(/expected \d+ to \d+/);
});

test.each([
  'fire',
  'compare',
  'traces',
  'story',
  'breakdown',
  'faults',
  'load',
  'doctor',
  'completion',
  'bench',
  'ca',
  'map',
  'reset',
  'deploy',
  'learn',
])('%s --help shows how it is used, with an example', async (name) => {
  const { code, stdout } = await command([name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run (-s )?${name}[\\s\\S]*\n  .*npm run (-s )?${name}`));
});

test('learn begins a lesson, says what is missing, and is done once its task is', async () => {
  expect((await command(['learn', '2', '--again'])).stdout).toMatch(/^2\. The phonebook/);
  const before = await command(['learn', 'check', '2', '--answer', 'tatis.test', '--answer', '2']);
  expect([before.code, before.stdout]).toEqual([1, expect.stringContaining('✗ visit A is missing')]);
  await command(['fire', 'dynamic']);
  const after = await command(['learn', 'check', '2', '--answer', 'tatis.test', '--answer', '2']);
  expect([after.code, after.stdout]).toEqual([
    0,
    expect.stringMatching(/Done\. What you saw[\s\S]*Next: npm run learn 3\n$/),
  ]);
});

test('learn names the lesson that an unknown one is near to', async () => {
  const { code, stderr } = await command(['learn', 'hint', 'the-fonebook']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('the-phonebook')]);
});

test('a proxy outside is not asked for the lab’s own addresses', async () => {
  const proxied = { ...lab.environment, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' };
  expect((await command(['fire', 'static'], proxied)).code).toBe(0);
});

test('compare puts common stages on one line, and the others on their own', async () => {
  const { code, stdout } = await command(['compare', '--once']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +static +dynamic +difference$/m);
  expect(stdout).toMatch(/^visitor +visit +\d+\.\d\d ms +\d+\.\d\d ms +[+−]\d+\.\d\d ms$/m);
  expect(stdout).toMatch(/^proxy .*─ static file +\d+\.\d\d ms +·$/m);
  expect(stdout).toMatch(/^gateway .*─ queue +· +\d+\.\d\d ms$/m);
});

test('what Jaeger’s comparison takes for the same stop in a static and a dynamic journey is as designed', async () => {
  const { a, b } = JSON.parse((await command(['compare', '--once', '--json'])).stdout);
  const [inA, inB] = await Promise.all(
    [a, b].map(async ({ traceId }) => jaegerKeys((await readTrace(traceId, lab.config)).spans)),
  );
  const common = [...(inA ?? [])].filter((key) => inB?.has(key)).map((key) => key.split(' / ').at(-1));
  expect(common.toSorted()).toEqual(
    [
      'visitor::visit',
      'visitor::DNS lookup',
      'dns::resolve (leaf)',
      'visitor::connect',
      'router::forward (leaf)',
      'visitor::GET',
      'proxy::GET',
      'proxy::location (leaf)',
    ].toSorted(),
  );
});

/** What identifies a stop for Jaeger's comparison of traces: the path of services and operations to it, and whether it is a leaf. */
function jaegerKeys(spans: TraceSpan[]): Set<string> {
  const pathOf = ({ span, parent }: SpanNode): string => {
    const own = `${span.service}::${span.name}`;
    return parent === null ? own : `${pathOf(parent)} / ${own}`;
  };
  return new Set(treeOf(spans).nodes.map((node) => pathOf(node) + (node.children.length === 0 ? ' (leaf)' : '')));
}

test('load sends at the rate, and finds every span of what it sent', async () => {
  const { code, stdout } = await command([
    'load',
    '--rate',
    '20',
    '--duration',
    '2',
    '--mix',
    'static=1,dynamic=1',
    '--json',
  ]);
  const { scenarios, spans, ok } = JSON.parse(stdout);
  expect({ code, ok, spans }).toEqual({
    code: 0,
    ok: true,
    spans: { traces: 40, expected: spans.stored, stored: spans.expected },
  });
  expect(scenarios.map(({ name }: { name: string }) => name)).toEqual(['dynamic', 'static']);
});

test('load ended by Ctrl-C reports what was sent until then, and exits with 130', async () => {
  const began = Date.now();
  const child = spawn(process.execPath, [GUARD, 'load', '--rate', '20', '--duration', '300', '--json'], {
    cwd: ROOT,
    env: lab.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const newest = async () => JSON.parse((await command(['traces', '--limit', '6', '--json'])).stdout).traces;
  const fromLoad = ({ scenario, startTime }: TraceRow) => scenario === null && startTime >= began;
  await expect.poll(async () => (await newest()).filter(fromLoad).length).toBe(6);
  child.kill('SIGINT');
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const { progress, scenarios, durationSeconds, interrupted, ok } = JSON.parse(printed);
  const sent = scenarios.reduce((all: number, each: { sent: number }) => all + each.sent, 0);
  expect({ code, interrupted, ok }).toEqual({ code: 130, interrupted: true, ok: false });
  expect({ sent, durationSeconds }).toEqual({ sent: progress.sent, durationSeconds: progress.due / 20 });
  expect(sent).toBeLessThan(20 * 300);
});

test('fire whose output is closed ends between two requests without an error', async () => {
  const child = spawn(process.execPath, [GUARD, 'fire', 'static', '--repeat', '1000'], {
    cwd: ROOT,
    env: lab.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
});

test('`ledger`, the former name of `breakdown`, still works and names the new one', async () => {
  const { code, stdout, stderr } = await command(['ledger', '--help']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: npm run breakdown/)]);
  expect(stderr).toContain('npm run ledger is deprecated: use npm run breakdown');
});

test('`breakdown` gives every microsecond of a journey to a stage', async () => {
  const { visits } = JSON.parse((await command(['breakdown', 'dynamic', '--json'])).stdout);
  const [{ micros, stages }] = visits;
  const sum = stages.reduce((all: number, stage: { micros: number }) => all + stage.micros, 0);
  expect(sum).toBe(micros);
  expect(stages.map(({ stage }: { stage: string }) => stage)).toContain('database');
});
