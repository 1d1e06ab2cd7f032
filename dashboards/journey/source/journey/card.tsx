// What stands beside the map: the running story, or the card of the chosen stop: the sentence, what really happened, times, bytes, log lines, and where to read on.

import { useEffect, useRef } from 'preact/hooks';
import { texts } from '#texts/card.tsx';
import { findSpec } from '../../../../otel/contract/index.ts';
import { ATTR_TLS_CHAIN } from '../../../../otel/contract/names.ts';
import type { Value } from '../../../../traces/model.ts';
import { selfTime } from '../../../../traces/self-time.ts';
import { receiverOf, titleOf, valueText } from '../../../../traces/titles.ts';
import type { SpanNode } from '../../../../traces/tree.ts';
import { Explained, Term } from '../frame/glossary.tsx';
import { Drawing } from '../frame/icons.tsx';
import { isStacked } from '../frame/screen.ts';
import { ServiceName } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { Bytes, isBytes } from './bytes.tsx';
import { Chain } from './chain.tsx';
import { DecisionList, decisionsOf } from './decisions.tsx';
import { LogLines } from './logs.tsx';
import { Section } from './section.tsx';
import { choose, type Journey } from './state.ts';
import { RunningStory } from './story.tsx';

export function Card({ journey, jaeger }: { journey: Journey; jaeger: string | null }) {
  const key = journey.chosen.value;
  const row = key === null ? undefined : journey.byKey.get(key);
  if (row)
    return (
      <aside class="card full" aria-label={texts.theChosenStop} id="card">
        <SpanCard key={row.key} row={row} journey={journey} jaeger={jaeger} />
      </aside>
    );
  return (
    <aside class="card empty" aria-label={texts.theStory}>
      <p class="quiet">{texts.chooseAStop(<Term word="span" />)}</p>
      <RunningStory journey={journey} />
    </aside>
  );
}

function SpanCard({ row, journey, jaeger }: { row: SpanNode; journey: Journey; jaeger: string | null }) {
  const { span } = row;
  const head = useRef<HTMLElement>(null);
  // Beside a lesson the card stands below the lines, in a column that scrolls by itself.
  useEffect(() => {
    if (head.current?.closest('.lesson-journey') && !isStacked.peek())
      head.current.scrollIntoView({ block: 'nearest' });
  }, []);
  const spec = findSpec(span);
  const sentences = journey.story.filter(({ node, text }) => node === row && text !== spec?.sentence);
  const known = { ...spec?.attributes, ...spec?.sometimes };
  const attributes = Object.entries(span.attributes);
  const bytes = attributes.filter(([name]) => isBytes(name));
  const decisions = decisionsOf(span);
  return (
    <>
      <header class="card-head" ref={head}>
        <ServiceName service={span.service} />
        <h2 tabIndex={-1}>
          <bdi>{titleOf(row.span, receiverOf(row))}</bdi>
        </h2>
        <button
          type="button"
          class="plain-button"
          aria-label={texts.closeTheCard}
          onClick={() => choose(journey, null)}
        >
          <Drawing icon="close" />
        </button>
      </header>
      {spec && (
        <p class="card-sentence">
          <Explained text={spec.sentence} />
        </p>
      )}
      {sentences.map(({ text: sentence }) => (
        <p key={sentence} class="card-story">
          <bdi>{sentence}</bdi>
        </p>
      ))}
      {span.error !== null && <p class="card-error">{texts.itFailed(span.error)}</p>}
      <Times row={row} journey={journey} />
      {decisions.length > 0 && <DecisionList span={span} decisions={decisions} />}
      <Section title={texts.whatHappened} isOpen>
        <Attributes entries={attributes.filter(([name]) => !isBytes(name) && name !== ATTR_TLS_CHAIN)} known={known} />
        {attributes.length === 0 && <p class="quiet">{texts.noAttributes}</p>}
      </Section>
      <Chain attributes={span.attributes} />
      {bytes.map(([name, value]) => (
        <Bytes key={name} name={name} value={value} says={known[name]} />
      ))}
      <OtherEvents row={row} known={decisions.length > 0} start={journey.tree.start} />
      <LogLines traceId={journey.traceId} spanId={span.spanId} />
      <ReadOn row={row} journey={journey} jaeger={jaeger} />
    </>
  );
}

function Times({ row, journey }: { row: SpanNode; journey: Journey }) {
  const { worked, waited } = selfTime(row);
  return (
    <dl class="times">
      <div>
        <dt>{texts.began}</dt>
        <dd>{duration(row.span.start - journey.tree.start)}</dd>
      </div>
      <div>
        <dt>{texts.took}</dt>
        <dd>{duration(row.span.duration)}</dd>
      </div>
      <div>
        <dt>{texts.ownWork}</dt>
        <dd>{duration(worked)}</dd>
      </div>
      <div>
        <dt>{texts.waiting}</dt>
        <dd>{duration(waited)}</dd>
      </div>
    </dl>
  );
}

function Attributes({ entries, known }: { entries: [string, unknown][]; known: Record<string, string> }) {
  return (
    <dl class="attributes">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
            {known[name] && (
              <small>
                <Explained text={known[name]} />
              </small>
            )}
          </dt>
          <dd>
            <bdi>{rounded(value as Value)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value as text; of a number with many digits after the point, three. */
function rounded(value: Value): string {
  return typeof value === 'number' ? String(Number(value.toFixed(3))) : valueText(value);
}

function OtherEvents({ row: { span }, known, start }: { row: SpanNode; known: boolean; start: number }) {
  const events = known ? span.events.filter(({ name }) => !name.endsWith(' tried')) : span.events;
  if (events.length === 0) return null;
  return (
    <Section title={texts.moments(events.length)} isOpen>
      <ol class="moments">
        {events.slice(0, 100).map(({ name, time, attributes }, index) => (
          <li key={index}>
            <b>{duration(time - start)}</b> <bdi>{name}</bdi>{' '}
            <small>
              <bdi>
                {Object.entries(attributes)
                  .map(([attribute, value]) => `${attribute}: ${rounded(value)}`)
                  .join(' · ')}
              </bdi>
            </small>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function ReadOn({ row: { span }, journey, jaeger }: { row: SpanNode; journey: Journey; jaeger: string | null }) {
  const file = span.attributes['code.file.path'];
  const line = span.attributes['code.line.number'];
  return (
    <footer class="card-foot">
      {typeof file === 'string' && <span>{texts.source(`${file}${line === undefined ? '' : `:${line}`}`)}</span>}
      {jaeger && (
        <a href={`${jaeger}/trace/${journey.traceId}?uiFind=${span.spanId}`} target="_blank" rel="noreferrer">
          {texts.inJaeger}
        </a>
      )}
      <span class="ids">{texts.spanIs(span.spanId)}</span>
      {span.links.map(({ traceId, spanId }) => (
        <a key={spanId} href={`/traces/${traceId}?span=${spanId}`}>
          {texts.linked(spanId)}
        </a>
      ))}
    </footer>
  );
}
