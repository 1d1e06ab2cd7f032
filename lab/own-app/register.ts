// Sets the learner's app in the gateway, on its control port (services/gateway/own-app/control.ts), and asks for it by the visitor.

import { setTimeout as delay } from 'node:timers/promises';
import type { StaticFolder } from '../../runtime/own-app-file.ts';
import type { OwnAppAnswer, OwnAppReport, OwnAppRequest } from '../../services/visitor/api.ts';
import { LabError } from '../cli/command.ts';
import { askVisitor } from '../cli/send.ts';
import { at, type LabConfig } from '../config.ts';

const RETRY_MS = 200;

/** What PUT /app takes. */
export type Registration = OwnAppRequest & {
  allowRemote: boolean;
  static: StaticFolder[];
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

/** Sends a request for the app to the visitor; resolves with what is known of it, null without one. Throws a LabError as `askVisitor` does. */
export async function askForOwnApp(config: LabConfig, method: string, body?: object): Promise<OwnAppReport | null> {
  const request = { method, ...(body && { body: JSON.stringify(body) }) };
  return ((await (await askVisitor(config, '/app', request)).json()) as OwnAppAnswer).app;
}
