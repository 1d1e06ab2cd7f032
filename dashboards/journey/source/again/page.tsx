// The same letter many times: how long each station took, as a histogram; where one trace lies in it; slowest first.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';
import { entriesOf } from '../../../../traces/ledger.ts';
import { median } from '../../../../traces/median.ts';
import { spansOf } from '../../../../traces/model.ts';
import { segmentsOf } from '../../../../traces/segments.ts';
import { inTime, treeOf } from '../../../../traces/tree.ts';
import { address } from '../address.ts';
import { fetchTrace, runScenario } from '../api.ts';
import { duration } from '../layout/axis.ts';
import { histogramOf } from '../layout/histogram.ts';

const TIMES = [10, 20, 50, 100];
const BINS = 12;

type Sent = { traceId: string; total: number; status: number | null; stages: Partial<Record<Stage, number>> };
type Run = { name: string; sent: Sent[]; wanted: number; isOver: boolean; problem: string };

const run = signal<Run | null>(null);

export function Again({ name }: { name: string }) {
  const times = useSignal(20);
  const mark = address.value.searchParams.get('trace');
  useEffect(() => {
    document.title = `${name} × ${times.peek()} · Waybill`;
    run.value = null;
    const ended = new AbortController();
    if (mark)
      void readTrace(mark, null)
        .then((sent) => sent && keepMarked(sent))
        .catch(() => {});
    void sendMany(name, times.peek(), ended.signal);
    return () => ended.abort();
  }, [name]);
  const now = run.value;
  const sent = now?.sent ?? [];
  const marked = [...sent, ...(markedTrace.value ? [markedTrace.value] : [])].find(({ traceId }) => traceId === mark);
  return (
    <article class="again">
      <header class="faults-head">
        <div>
          <h1 tabIndex={-1}>
            <code>{name}</code>, again and again
          </h1>
          <p class="quiet" role="status">
            {now === null
              ? 'On its way…'
              : now.isOver
                ? `${sent.length} traces.`
                : `${sent.length} of ${now.wanted} are back…`}
            {sent.length > 0 && ` Median ${duration(median(sent.map(({ total }) => total)))}.`}
          </p>
        </div>
        <form
          class="again-form"
          onSubmit={(event) => {
            event.preventDefault();
            void sendMany(name, times.value, new AbortController().signal);
          }}
        >
          <label>
            <span class="hidden-label">How often</span>
            <select
              value={String(times.value)}
              onChange={({ currentTarget }) => {
                times.value = Number(currentTarget.value);
              }}
            >
              {TIMES.map((each) => (
                <option key={each} value={String(each)}>
                  × {each}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="button primary" disabled={now !== null && !now.isOver}>
            Send again
          </button>
        </form>
      </header>
      {now?.problem && (
        <p class="card-error" role="alert">
          {now.problem}
        </p>
      )}
      {sent.length > 1 && <Histograms sent={sent} marked={marked} />}
      {sent.length > 0 && <Slowest sent={sent} mark={mark} />}
    </article>
  );
}

const markedTrace = signal<Sent | null>(null);

function keepMarked(sent: Sent): void {
  markedTrace.value = sent;
}

async function sendMany(name: string, wanted: number, ended: AbortSignal): Promise<void> {
  const own: Run = { name, sent: [], wanted, isOver: false, problem: '' };
  const tell = (change: Partial<Run>) => {
    Object.assign(own, change);
    if (!ended.aborted) run.value = { ...own };
  };
  tell({});
  try {
    while (own.sent.length < wanted && !ended.aborted) {
      const visits = await runScenario(name, () => {}, { warm: true });
      const last = visits.at(-1);
      if (!last) break;
      const sent = await readTrace(last.traceId, last.status);
      if (sent) tell({ sent: [...own.sent, sent] });
    }
    tell({ isOver: true });
  } catch (error) {
    tell({ isOver: true, problem: (error as Error).message });
  }
}

async function readTrace(traceId: string, status: number | null): Promise<Sent | null> {
  const spans = spansOf(await fetchTrace(traceId));
  if (spans.length === 0) return null;
  const tree = treeOf(inTime(spans));
  const entries = entriesOf(segmentsOf(tree.nodes, tree));
  const stages = Object.fromEntries(entries.map(({ stage, micros }) => [stage, micros / 1000]));
  return { traceId, status, total: tree.end - tree.start, stages };
}

function Histograms({ sent, marked }: { sent: readonly Sent[]; marked: Sent | undefined }) {
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

function Slowest({ sent, mark }: { sent: readonly Sent[]; mark: string | null }) {
  const longest = Math.max(...sent.map(({ total }) => total)) || 1;
  return (
    <section aria-labelledby="slowest">
      <h2 id="slowest">Slowest first</h2>
      <ol class="slowest">
        {[...sent]
          .sort((a, b) => b.total - a.total)
          .map(({ traceId, total, status, stages }) => (
            <li key={traceId} class={traceId === mark ? 'marked' : ''}>
              <a href={`/traces/${traceId}`}>
                <span class="status">{status ?? '✗'}</span>
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
