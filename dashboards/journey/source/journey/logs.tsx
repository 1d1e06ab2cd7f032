// What the services wrote into their logs while this span was open.

import { signal } from '@preact/signals';
import { texts } from '#texts/card.tsx';
import { fetchJson, type LogLine } from '../api.ts';
import { Section } from './section.tsx';

type Logs = { logs: LogLine[]; reason?: string };

/** The log lines of the trace that was looked at last. */
const known = signal<{ traceId: string; logs: Logs | null } | null>(null);

async function load(traceId: string): Promise<void> {
  if (known.peek()?.traceId === traceId) return;
  known.value = { traceId, logs: null };
  const logs = await fetchJson<Logs>(`/logs/${traceId}`).catch((error: Error) => ({ logs: [], reason: error.message }));
  if (known.peek()?.traceId === traceId) known.value = { traceId, logs };
}

export function LogLines({ traceId, spanId }: { traceId: string; spanId: string }) {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return null;
  void load(traceId);
  const found = known.value?.logs;
  if (!found) return null;
  const own = found.logs.filter((line) => line.spanId === spanId);
  if (own.length === 0) return null;
  return (
    <Section title={texts.logLines(own.length)}>
      <ol class="logs">
        {own.slice(0, 100).map(({ level, service, message, time }, index) => (
          <li key={index} class={`log-${level}`}>
            <small>
              {new Date(time).toISOString().slice(11, 23)} {service} {level}
            </small>
            <bdi>{message}</bdi>
          </li>
        ))}
      </ol>
    </Section>
  );
}
