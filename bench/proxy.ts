// The proxy beside nginx (Debian's, one process, untraced): a small file, a 304, and a file of 1 MiB; then a dynamic request
// beside the same one sent to the gateway directly. CPU is that of the process alone.

import { startNginx, writeStaticFiles } from './tools/nginx.ts';
import { requirePrograms } from './tools/process.ts';
import { createServices, untilIdle } from './tools/services.ts';
import { type Effort, inTurns, printFigures, type System } from './tools/turns.ts';
import { startWorker } from './tools/worker.ts';
import { wrk } from './tools/wrk.ts';

const CONNECTIONS = 64;
const SMALL = '/static/small.css';
const FILES = { 'small file': SMALL, 'not modified': SMALL, '1 MiB': '/static/large.bin' };

export async function main(effort: Effort): Promise<void> {
  requirePrograms(['wrk', '/usr/sbin/nginx'], 'wrk nginx');
  const lab = await createServices();
  const untracedLab = await createServices();
  try {
    const files = writeStaticFiles(lab.home);
    const [app, nginxPort] = [Number(lab.ports.WAYBILL_APP_PORT), Number(untracedLab.ports.WAYBILL_DNS_PORT)];
    const store = await lab.start('store');
    lab.add(startWorker('app-1', app));
    lab.add(startWorker('app-2', app + 1));
    const variables = {
      WAYBILL_STATIC_ROOT: files,
      WAYBILL_GATEWAY: `127.0.0.1:${lab.ports.WAYBILL_GATEWAY_PORT}`,
      WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
    };
    const gateway = await lab.start('gateway', variables, true);
    const proxy = await lab.start('proxy', variables, true);
    const untraced = await untracedLab.start('proxy', variables);
    const nginx = lab.add(startNginx(lab.home, nginxPort, `location /static/ { alias ${files}/; expires 60; }`));

    const settle = () => untilIdle(proxy.pid, gateway.pid, store.pid);
    const all = [
      { name: 'nginx', pid: nginx.pid, url: `http://127.0.0.1:${nginxPort}` },
      { name: 'untraced', pid: untraced.pid, url: untracedLab.url('WAYBILL_SITE_PORT') },
      { name: 'traced', pid: proxy.pid, url: lab.url('WAYBILL_SITE_PORT') },
    ];
    for (const [what, path] of Object.entries(FILES)) {
      const systems = await Promise.all(
        all.map(async ({ name, pid, url }): Promise<System> => {
          const { headers } = await fetch(url + path);
          const fields = what === 'not modified' ? [`If-None-Match: ${headers.get('etag')}`] : [];
          return { name, run: wrk(url + path, CONNECTIONS, ...fields), processes: () => [{ name, pid }], settle };
        }),
      );
      printFigures(what, await inTurns(systems, effort));
    }
    const dynamic = (name: string, port: string, pid?: number): System => ({
      ...{ name, settle, run: wrk(lab.url(port, '/'), CONNECTIONS), processes: () => [{ name, pid }] },
    });
    const systems = [
      dynamic('gateway', 'WAYBILL_GATEWAY_PORT', gateway.pid),
      dynamic('proxy', 'WAYBILL_SITE_PORT', proxy.pid),
    ];
    printFigures('dynamic', await inTurns(systems, effort));
  } finally {
    await untracedLab.stop();
    await lab.stop();
  }
}
