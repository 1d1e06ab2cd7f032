// A worker that answers at once, so that the cost of the gateway in front of it is what is measured: a bare Node server.

import { type ChildProcess, spawn } from 'node:child_process';

const PROGRAM = `
  const [id, port] = process.argv.slice(1);
  const page = 'x'.repeat(2000);
  require('node:http').createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/healthz') response.end(JSON.stringify({ worker: id, pid: process.pid, started: 0 }));
    else response.setHeader('content-length', page.length).end(page);
  }).listen(Number(port), '127.0.0.1');`;

/** Starts one; the gateway finds out when it is ready. */
export function startWorker(id: string, port: number): ChildProcess {
  return spawn(process.execPath, ['--eval', PROGRAM, id, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
}
