// The same request many times: what it takes, stage by stage.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { spansOf } from '../../../../traces/model.ts';
import { failuresOf } from '../../../../traces/statistics/comparison.ts';
import { median } from '../../../../traces/statistics/median.ts';
import { type Sample, sampleOf } from '../../../../traces/statistics/sample.ts';
import { address } from '../address.ts';
import { fetchTrace } from '../api.ts';
import { Select } from '../frame/select.tsx';
import { duration } from '../layout/axis.ts';
import { Flame } from '../sets/flame.tsx';
import { measure, measuring, stop } from '../sets/measure.ts';
import { OneSet } from '../sets/one.tsx';

const TIMES = [10, 20, 50, 100].map((each) => [each, `× ${each}`] as const);

const markedTrace = signal<Sample | null>(null);

export function Again({ name }: { name: string }) {
  const times = useSignal(20);
  const mark = address.value.searchParams.get('trace');
  const sendAll = () => void measure({ sides: [{ scenario: name, start: 'new' }], times: times.peek() }, () => {});
  useEffect(() => {
    document.title = `${name} × ${times.peek()} · Waybill`;
    markedTrace.value = null;
    if (mark) void readMarked(mark);
    sendAll();
    return stop;
  }, [name]);
  const now = measuring.value;
  const [set] = now?.sets ?? [];
  const sent = set?.samples ?? [];
  const failed = set && failuresOf(set);
  return (
    <article class="again">
      <header class="faults-head">
        <div>
          <h1 tabIndex={-1}>
            <code>{name}</code>, sent many times
          </h1>
          <p class="quiet" role="status">
            {now?.isOver ? `${sent.length} traces.` : `${sent.length} of ${now?.times ?? times.value} are back…`}
            {sent.length > 0 && ` Median ${duration(median(sent.map(({ total }) => total)))}.`}{' '}
            {now?.ids && <a href={`/sets/${now.ids}`}>The address of these</a>}
          </p>
        </div>
        <form
          class="again-form"
          onSubmit={(event) => {
            event.preventDefault();
            sendAll();
          }}
        >
          <Select label="How often" value={times} options={TIMES} />
          <button type="submit" class="button primary" disabled={now !== null && !now.isOver}>
            Send again
          </button>
        </form>
      </header>
      {[now?.problem, failed].map(
        (text) =>
          text && (
            <p key={text} class="card-error" role="alert">
              {text}
            </p>
          ),
      )}
      {set && now?.isOver && sent.length > 0 && <Flame key={set.id} a={set} />}
      {set && <OneSet set={set} marked={markedTrace.value} />}
    </article>
  );
}

async function readMarked(traceId: string): Promise<void> {
  const data = await fetchTrace(traceId).catch(() => null);
  markedTrace.value = (data && sampleOf(spansOf(data), 0)) ?? null;
}
