// What one can do with a waterfall: search, leave services out, fold, zoom, see only the critical path.

import { Term } from '../frame/glossary.tsx';
import { ServiceName } from '../frame/services.tsx';
import type { Journey } from './state.ts';
import { type WaterfallState, zoom } from './waterfall-state.ts';

export function WaterfallTools({ journey, state }: { journey: Journey; state: WaterfallState }) {
  const { tree } = journey;
  const { search, found, collapsed, criticalOnly, range } = state;
  const services = [...new Set(tree.nodes.map(({ span }) => span.service))].slice(0, 12);
  const parents = () =>
    new Set(tree.nodes.filter(({ children, depth }) => children.length > 0 && depth > 0).map(({ key }) => key));
  const total = tree.end - tree.start || 1;
  return (
    <div class="tools">
      <label class="search">
        <span class="hidden-label">Search spans</span>
        <input
          type="search"
          placeholder="Search names and attributes"
          value={search}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
        <output aria-live="polite">{found.value ? `${found.value.size} found` : ''}</output>
      </label>
      <div class="tools-services" role="group" aria-label="Services shown">
        {services.map((service) => (
          <button
            key={service}
            type="button"
            class="chip"
            aria-pressed={!state.without.value.has(service)}
            onClick={() => {
              const next = new Set(state.without.peek());
              if (!next.delete(service)) next.add(service);
              state.without.value = next;
            }}
          >
            <ServiceName service={service} />
          </button>
        ))}
      </div>
      <div class="tools-right">
        <button
          type="button"
          class="small"
          aria-pressed={criticalOnly}
          onClick={() => {
            criticalOnly.value = !criticalOnly.value;
          }}
        >
          only the critical path
        </button>
        <button
          type="button"
          class="small"
          aria-pressed={state.magnified}
          title="Time runs as in the replay, so that short spans can be seen"
          onClick={() => {
            state.magnified.value = !state.magnified.value;
          }}
        >
          magnify short spans
        </button>
        <button
          type="button"
          class="small"
          onClick={() => {
            collapsed.value = collapsed.peek().size > 0 ? new Set() : parents();
          }}
        >
          {collapsed.value.size > 0 ? 'unfold all' : 'fold all'}
        </button>
        <span class="zoom" role="group" aria-label="Zoom">
          <button type="button" class="small" aria-label="Zoom in" onClick={() => zoom(journey, range, 0.5)}>
            +
          </button>
          <button type="button" class="small" aria-label="Zoom out" onClick={() => zoom(journey, range, 2)}>
            −
          </button>
          <button
            type="button"
            class="small"
            disabled={range.value[1] - range.value[0] >= total}
            onClick={() => {
              range.value = [0, total];
            }}
          >
            all
          </button>
        </span>
        <small class="legend">
          <i class="legend-critical" /> <Term word="critical path" /> <i class="legend-event" /> event
        </small>
      </div>
    </div>
  );
}
