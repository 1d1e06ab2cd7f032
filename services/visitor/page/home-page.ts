// The page at `/` for browsers without scripts: the scenarios, and how to send one.

import { scenarios } from '../../../scenarios/scenarios.ts';
import { STORIES } from '../../../traces/lessons/stories.ts';
import { escapeHtml } from '../../../traces/printable.ts';
import type { PlainPage } from './document.ts';

/** `jaegerUrl` is where a browser finds the traces; `isBuilding`: the journey page will replace this one. */
export function homePage(jaegerUrl: string, isBuilding: boolean): PlainPage {
  const lists = [...Map.groupBy(scenarios, ({ story }) => story)].map(
    ([story, list]) => `
    <h2>${escapeHtml(STORIES[story].title)}</h2>
    <dl>${list.map(({ name, sentence }) => `<dt><code>npm run fire ${escapeHtml(name)}</code></dt><dd>${escapeHtml(sentence)}</dd>`).join('')}</dl>`,
  );
  return {
    status: 200,
    again: isBuilding,
    title: 'Send a request and follow every stop it makes',
    html: `${isBuilding ? '<p role="status">The journey page is being built, once after each change of its sources. It opens here as soon as it is ready.</p>' : ''}
    <p>Every stop writes down what it does; together that is the request's waybill, a trace. Send a request from a terminal:</p>
    ${lists.join('')}
    <p>Every page of the sites has a link to its own trace. All traces are stored at <code>${escapeHtml(jaegerUrl)}</code>.</p>`,
  };
}
