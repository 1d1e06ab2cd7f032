// The plots of docs/bench.md as SVG, by Observable Plot; light or dark as the reader's browser is.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { ChainResults } from './results.ts';

const WIDTH = 760;
const STYLE = `<style>
svg { color: #1f2328; background: #fff; }
@media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117; } }
</style>`;
/** One colour a stand in every plot; of Okabe and Ito, which are told apart by the colour-blind too. */
const COLOURS = {
  untraced: '#56b4e9',
  'sampled 1 %': '#009e73',
  protobuf: '#cc79a7',
  traced: '#0072b2',
  Django: '#e69f00',
  'Django traced': '#d55e00',
  'nginx, all cores': '#999999',
};
const { document } = parseHTML('<html></html>');

/** Each plot by its name; those of which `results` say nothing are left out. */
export function plots(results: ChainResults): Record<string, string> {
  const { rates, crowds, workers, longTraces, memory } = results;
  const dynamic = rates.filter(({ page }) => page === 'dynamic');
  return {
    rates: bars(
      dynamic.map(({ name, rate }) => ({ name, part: name, value: rate })),
      'requests a second',
      COLOURS,
    ),
    cpu: bars(
      dynamic.flatMap(({ name, cpu }) => Object.entries(cpu).map(([part, value]) => ({ name, part, value }))),
      'µs of CPU a request',
    ),
    ...(crowds && {
      crowds: lines(
        crowds.map(({ name, connections, rate }) => ({ name, x: connections, y: rate })),
        {
          x: 'connections',
          y: 'requests a second',
        },
      ),
      latency: lines(
        crowds.map(({ name, connections, medianMs }) => ({ name, x: connections, y: medianMs })),
        {
          x: 'connections',
          y: 'ms an answer takes, median',
        },
      ),
    }),
    ...(workers && {
      workers: lines(
        workers.map(({ name, workers: x, rate: y }) => ({ name, x, y })),
        {
          x: 'workers',
          y: 'requests a second',
        },
      ),
    }),
    ...(longTraces && {
      'long-traces': lines(
        longTraces.flatMap(({ spans, takenInMs, answeredMs }) => [
          { name: 'taken in', x: spans, y: takenInMs },
          { name: 'answered whole', x: spans, y: answeredMs },
        ]),
        { x: 'spans in a trace', y: 'ms', isLogarithmic: true },
      ),
    }),
    ...(memory && {
      memory: bars(
        (['rest', 'load', 'after'] as const).flatMap((name) =>
          Object.entries(memory[name].processes).map(([part, value]) => ({ name, part, value })),
        ),
        'MB',
      ),
    }),
  };
}

type Bar = { name: string; part: string; value: number };
type Point = { name: string; x: number; y: number };

function bars(data: Bar[], label: string, colours?: Record<string, string>): string {
  const names = [...new Set(data.map(({ name }) => name))];
  const parts = [...new Set(data.map(({ part }) => part))];
  const marks = [Plot.barX(data, { x: 'value', y: 'name', fill: 'part' }), Plot.ruleX([0])];
  const sums = names.map((name) => ({
    name,
    value: data.reduce((sum, bar) => sum + (bar.name === name ? bar.value : 0), 0),
  }));
  const texts = Plot.text(sums, {
    x: 'value',
    y: 'name',
    text: ({ value }) => value.toLocaleString('en'),
    dx: 4,
    textAnchor: 'start',
  });
  const colour = colours
    ? { domain: Object.keys(colours), range: Object.values(colours) }
    : { domain: parts, scheme: 'observable10' as const };
  return draw(label, {
    height: 60 + 34 * names.length + (colours ? 0 : 20),
    marginLeft: 110,
    marginRight: 60,
    marginTop: colours ? 10 : 34,
    x: { label, grid: true },
    y: { label: null, domain: names },
    color: colour,
    marks: [...marks, texts, ...(colours ? [] : legend(parts))],
  });
}

function lines(data: Point[], { x, y, isLogarithmic = false }: { x: string; y: string; isLogarithmic?: boolean }) {
  const names = [...new Set(data.map(({ name }) => name))];
  const colour = names.every((name) => name in COLOURS)
    ? { domain: Object.keys(COLOURS), range: Object.values(COLOURS) }
    : { domain: names, scheme: 'observable10' as const };
  const ticks = [...new Set(data.map((point) => point.x))];
  return draw(`${y}, by ${x}`, {
    height: 320,
    marginLeft: 60,
    marginRight: 110,
    marginTop: 30,
    x: { label: x, type: 'log', ticks, tickFormat: (value: number) => value.toLocaleString('en') },
    y: { label: y, grid: true, ...(isLogarithmic ? { type: 'log' } : { zero: true }) },
    color: colour,
    marks: [
      Plot.lineY(data, { x: 'x', y: 'y', stroke: 'name', marker: true, strokeWidth: 2 }),
      Plot.text(
        data,
        Plot.selectLast({ x: 'x', y: 'y', z: 'name', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' }),
      ),
    ],
  });
}

/** What each colour means, in a row above the bars: Plot's own legends are HTML, which an image cannot have. */
function legend(parts: string[]): Plot.Markish[] {
  const LETTER = 7;
  let dx = 0;
  return parts.map((part) => {
    const mark = Plot.text([part], {
      frameAnchor: 'top-left',
      text: (name: string) => `■ ${name}`,
      fill: (name: string) => name,
      dx,
      dy: -24,
    });
    dx += (part.length + 4) * LETTER;
    return mark;
  });
}

/** The plot, with `title` for those who do not see it. */
function draw(title: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    document: document as never,
    width: WIDTH,
    style: { fontSize: '12px' },
    ...options,
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  return `${svg.outerHTML.replace(/<style>.*?<\/style>/s, STYLE)}\n`;
}
