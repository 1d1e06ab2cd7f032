// The same request many times: sends it once, and goes on to the address of what is measured (sets/page.tsx).

import { useEffect } from 'preact/hooks';
import { texts } from '#texts/sets.tsx';
import { address, go } from '../address.ts';
import { Problem } from '../frame/problem.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { measure, measuring } from '../sets/measure.ts';

const TIMES = 20;

export function Again({ name }: { name: string }) {
  useEffect(() => {
    document.title = texts.againTitle(name, TIMES);
    const { search } = address.peek();
    const order = { sides: [{ scenario: name, start: 'new' as const }], times: TIMES };
    void measure(order, (ids) => go(`/sets/${ids}${search}`, { replace: true }));
  }, [name]);
  const problem = measuring.value?.problem;
  if (!problem) return <Waiting says={texts.sendingManyTimes(name, TIMES)} />;
  return (
    <article class="compare">
      <h1 tabIndex={-1}>{texts.sentManyTimes(name)}</h1>
      <Problem text={problem} />
    </article>
  );
}
