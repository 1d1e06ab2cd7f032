// Rules and patterns in the order in which they were tried, with the one that matched.

import { texts } from '#texts/card.tsx';
import type { TraceSpan } from '../../../../traces/model.ts';
import { ownProperty } from '../../../../traces/own-property.ts';
import { valueText } from '../../../../traces/titles.ts';

type Decision = { what: string; outcome: string; wins: boolean };

/** What a span tried in order: rules, patterns, routes. */
export function decisionsOf({ events, attributes }: TraceSpan): Decision[] {
  return events
    .filter(({ name }) => name.endsWith(' tried'))
    .map(({ attributes: tried }) => {
      const what = valueText(tried['waybill.location.rule'] ?? tried['waybill.pattern'] ?? tried.next_hop);
      const outcome = valueText(tried['waybill.location.outcome'] ?? tried['waybill.pattern.outcome'] ?? tried.outcome);
      const rule = attributes['waybill.location.rule'];
      return { what, outcome, wins: rule === undefined ? outcome === 'matched' || outcome === 'open' : rule === what };
    });
}

const TITLES: Record<string, string> = {
  'rule tried': texts.rulesTried,
  'pattern tried': texts.patternsTried,
  'route tried': texts.routesTried,
};

export function DecisionList({ span, decisions }: { span: TraceSpan; decisions: Decision[] }) {
  const name = span.events.find((event) => event.name.endsWith(' tried'))?.name ?? '';
  return (
    <section class="decisions">
      <h3>{ownProperty(TITLES, name) ?? texts.triedInOrder}</h3>
      <ol>
        {decisions.slice(0, 100).map(({ what, outcome, wins }, index) => (
          <li key={index} class={wins ? 'wins' : ''}>
            <code>
              <bdi>{what}</bdi>
            </code>
            <span>
              {wins ? '✓ ' : ''}
              {outcome}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
