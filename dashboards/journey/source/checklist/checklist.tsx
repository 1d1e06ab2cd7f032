// Above the journey of a scenario: its title and sentence, what to look for as a checklist, what changed since the visit before,
// and, when the replay has ended, what comes next.

import { signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { ATTR_SCENARIO } from '../../../../otel/contract/names.ts';
import { spansOf } from '../../../../traces/model.ts';
import { isBesideLesson } from '../address.ts';
import { fetchTrace } from '../api.ts';
import { Explained } from '../frame/glossary.tsx';
import type { Journey } from '../journey/state.ts';
import { changesBetween } from '../layout/changes.ts';
import { isNamedBy, lookItems } from '../layout/look.ts';
import { loadScenarios, running, scenarios, sendScenario } from '../scenarios.ts';

/** What was looked at: a run (its first trace) and the number of a sentence. */
const ticked = signal<ReadonlySet<string>>(new Set());

export function Checklist({ journey, run }: { journey: Journey; run: readonly string[] }) {
  const name = journey.spans.find(({ attributes }) => attributes[ATTR_SCENARIO])?.attributes[ATTR_SCENARIO];
  useEffect(() => void (name !== undefined && loadScenarios()), [name]);
  const scenario = scenarios.value?.find((each) => each.name === name);
  const items = lookItems(scenario?.look ?? '');
  const keyOf = (index: number) => `${run[0] ?? journey.traceId} ${index}`;
  useSignalEffect(() => {
    const span = journey.byKey.get(journey.chosen.value ?? '')?.span;
    if (!span) return;
    const found = items.flatMap((item, index) => (isNamedBy(item, span) ? [keyOf(index)] : []));
    if (found.some((key) => !ticked.peek().has(key))) ticked.value = new Set([...ticked.peek(), ...found]);
  });
  if (!scenario || isBesideLesson()) return null;
  return (
    <section class="checklist" aria-labelledby="checklist-title">
      <h2 id="checklist-title">{scenario.title}</h2>
      <p>{scenario.sentence}</p>
      <ul>
        {items.map((item, index) => {
          const isTicked = ticked.value.has(keyOf(index));
          return (
            <li key={item.text} class={isTicked ? 'ticked' : ''}>
              {item.names.length > 0 && (
                <span class="look-tick" role="img" aria-label={isTicked ? texts.seen : texts.notSeenYet} />
              )}
              <span>
                <Explained text={item.text} />
              </span>
            </li>
          );
        })}
      </ul>
      <Changes journey={journey} run={run} />
      <Next journey={journey} name={scenario.name} run={run} />
    </section>
  );
}

function Changes({ journey, run }: { journey: Journey; run: readonly string[] }) {
  const index = run.indexOf(journey.traceId);
  const before = run[index - 1];
  const changes = useSignal<string[]>([]);
  useEffect(() => {
    changes.value = [];
    if (before === undefined) return;
    fetchTrace(before).then(
      (data) => (changes.value = changesBetween(spansOf(data), journey.spans)),
      () => {}, // without the other trace nothing is compared
    );
  }, [before, journey]);
  if (changes.value.length === 0) return null;
  return (
    <p class="changes">
      <b>{texts.comparedWithVisit(index)}</b> <Explained text={changes.value.join(' ')} />
    </p>
  );
}

function Next({
  journey: { head, replay, traceId },
  name,
  run,
}: {
  journey: Journey;
  name: string;
  run: readonly string[];
}) {
  const isAtEnd = useComputed(() => head.value >= replay.length);
  const list = scenarios.value ?? [];
  const next = list[list.findIndex((each) => each.name === name) + 1];
  if (!isAtEnd.value || !next || (run.length > 0 && run.at(-1) !== traceId)) return null;
  return (
    <p class="next-scenario">
      {texts.next}{' '}
      <button
        type="button"
        class="button"
        disabled={running.value !== null}
        onClick={() => void sendScenario(next.name)}
      >
        {running.value ? texts.onItsWay : next.title}
      </button>
    </p>
  );
}
