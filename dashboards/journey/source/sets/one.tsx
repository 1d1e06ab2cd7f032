// Many requests of one kind: for each stage its figures and its histogram; where one trace lies in it; slowest first.

import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';
import { histogramOf } from '../../../../traces/statistics/histogram.ts';
import { median } from '../../../../traces/statistics/median.ts';
import { type Sample, type SampleSet, timeOf } from '../../../../traces/statistics/sample.ts';
import { summariesOf } from '../../../../traces/statistics/summary.ts';
import { address } from '../address.ts';
import { duration } from '../layout/axis.ts';
import { StageName } from './stage-name.tsx';

const BINS = 12;

/** `marked`: a trace that is not of the set, shown where it would lie. */
export function OneSet({ set: { samples }, marked: other }: { set: SampleSet; marked?: Sample | null }) {
  const mark = address.value.searchParams.get('trace');
  const marked = samples.find(({ traceId }) => traceId === mark) ?? other ?? undefined;
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
            {[`${samples.length} traces`, 'median', 'p90', 'p99', 'share', 'slowest'].map((head) => (
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
              <td>{(100 * share).toFixed(0)} %</td>
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
  const stages = (Object.keys(STAGES) as Stage[]).filter((stage) =>
    sent.some(({ stages }) => (stages[stage] ?? 0) > 0.02),
  );
  return (
    <section class="histograms" aria-label="Durations by station">
      <Histogram title="the whole journey" values={sent.map(({ total }) => total)} mark={marked?.total} stage={null} />
      {stages.map((stage) => (
        <Histogram
          key={stage}
          title={STAGES[stage].label}
          values={sent.map(({ stages }) => stages[stage] ?? 0)}
          mark={marked?.stages[stage]}
          stage={stage}
        />
      ))}
    </section>
  );
}

type HistogramProps = { title: string; values: readonly number[]; mark: number | undefined; stage: Stage | null };

function Histogram({ title, values, mark, stage }: HistogramProps) {
  const { bins, from, to } = histogramOf(mark === undefined ? values : [...values, mark], BINS);
  const max = Math.max(...bins, 1);
  const at = mark === undefined || to === from ? null : ((mark - from) / (to - from)) * 100;
  const says = `${title}: ${duration(from)} to ${duration(to)}, median ${duration(median(values))}${mark === undefined ? '' : `; this trace ${duration(mark)}`}`;
  return (
    <figure class={`histogram ${stage ? `stage-${stage}` : 'whole'}`}>
      <figcaption>
        <b>{title}</b> <small>median {duration(median(values))}</small>
      </figcaption>
      <div class="bins" role="img" aria-label={says} title={says}>
        {bins.map((count, index) => (
          <i key={index} style={{ height: `${(100 * count) / max}%` }} />
        ))}
        {at !== null && <b class="here" style={{ left: `${Math.max(0, Math.min(100, at))}%` }} title="this trace" />}
      </div>
      <small class="range">
        <span>{duration(from)}</span>
        <span>{duration(to)}</span>
      </small>
    </figure>
  );
}

function Slowest({ sent, mark }: { sent: readonly Sample[]; mark: string | null }) {
  const longest = Math.max(...sent.map(({ total }) => total)) || 1;
  return (
    <section aria-labelledby="slowest">
      <h2 id="slowest">Slowest first</h2>
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
