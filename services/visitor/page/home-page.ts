// The page at `/` for those without scripts: what can be done here.

import { stories } from '../../../scenarios/scenario.ts';
import { scenarios } from '../../../scenarios/scenarios.ts';
import { escapeHtml } from '../../../traces/printable.ts';
import type { PlainPage } from './document.ts';

/** What can be done here; `jaegerUrl` is where traces are filed. */
export function homePage(jaegerUrl: string): PlainPage {
  const told = Map.groupBy(scenarios, ({ story }) => story);
  const lists = [...told].map(
    ([story, list]) => `
    <h2>${escapeHtml(stories[story])}</h2>
    <dl>${list.map(({ name, sentence }) => `<dt><code>npm run fire ${escapeHtml(name)}</code></dt><dd>${escapeHtml(sentence)}</dd>`).join('')}</dl>`,
  );
  return {
    status: 200,
    title: 'Send a letter and read its waybill',
    html: `
    <p>A waybill is a trace of everything that happened to a web request. From a terminal, send one:</p>
    ${lists.join('')}
    <p>Every page of the sites links to its own trace here. Traces are filed at <code>${escapeHtml(jaegerUrl)}</code>.</p>`,
  };
}
