// What one can do with a waterfall: search, leave services out, fold, zoom, see only the critical path.

import { texts } from '#texts/waterfall.ts';
import { Term } from '../frame/glossary.tsx';
import { ServiceName } from '../frame/services.tsx';
import { Toggle } from '../frame/toggle.tsx';
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
        <span class="hidden-label">{texts.searchSpans}</span>
        <input
          type="search"
          placeholder={texts.searchExample}
          value={search}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
        <output aria-live="polite">{found.value ? texts.found(found.value.size) : ''}</output>
      </label>
      <div class="tools-services" role="group" aria-label={texts.servicesShown}>
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
        <Toggle class="small" label={texts.onlyTheCriticalPath} isOn={criticalOnly} />
        <Toggle class="small" label={texts.magnify} title={texts.magnifySays} isOn={state.magnified} />
        <button
          type="button"
          class="small"
          onClick={() => {
            collapsed.value = collapsed.peek().size > 0 ? new Set() : parents();
          }}
        >
          {collapsed.value.size > 0 ? texts.unfoldAll : texts.foldAll}
        </button>
        <span class="zoom" role="group" aria-label={texts.zoom}>
          <button type="button" class="small" aria-label={texts.zoomIn} onClick={() => zoom(journey, range, 0.5)}>
            +
          </button>
          <button type="button" class="small" aria-label={texts.zoomOut} onClick={() => zoom(journey, range, 2)}>
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
            {texts.all}
          </button>
        </span>
        <small class="legend">
          <i class="legend-critical" /> <Term word="critical path" /> <i class="legend-event" /> {texts.event}
        </small>
      </div>
    </div>
  );
}
