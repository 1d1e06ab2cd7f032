import { expect, test } from 'vitest';
import { listeningEndpoints } from './listening.ts';
import { descendantsOf, listProcesses } from './processes.ts';

const POWERSHELL = `4 0 \r
900 4 "C:\\Program Files\\nodejs\\node.exe" app.js\r
901 900 python -m http.server\r
902 901 python\r
950 4 other.exe\r
`;
const NETSTAT = `
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       950
  TCP    127.0.0.1:8000         0.0.0.0:0              LISTENING       902
  TCP    127.0.0.1:50001        127.0.0.1:8000         ESTABLISHED     902
  TCP    [::1]:8001             [::]:0                 LISTENING       900
`.replaceAll('\n', '\r\n');
/** lsof -F: a line for each field, of a process (p) and of its files (f, n). */
const LSOF = 'p900\nf12\nn127.0.0.1:8000\nf13\nn*:8001\nf14\nn[::1]:8002\n';

test('macOS: ps lists the processes', () => {
  const ps = '    1     0 /sbin/launchd\n  321     1 node lab/guard.js up\n';
  expect(listProcesses('darwin', () => ps)).toEqual([
    { pid: 1, parent: 0, command: '/sbin/launchd' },
    { pid: 321, parent: 1, command: 'node lab/guard.js up' },
  ]);
});

test('Windows: PowerShell lists the processes, those without a command line too', () => {
  const all = listProcesses('win32', () => POWERSHELL);
  expect(all.map(({ pid, parent }) => [pid, parent])).toEqual([
    [4, 0],
    [900, 4],
    [901, 900],
    [902, 901],
    [950, 4],
  ]);
  expect(all[1]?.command).toBe('"C:\\Program Files\\nodejs\\node.exe" app.js');
  expect(descendantsOf(900, all)).toEqual([900, 901, 902]);
});

test('a process that is its own parent (the first of Windows) ends no search', () => {
  expect(descendantsOf(0, [{ pid: 0, parent: 0, command: '' }])).toEqual([0]);
});

test('Windows: where an app listens, and what it has started, comes from netstat', () => {
  const run = (program: string) => (program === 'netstat' ? NETSTAT : POWERSHELL);
  expect(listeningEndpoints(900, 'win32', run)).toEqual([
    { host: '127.0.0.1', port: 8000 },
    { host: '::1', port: 8001 },
  ]);
});

test('macOS: where the process group of an app listens comes from lsof', () => {
  expect(listeningEndpoints(900, 'darwin', () => LSOF)).toEqual([
    { host: '127.0.0.1', port: 8000 },
    { host: '0.0.0.0', port: 8001 },
    { host: '::1', port: 8002 },
  ]);
});

test('a program that is not installed: no processes, no ports', () => {
  expect(listProcesses('win32', () => '')).toEqual([]);
  expect(listeningEndpoints(900, 'darwin', () => '')).toEqual([]);
});
