// npm start: brings up the whole lab on this machine, and takes it down again on Ctrl-C or SIGTERM.
//
//   ports free? → store, dns, proxy, gateway, visitor, migrate side by side → workers → "Waybill is ready"
//   SIGHUP → all workers are replaced, one after another
//   Ctrl-C → SIGTERM from front to back, so that each still finds the next hop → the store last

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LabConfig, type PortName, readLabConfig } from '../config.ts';
import { checkPorts } from '../ports.ts';
import { processes } from '../processes.ts';
import { supervise } from '../supervisor.ts';

/** Starts the lab and stays until it is told to end; exits 1 with a message, and nothing left running, if it cannot. */
export async function main(): Promise<void> {
  const began = performance.now();
  let stop = async () => {};
  const end = async (code: number) => {
    await stop();
    process.exit(code);
  };
  try {
    const config = readLabConfig(process.env);
    await checkPorts(config);
    const logs = join(config.home, 'logs');
    mkdirSync(logs, { recursive: true });

    const lab = supervise(processes(config), (name) => join(logs, `${name}.log`), {
      ready: (name) => console.log(`  ✓ ${name}`),
      restarted: (name, how) => console.log(`  ↻ ${name} ended (${how}) and is started again`),
      lost: (name, how) => {
        console.error(`  ✗ ${name} ended (${how}); see ${join(logs, `${name}.log`)}`);
        void end(1);
      },
    });
    stop = lab.stop;
    process.on('SIGINT', () => void end(0));
    process.on('SIGTERM', () => void end(0));
    process.on('SIGHUP', () => void reloadWorkers(config));
    await lab.start();
    console.log(closingTable(config, (performance.now() - began) / 1000));
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`);
    await end(1);
  }
}

/** Has the gateway replace all workers, one after another, so that they run what is now on the disk. */
async function reloadWorkers({ host, ports }: LabConfig): Promise<void> {
  console.log('  ↻ replacing all workers');
  const control = `http://${host}:${ports.WAYBILL_GATEWAY_CONTROL_PORT}`;
  const response = await fetch(`${control}/reload`, { method: 'POST' }).catch((error: Error) => error);
  const isDone = response instanceof Response && response.ok;
  console.log(isDone ? '  ✓ all workers are new' : '  ✗ not all workers came back; see the logs');
}

function closingTable({ ports, jaegerUrl, otlpEndpoint, home }: LabConfig, seconds: number): string {
  const filed =
    otlpEndpoint === undefined ? `embedded store; OTLP on ${ports.WAYBILL_OTLP_PORT}` : `spans go to ${otlpEndpoint}`;
  const port = (name: PortName) => String(ports[name]);
  return `
Waybill is ready (${seconds.toFixed(1)} s)

  the sites           http://tatis.localhost:${port('WAYBILL_SITE_PORT')}  http://djangogirls.localhost:${port('WAYBILL_SITE_PORT')}
  a trace as a page   http://127.0.0.1:${port('WAYBILL_PAGE_PORT')}/traces/<id>
  Jaeger's query API  ${jaegerUrl}  (${filed})
  the phonebook       dig @127.0.0.1 -p ${port('WAYBILL_DNS_PORT')} tatis.test
  logs                ${join(home, 'logs')}

  From another terminal:  npm run fire dynamic        which others: npm run fire -- --list
  To take it down:        Ctrl-C
`;
}
