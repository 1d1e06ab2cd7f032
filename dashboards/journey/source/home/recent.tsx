// Recent requests, live: a new one appears at the top. Under "Search": filters, and a box for any trace id.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/home.ts';
import { go } from '../address.ts';
import { fetchJson, type TraceLine, type Traces, watchTraces } from '../api.ts';
import { isVisible } from '../frame/screen.ts';
import { TraceLink } from '../frame/trace-row.tsx';

const MAX_ROWS = 40;
/** A filter applies when no key was pressed for this time, in ms. */
const SETTLED_MS = 150;

const lines = signal<readonly TraceLine[]>([]);
const problem = signal('');
const filter = signal({ q: '', scenario: '', status: '', minDuration: '', learner: '' });
/** The learner of this lab (WAYBILL_LEARNER); null where none is set. */
const owner = signal<string | null>(null);

export function Recent() {
  const picked = useSignal<string | null>(null);
  const query = queryOf(filter.value);
  // A browser opens six connections to an origin: a hidden tab must not hold one of them.
  useEffect(() => (isVisible.value ? watch(query) : undefined), [query, isVisible.value]);
  return (
    <section class="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">
        {texts.recentRequests} <span class="live-dot" title={texts.newOnesAppearByThemselves} />
      </h2>
      <details class="search">
        <summary>{texts.search}</summary>
        <IdBox />
        <div class="filters" role="group" aria-label={texts.filter}>
          <Filter name="q" label={texts.words} placeholder={texts.wordsExample} />
          <Filter name="scenario" label={texts.scenario} placeholder={texts.scenarioExample} />
          <Filter name="status" label={texts.status} placeholder="200" />
          <Filter name="minDuration" label={texts.atLeastMs} placeholder="100" />
          {owner.value !== null && <Filter name="learner" label={texts.learner} placeholder={owner.value} />}
        </div>
      </details>
      {problem.value && <p class="card-error">{problem.value}</p>}
      {lines.value.length === 0 && !problem.value && <p class="quiet">{texts.nothingYet}</p>}
      <ul class="recent-list">
        {lines.value.map((line) => (
          <RecentLine key={line.traceId} line={line} picked={picked.value} onPick={(id) => (picked.value = id)} />
        ))}
      </ul>
    </section>
  );
}

type LineProps = { line: TraceLine; picked: string | null; onPick: (id: string | null) => void };

function RecentLine({ line, picked, onPick }: LineProps) {
  const { traceId, method, url, name } = line;
  return (
    <li>
      <TraceLink line={line} href={`/traces/${traceId}`} owner={owner.value} />
      {picked === null || picked === traceId ? (
        <button
          type="button"
          class="small"
          aria-pressed={picked === traceId}
          title={texts.compare}
          aria-label={texts.compareWithAnother(`${method ?? ''} ${url ?? name}`)}
          onClick={() => onPick(picked === traceId ? null : traceId)}
        >
          ⇄
        </button>
      ) : (
        <a class="small" href={`/compare/${picked}...${traceId}`}>
          {texts.withThis}
        </a>
      )}
    </li>
  );
}

function IdBox() {
  const wrong = useSignal(false);
  return (
    <form
      class="id-box"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = String(new FormData(event.currentTarget).get('id') ?? '');
        const [id] = /[0-9a-f]{32}/i.exec(typed.replace(/-/g, '')) ?? [];
        wrong.value = id === undefined;
        if (id) go(`/traces/${id.toLowerCase()}`);
      }}
    >
      <label>
        <span class="hidden-label">{texts.traceId}</span>
        <input name="id" placeholder={texts.traceIdExample} autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit" class="button">
        {texts.open}
      </button>
      {wrong.value && <small class="bad">{texts.traceIdForm}</small>}
    </form>
  );
}

function Filter({ name, label, placeholder }: { name: keyof typeof filter.value; label: string; placeholder: string }) {
  return (
    <label>
      <small>{label}</small>
      <input
        value={filter.value[name]}
        placeholder={placeholder}
        autocomplete="off"
        onInput={({ currentTarget }) => {
          filter.value = { ...filter.peek(), [name]: currentTarget.value };
        }}
      />
    </label>
  );
}

function queryOf(wanted: typeof filter.value): string {
  const typed = Object.entries(wanted).filter(([, value]) => value.trim() !== '');
  return String(new URLSearchParams([['limit', String(MAX_ROWS)], ...typed]));
}

/** Shows what `query` finds, now and as it comes; returns what ends it. */
function watch(query: string): () => void {
  let end = () => {};
  const show = (line: TraceLine) => {
    const others = lines.peek().filter(({ traceId }) => traceId !== line.traceId);
    lines.value = [line, ...others].sort((a, b) => b.startTime - a.startTime).slice(0, MAX_ROWS);
  };
  const timer = setTimeout(() => {
    end = watchTraces(query, show, () => void load(query));
  }, SETTLED_MS);
  return () => {
    clearTimeout(timer);
    end();
  };
}

async function load(query: string): Promise<void> {
  try {
    const { traces, learner } = await fetchJson<Traces>(`/traces?${query}`);
    if (query !== queryOf(filter.peek())) return;
    lines.value = traces;
    owner.value = learner;
    problem.value = '';
  } catch (error) {
    problem.value = (error as Error).message;
  }
}
