// A journey's head: what answered; below it the request, the outcome and the duration; the actions; a postmark.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { writeTraces } from '../../../../traces/otlp/write-json.ts';
import { type About, aboutOf, summaryOf } from '../layout/about.ts';
import { dayAndTime, duration } from '../layout/axis.ts';
import { chromeTraceOf } from '../layout/chrome-trace.ts';
import { mermaidOf } from '../layout/mermaid.ts';
import { sequenceOf } from '../layout/sequence.ts';
import { download, standalonePage } from './export.ts';
import type { Journey } from './state.ts';

export function Title({ journey, isComplete }: { journey: Journey; isComplete: boolean }) {
  const about = useMemo(() => aboutOf(journey.tree), [journey]);
  const { method, where, status, failed, release } = about;
  const isFailed = status === null ? failed !== null : status >= 400;
  const outcome = status ?? failed ?? release;
  return (
    <header class="journey-head">
      <div class="journey-title">
        <h1 tabIndex={-1}>
          <bdi>{about.answeredBy || summaryOf(about)}</bdi>
        </h1>
        <p class="journey-code">
          <b>{method}</b> <bdi>{where}</bdi> {outcome !== null && <b class={isFailed ? 'bad' : 'good'}>→ {outcome}</b>}{' '}
          <span class="quiet">
            · {duration(about.duration)} · {texts.spans(journey.spans.length)}
            {!isComplete && `, ${texts.stillArriving}`}
          </span>
        </p>
      </div>
      <Actions journey={journey} about={about} />
      <Postmark about={about} isFailed={isFailed} />
    </header>
  );
}

function Postmark({
  about: { status, failed, release, duration: took, start },
  isFailed,
}: {
  about: About;
  isFailed: boolean;
}) {
  const date = dayAndTime(start);
  return (
    <svg class={`postmark ${isFailed ? 'bad' : ''}`} viewBox="0 0 200 140" aria-hidden="true">
      <path
        class="waves"
        d="M118 48c14-8 22 8 36 0s22 8 36 0M122 64c14-8 20 8 34 0s22 8 36 0M122 80c14-8 20 8 34 0s22 8 36 0M118 96c14-8 22 8 36 0s22 8 36 0"
      />
      <circle cx="66" cy="70" r="58" />
      <circle cx="66" cy="70" r="40" />
      <path id="postmark-way" d="M21 70a45 45 0 1 1 90 0" fill="none" stroke="none" />
      <text class="ring">
        <textPath href="#postmark-way" startOffset="50%">
          {texts.postmark}
        </textPath>
      </text>
      <text class="status" x="66" y="72">
        {status ?? (failed ? '✗' : release ? '✓' : '?')}
      </text>
      <text class="ms" x="66" y="89">
        {duration(took)}
      </text>
      <text class="date" x="66" y="122">
        {date}
      </text>
    </svg>
  );
}

function Actions({ journey, about }: { journey: Journey; about: About }) {
  const isOpen = useSignal(false);
  const { traceId } = journey;
  const name = traceId || 'trace';
  const otlp = () => writeTraces(journey.data);
  const exports: [string, string, () => void][] = [
    ['OTLP JSON', texts.otlpSays, () => download(`${name}.otlp.json`, 'application/json', otlp())],
    [
      texts.chromeTrace,
      texts.chromeTraceSays,
      () => download(`${name}.chrome.json`, 'application/json', chromeTraceOf(journey.tree)),
    ],
    ['Mermaid', texts.mermaidSays, () => download(`${name}.mmd`, 'text/plain', mermaidOf(sequenceOf(journey.tree)))],
    [
      texts.htmlFile,
      texts.htmlFileSays,
      () => void standalonePage(otlp(), summaryOf(about)).then((html) => download(`${name}.html`, 'text/html', html)),
    ],
  ];
  return (
    <div class="actions">
      {/^[0-9a-f]{32}$/.test(traceId) && (
        <>
          <a class="button" href={`/compare/${traceId}...`}>
            {texts.compareWith}
          </a>
          {about.scenario && (
            <a class="button" href={`/again/${about.scenario}?trace=${traceId}`}>
              {texts.sendManyTimes}
            </a>
          )}
        </>
      )}
      <details
        class="menu"
        open={isOpen.value}
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open;
        }}
        onKeyDown={({ key }) => {
          if (key === 'Escape') isOpen.value = false;
        }}
      >
        <summary class="button">{texts.export}</summary>
        <ul>
          {exports.map(([label, says, run]) => (
            <li key={label}>
              <button
                type="button"
                onClick={() => {
                  isOpen.value = false;
                  run();
                }}
              >
                <b>{label}</b>
                <small>{says}</small>
              </button>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
