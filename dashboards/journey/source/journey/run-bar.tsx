// The visits of one run of a scenario, in order: which is shown, and the way to the others.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { journeyAddress } from '../address.ts';
import { fetchJson, type TraceLine } from '../api.ts';
import { duration } from '../layout/axis.ts';

const lines = signal<ReadonlyMap<string, TraceLine>>(new Map());

async function load(run: readonly string[]): Promise<void> {
  if (run.every((id) => lines.peek().has(id))) return;
  const { traces } = await fetchJson<{ traces: TraceLine[] }>('/traces?limit=100').catch(() => ({ traces: [] }));
  lines.value = new Map([...lines.peek(), ...traces.map((line): [string, TraceLine] => [line.traceId, line])]);
}

export function RunBar({ run, traceId }: { run: string[]; traceId: string }) {
  useEffect(() => void load(run), [run.join()]);
  const position = run.indexOf(traceId);
  return (
    <nav class="run-bar" aria-label={texts.visitsOfThisRun}>
      <ol>
        {run.map((id, index) => {
          const line = lines.value.get(id);
          return (
            <li key={id}>
              <a href={journeyAddress(id, { run: run.join(',') })} aria-current={id === traceId ? 'step' : undefined}>
                <b>{index + 1}</b> {line ? titleOf(line) : texts.visit(index + 1)}
                {line && <small>{` ${outcomeOf(line)}${duration(line.durationMs)}`}</small>}
              </a>
            </li>
          );
        })}
      </ol>
      {position > 0 && (
        <a class="run-compare" href={`/compare/${run[position - 1]}...${traceId}`}>
          {texts.compareWithTheOneBefore}
        </a>
      )}
    </nav>
  );
}

/** Method and path; of a trace that is not of a request (a background worker's), the name of its first span. */
function titleOf({ method, url, name }: TraceLine): string {
  return method === null && url === null ? name : `${method ?? ''} ${pathOf(url)}`;
}

function outcomeOf({ status, errorCount, method }: TraceLine): string {
  if (status !== null) return `${status} · `;
  return method === null && errorCount === 0 ? '' : '✗ · ';
}

function pathOf(url: string | null): string {
  try {
    return url === null ? '' : new URL(url).pathname;
  } catch {
    return url ?? '';
  }
}
