// The scenarios as cards: a row for each story, in the order in which they teach, and one for TLS. The rest of a row opens below it.

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/home.ts';
import { STORIES } from '../../../../traces/lessons/stories.ts';
import type { ScenarioInfo } from '../api.ts';
import { Drawing } from '../frame/icons.tsx';
import { Problem } from '../frame/problem.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { duration } from '../layout/axis.ts';
import { RECORDINGS } from '../recorded.ts';
import { loadScenarios, running, scenarioProblem, scenarios, sendScenario } from '../scenarios.ts';

const CARDS_IN_ROW = 5;
const RETRY_MS = 2000;
const isRecorded = RECORDINGS !== null;

type Group = {
  id: string;
  mark: ComponentChildren;
  title: string;
  about: string;
  has: (scenario: ScenarioInfo) => boolean;
};

const usesTls = ({ visits }: ScenarioInfo) => visits.some(({ url }) => url.startsWith('https:'));
const ofStory = (story: 1 | 2 | 3): Group => ({
  id: String(story),
  mark: String(story),
  ...STORIES[story],
  has: (scenario) => scenario.story === story && !usesTls(scenario),
});

const GROUPS: Group[] = [
  ofStory(1),
  ofStory(2),
  ofStory(3),
  {
    id: 'tls',
    mark: <Drawing icon="key" />,
    title: texts.https,
    about: texts.httpsSays,
    has: usesTls,
  },
];

export function Scenarios() {
  useEffect(() => {
    void loadScenarios();
    const timer = setInterval(() => void loadScenarios(), RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  const list = scenarios.value;
  return (
    <section aria-labelledby="send-title">
      <h2 id="send-title" class="hidden-label">
        {texts.readyMadeRequests}
      </h2>
      <Problem text={scenarioProblem.value} />
      {list === null && !scenarioProblem.value && <Waiting says={texts.loadingTheScenarios} />}
      {list !== null && GROUPS.map((group) => <Row key={group.id} group={group} list={list.filter(group.has)} />)}
    </section>
  );
}

function Row({ group: { id, mark, title, about }, list }: { group: Group; list: readonly ScenarioInfo[] }) {
  const [first, more] = [list.slice(0, CARDS_IN_ROW), list.slice(CARDS_IN_ROW)];
  return (
    <section class="story-group" aria-labelledby={`story-${id}`} hidden={list.length === 0}>
      <h3 id={`story-${id}`} class="story-title">
        <span class="story-number">{mark}</span> {title} <small class="quiet">{about}</small>
      </h3>
      <Cards list={first} />
      {more.length > 0 && (
        <details class="more">
          <summary>{texts.more(more.length)}</summary>
          <Cards list={more} />
        </details>
      )}
    </section>
  );
}

function Cards({ list }: { list: readonly ScenarioInfo[] }) {
  return (
    <ul class="scenarios">
      {list.map((scenario) => (
        <Card key={scenario.name} scenario={scenario} />
      ))}
    </ul>
  );
}

function Card({ scenario: { name, title, sentence, visits } }: { scenario: ScenarioInfo }) {
  const done = running.value?.name === name ? running.value.done : null;
  const last = done?.at(-1);
  return (
    <li class={`scenario ${done ? 'running' : ''}`}>
      <h4>{title}</h4>
      <p>{sentence}</p>
      <footer>
        <button
          type="button"
          class="button primary"
          disabled={running.value !== null}
          aria-label={isRecorded ? texts.showScenario(name) : texts.sendScenario(name)}
          onClick={() => void sendScenario(name)}
        >
          {done ? texts.onItsWay : isRecorded ? texts.show : texts.send}
        </button>
        <small class="quiet" aria-live="polite">
          {last ? (
            `${texts.sentOf(done?.length ?? 0, visits.length)}: ${last.status ?? '✗'} · ${duration(last.durationMs)}`
          ) : (
            <code>{name}</code>
          )}
        </small>
      </footer>
    </li>
  );
}
