// Are the lab's ports free? Asked before anything is started, so that a taken one leaves nothing running.

import { createServer } from 'node:net';
import { type LabConfig, type PortName, portPurpose } from './config.ts';

/** Throws an Error that lists every port that is taken, what it is for, and the variable that changes it. */
export async function checkPorts(config: LabConfig): Promise<void> {
  const wanted = wantedPorts(config);
  const free = await Promise.all(wanted.map(({ port }) => isFree(config.host, port)));
  const taken = wanted.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const lines = taken.map(({ name, port }) => `  ${port}  ${portPurpose(name)}: set ${name} to another port`);
  throw new Error(`These ports are taken on ${config.host}; free them, or change them:\n${lines.join('\n')}`);
}

function wantedPorts({ ports, workers, otlpEndpoint }: LabConfig): { name: PortName; port: number }[] {
  const ofStore: PortName[] = ['WAYBILL_OTLP_PORT', 'WAYBILL_JAEGER_PORT'];
  return (Object.keys(ports) as PortName[])
    .filter((name) => otlpEndpoint === undefined || !ofStore.includes(name))
    .flatMap((name) => {
      const count = name === 'WAYBILL_APP_PORT' ? workers : 1;
      return Array.from({ length: count }, (_, index) => ({ name, port: ports[name] + index }));
    });
}

/** Whether something could listen on `host`:`port` a moment ago. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
