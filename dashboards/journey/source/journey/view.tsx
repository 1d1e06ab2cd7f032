// A journey, whole: head, map with its player, where the time went, and waterfall, sequence or story; beside them the running story,
// or the card of the chosen stop.

import { useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { texts as pageTexts } from '#texts/page-load.tsx';
import { findSpec, visitor } from '../../../../otel/contract/index.ts';
import { address, isBesideLesson, journeyAddress, setParameters } from '../address.ts';
import { lazy } from '../frame/lazy.tsx';
import { Tabs } from '../frame/tabs.tsx';
import { aboutOf, summaryOf } from '../layout/about.ts';
import { Card } from './card.tsx';
import { HttpMessageDialog } from './http-message.tsx';
import { journeyKeys } from './keys.ts';
import { JourneyMap } from './map.tsx';
import { ForeignNote, Hints, Stalled } from './oddities.tsx';
import { Player } from './player.tsx';
import { SequenceView } from './sequence.tsx';
import type { Journey } from './state.ts';
import { StoryView } from './story.tsx';
import { Title } from './title.tsx';
import { Waterfall } from './waterfall.tsx';
import { WhereTheTimeWent } from './where.tsx';

const VIEWS = { waterfall: texts.waterfall, sequence: texts.sequence, story: texts.story } as const;
/** Of a page load; its requests are one journey each. */
const PAGE_VIEWS = { requests: pageTexts.requests, ...VIEWS } as const;
type View = keyof typeof PAGE_VIEWS;

const PageLoadView = lazy(pageTexts.requests, async () => (await import('../page-load/page-load.tsx')).PageLoadView);

/** The play-head has come to rest when it has not moved for this time, in ms. */
const SETTLED_MS = 300;

export function JourneyView({
  journey,
  isComplete,
  note,
  onEnd,
}: {
  journey: Journey;
  isComplete: boolean;
  /** What is wrong with the trace, or how it is shown other than it was recorded. */
  note?: ComponentChildren;
  onEnd?: (() => void) | undefined;
}) {
  const wanted = address.value.searchParams.get('view') as View;
  const root = journey.tree.roots[0]?.span;
  const isPage = root !== undefined && findSpec(root) === visitor.pageLoad;
  const views = (isPage ? PAGE_VIEWS : VIEWS) as Record<View, string>;
  const [first] = Object.keys(views) as [View];
  const view: View = Object.hasOwn(views, wanted) ? wanted : first;
  const jaeger = document.body.dataset.jaeger || null;
  const about = aboutOf(journey.tree);
  useEffect(() => journeyKeys(journey), [journey]);
  useEffect(() => {
    if (isBesideLesson()) return;
    document.title = texts.journeyTitle(summaryOf(about));
  }, [about.where, about.status]);
  useSignalEffect(() => {
    const { value } = journey.chosen;
    if (address.peek().searchParams.get('span') !== value) setParameters({ span: value });
  });
  // The address names the moment at which the replay stands still: a link to it shows the same.
  useSignalEffect(() => {
    const { head, playing, replay } = journey;
    // Rounded down: a step is shown at its very end, and the next one says something else.
    const t =
      head.value > 0 && head.value < replay.length ? (Math.floor(100 * head.value + 1e-6) / 100).toFixed(2) : null;
    if (playing.value) return;
    const timer = setTimeout(() => setParameters({ t }), SETTLED_MS);
    return () => clearTimeout(timer);
  });
  return (
    <article class="journey">
      <Title journey={journey} isComplete={isComplete} />
      {about.isForeign && <ForeignNote about={about} />}
      {address.value.searchParams.has('request') && (
        <p>
          <a href={journeyAddress(journey.traceId)}>← {pageTexts.wholePage}</a>
        </p>
      )}
      {note}
      <Stalled journey={journey} />
      <div class="below">
        <div class="below-main">
          {!isPage && (
            <section class="stage" aria-label={texts.theJourneyOnTheMap}>
              <JourneyMap journey={journey} opensMessage />
              <Player journey={journey} onEnd={onEnd} />
            </section>
          )}
          <WhereTheTimeWent journey={journey} />
          <Hints journey={journey} />
          <Tabs
            label={texts.viewsOfTheTrace}
            tabs={views}
            chosen={view}
            onChoose={(name) => setParameters({ view: name === first ? null : name })}
          />
          <div role="tabpanel" id={`panel-${view}`} aria-labelledby={`tab-${view}`} class="panel">
            {view === 'requests' && <PageLoadView journey={journey} />}
            {view === 'waterfall' && <Waterfall journey={journey} />}
            {view === 'sequence' && <SequenceView journey={journey} />}
            {view === 'story' && <StoryView journey={journey} />}
          </div>
        </div>
        <Card journey={journey} jaeger={jaeger} />
      </div>
      <HttpMessageDialog journey={journey} />
    </article>
  );
}
