// What is unusual in a trace, in words.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { hintsIn } from '../../../../traces/hints.ts';
import { stallSentence } from '../../../../traces/stalls.ts';
import { titleOf } from '../../../../traces/titles.ts';
import { go } from '../address.ts';
import { sendVisit } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import type { About } from '../layout/about.ts';
import { duration } from '../layout/axis.ts';
import { choose, type Journey } from './state.ts';

/** Whether the machine, not the request, took the time. */
export function Stalled({ journey: { spans } }: { journey: Journey }) {
  const sentence = stallSentence(spans);
  return sentence === '' ? null : (
    <p class="odd" role="status">
      {sentence}
    </p>
  );
}

const SPANS_NAMED = 12;

/** What makes this page slow, each with the spans that it means. */
export function Hints({ journey }: { journey: Journey }) {
  const hints = useMemo(() => hintsIn(journey.tree), [journey]);
  if (hints.length === 0) return null;
  return (
    <ul class="hints">
      {hints.map(({ text, nodes }) => (
        <li key={text}>
          <p>
            <bdi>{text}</bdi>
          </p>
          {nodes.slice(0, SPANS_NAMED).map((node) => (
            <button key={node.key} type="button" class="span-link" onClick={() => choose(journey, node)}>
              <bdi>{titleOf(node.span)}</bdi> {duration(node.span.duration)}
            </button>
          ))}
          {nodes.length > SPANS_NAMED && ` ${texts.andMore(nodes.length - SPANS_NAMED)}`}
        </li>
      ))}
    </ul>
  );
}

/** For a trace that begins at the web server: why, and how to see the rest. */
export function ForeignNote({ about }: { about: About }) {
  const failure = useSignal('');
  const url = addressInTheLab(about.where);
  const send = async () => {
    try {
      const { traceId } = await sendVisit({ method: 'GET', url, connection: 'new', cold: true });
      go(`/traces/${traceId}`);
    } catch (error) {
      failure.value = (error as Error).message;
    }
  };
  return (
    <div class="foreign">
      <p>{texts.beginsAtTheWebServer}</p>
      {about.method === 'GET' && (
        <button type="button" class="button" onClick={() => void send()}>
          {texts.sendThroughVisitor}
        </button>
      )}
      <Problem text={failure.value} />
    </div>
  );
}

/** `tatis.localhost:8180/x`, as a browser asks, is `http://tatis.test/x` inside the lab. */
function addressInTheLab(where: string): string {
  const [host = '', ...path] = where.split('/');
  const name = host.replace(/:\d+$/, '').replace(/\.localhost$/, '.test');
  const known = name.endsWith('.test') ? name : 'tatis.test';
  return `http://${known}/${path.join('/')}`;
}
