// Tells the gateway of the learner's app, on its control port (services/gateway/own-app/control.ts).

import { setTimeout as delay } from 'node:timers/promises';
import type { OwnAppReport } from '../../services/visitor/api.ts';
import { LabError } from '../cli/command.ts';
import { at, type LabConfig } from '../config.ts';

const RETRY_MS = 200;

/** What PUT /app takes. */
export type Registration = {
  url: string;
  workers: number;
  health?: string;
  allowRemote: boolean;
  program?: { pid: number; command: string };
};

/** Sets the app, once the gateway answers; `signal` ends the wait. Throws a LabError with the gateway's reason when it is refused. */
export async function registerOwnApp(config: LabConfig, app: Registration, signal: AbortSignal): Promise<OwnAppReport> {
  const url = `http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}/app`;
  for (;;) {
    const response = await fetch(url, { method: 'PUT', body: JSON.stringify(app), signal }).catch((error: Error) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    if (response === undefined) {
      await delay(RETRY_MS, undefined, { signal });
      continue;
    }
    const body = (await response.json()) as { app: OwnAppReport; error?: { message: string } };
    if (body.error) throw new LabError(body.error.message);
    return body.app;
  }
}

/** What the gateway knows of the app; null without one, or without an answer. */
export async function readOwnAppReport(config: LabConfig): Promise<OwnAppReport | null> {
  try {
    const response = await fetch(`http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}/app`);
    return ((await response.json()) as { app: OwnAppReport | null }).app;
  } catch {
    return null;
  }
}
