// The scenarios as cards, story by story, in the order in which they teach. One click sends a scenario's visits and opens its journey.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { go } from '../address.ts';
import { ask, runScenario, type ScenarioInfo, type VisitOutcome } from '../api.ts';
import { Explained } from '../frame/glossary.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { duration } from '../layout/axis.ts';

export const STORIES: Record<number, [string, string]> = {
  1: ['How a letter finds its reader', 'The phonebook, the post offices, the way.'],
  2: ['Who opens it', 'A web server, an app server, workers; and what happens when they go wrong.'],
  3: ['How the answer is written', 'Url list, view, permission, database, template.'],
};

const scenarios = signal<readonly ScenarioInfo[] | null>(null);
const problem = signal('');

/** The run under way: which scenario, and its visits so far. */
export const running = signal<{ name: string; done: VisitOutcome[] } | null>(null);

export async function loadScenarios(): Promise<void> {
  try {
    scenarios.value = (await ask<{ scenarios: ScenarioInfo[] }>('/scenarios')).scenarios;
    problem.value = '';
  } catch (error) {
    problem.value = (error as Error).message;
  }
}

export function Scenarios() {
  useEffect(() => {
    void loadScenarios();
    const timer = setInterval(() => {
      if (scenarios.peek() === null) void loadScenarios();
    }, 2000);
    return () => clearInterval(timer);
  }, []);
  const list = scenarios.value;
  return (
    <section aria-labelledby="send-title">
      <h2 id="send-title" class="hidden-label">
        Send a letter
      </h2>
      {problem.value && (
        <p class="card-error" role="alert">
          {problem.value}
        </p>
      )}
      {list === null && !problem.value && <Waiting says="Asking what can be sent" />}
      {list !== null &&
        [1, 2, 3].map((story) => {
          const own = list.filter((each) => (each.story ?? 2) === story);
          const [title, says] = STORIES[story] as [string, string];
          return own.length === 0 ? null : (
            <section key={story} class="story-group" aria-labelledby={`story-${story}`}>
              <h2 id={`story-${story}`}>
                <span class="story-number">{story}</span> {title}
              </h2>
              <p class="quiet">{says}</p>
              <ul class="scenarios">
                {own.map((scenario) => (
                  <ScenarioCard key={scenario.name} scenario={scenario} />
                ))}
              </ul>
            </section>
          );
        })}
    </section>
  );
}

function ScenarioCard({ scenario: { name, title, sentence, look, visits } }: { scenario: ScenarioInfo }) {
  const isRunning = running.value?.name === name;
  const done = isRunning ? (running.value?.done ?? []) : [];
  return (
    <li class={`scenario ${isRunning ? 'running' : ''}`} id={`scenario-${name}`}>
      <h3>
        <code>{name}</code>
      </h3>
      <p>
        <Explained text={sentence || title} />
      </p>
      {look && (
        <p class="look">
          <b>Look:</b> <Explained text={look} />
        </p>
      )}
      <footer>
        <button
          type="button"
          class="button primary"
          disabled={running.value !== null}
          aria-label={`Send ${name}`}
          onClick={() => void sendIt(name)}
        >
          {isRunning ? 'On its way…' : 'Send'}
        </button>
        <small class="quiet" aria-live="polite">
          {isRunning && done.length > 0
            ? `${done.length} of ${visits.length}: ${done.at(-1)?.status ?? '✗'} · ${duration(done.at(-1)?.durationMs ?? 0)}`
            : visits.length > 1
              ? `${visits.length} visits`
              : statusWord(visits[0]?.status)}
        </small>
        <a class="again-link" href={`/again/${name}`} aria-label={`Send ${name} 20 times`}>
          ×20
        </a>
      </footer>
    </li>
  );
}

function statusWord(status: number | null | undefined): string {
  if (status === undefined) return '';
  return status === null ? 'no answer' : String(status);
}

export async function sendIt(name: string): Promise<void> {
  running.value = { name, done: [] };
  problem.value = '';
  try {
    const visits = await runScenario(name, (visit) => {
      running.value = { name, done: [...(running.peek()?.done ?? []), visit] };
    });
    const [first] = visits;
    if (!first) return;
    const run = visits.length > 1 ? `run=${visits.map(({ traceId }) => traceId).join(',')}&` : '';
    go(`/traces/${first.traceId}?${run}play=1`);
  } catch (error) {
    problem.value = (error as Error).message;
    scrollTo(0, 0);
  } finally {
    running.value = null;
  }
}
