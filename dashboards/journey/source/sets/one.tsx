// Many requests of one kind: for each stage its figures and its histogram; where one trace lies in it; slowest first.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/sets.tsx';
import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';
import { spansOf } from '../../../../traces/model.ts';
import { histogramOf } from '../../../../traces/statistics/histogram.ts';
import { median } from '../../../../traces/statistics/median.ts';
import { type Sample, type SampleSet, sampleOf, stagesOf, timeOf } from '../../../../traces/statistics/sample.ts';
import { summariesOf } from '../../../../traces/statistics/summary.ts';
import { address } from '../address.ts';
import { fetchTrace } from '../api.ts';
import { duration } from '../layout/axis.ts';
import { number } from '../texts/format.ts';
import { Bins, Histogram, MIN_MS } from './histogram.tsx';
import { StageName } from './stage-name.tsx';

const BINS = 12;

/** The trace of the address's parameter `trace` is marked; one that is not of the set is shown where it would lie. */
export function OneSet({ set: { samples } }: { set: SampleSet }) {
  const mark = address.value.searchParams.get('trace');
  const other = useSignal<Sample | undefined>(undefined);
  useEffect(() => {
    other.value = undefined;
    if (mark === null) return;
    fetchTrace(mark).then(
      (data) => {
        other.value = sampleOf(spansOf(data), 0);
      },
      () => {}, // it is not kept any longer: nothing is marked
    );
  }, [mark]);
  const marked = samples.find(({ traceId }) => traceId === mark) ?? other.value;
  return (
    <>
      {samples.length > 0 && <Figures samples={samples} />}
      {samples.length > 1 && <Histograms sent={samples} marked={marked} />}
      {samples.length > 0 && <Slowest sent={samples} mark={mark} />}
    </>
  );
}

function Figures({ samples }: { samples: readonly Sample[] }) {
  return (
    <div class="scrolling-table">
      <table class="shares">
        <thead>
          <tr>
            {[texts.traces(samples.length), texts.median, 'p90', 'p99', texts.share, texts.slowest].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {summariesOf(samples).map(({ stage, median: middle, p90, p99, share, slowest }) => (
            <tr key={stage}>
              <StageName stage={stage} />
              {[middle, p90, p99].map((ms, column) => (
                <td key={column}>{duration(ms)}</td>
              ))}
              <td>{number(100 * share)} %</td>
              <td>
                {slowest.map((sample) => (
                  <a key={sample.traceId} href={`/traces/${sample.traceId}`}>
                    {duration(timeOf(sample, stage))}{' '}
                  </a>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Histograms({ sent, marked }: { sent: readonly Sample[]; marked: Sample | undefined }) {
  const stages = stagesOf(sent).filter((stage) => sent.some((sample) => timeOf(sample, stage) > MIN_MS));
  return (
    <section class="histograms" aria-label={texts.durationsByStation}>
      {[null, ...stages].map((stage) => (
        <Durations key={stage} stage={stage} sent={sent} marked={marked} />
      ))}
    </section>
  );
}

type DurationsProps = { stage: Stage | null; sent: readonly Sample[]; marked: Sample | undefined };

function Durations({ stage, sent, marked }: DurationsProps) {
  const values = sent.map((sample) => timeOf(sample, stage));
  const mark = marked && (stage === null ? marked.total : marked.stages[stage]);
  const { bins, from, to } = histogramOf(mark === undefined ? values : [...values, mark], BINS);
  const at = mark === undefined || to === from ? null : ((mark - from) / (to - from)) * 100;
  const figures = texts.medianIs(duration(median(values)));
  const thisTrace = mark === undefined ? '' : `; ${texts.thisTraceTook(duration(mark))}`;
  return (
    <Histogram
      stage={stage}
      figures={figures}
      says={`${texts.fromTo(duration(from), duration(to))}, ${figures}${thisTrace}`}
      range={[duration(from), duration(to)]}
    >
      <Bins counts={bins} max={Math.max(...bins, 1)}>
        {at !== null && (
          <b class="here" style={{ left: `${Math.max(0, Math.min(100, at))}%` }} title={texts.thisTrace} />
        )}
      </Bins>
    </Histogram>
  );
}

function Slowest({ sent, mark }: { sent: readonly Sample[]; mark: string | null }) {
  const longest = Math.max(...sent.map(({ total }) => total)) || 1;
  return (
    <section aria-labelledby="slowest">
      <h2 id="slowest">{texts.slowestFirst}</h2>
      <ol class="slowest">
        {[...sent]
          .sort((a, b) => b.total - a.total)
          .map(({ traceId, total, stages }) => (
            <li key={traceId} class={traceId === mark ? 'marked' : ''}>
              <a href={`/traces/${traceId}`}>
                <span class="slow-bar" style={{ width: `${(100 * total) / longest}%` }}>
                  {(Object.keys(STAGES) as Stage[]).map((stage) => (
                    <i key={stage} class={`stage-${stage}`} style={{ flexGrow: stages[stage] ?? 0 }} />
                  ))}
                </span>
                <span class="ms">{duration(total)}</span>
              </a>
            </li>
          ))}
      </ol>
    </section>
  );
}
