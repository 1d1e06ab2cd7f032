// Views whose code is loaded when they are first shown, so that the first load of the page stays small.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/frame.tsx';
import { Waiting } from './waiting.tsx';

const RETRY_MS = 2000;

/**
 * A component for what `load` imports. While the code loads it shows "Loading `what`…"; when the code cannot be loaded it
 * reports that, and tries again every two seconds while it is shown. `isView`: it is a whole view, with the heading of the page.
 */
export function lazy<P extends object>(
  what: string,
  load: () => Promise<ComponentType<P>>,
  { isView = false } = {},
): ComponentType<P> {
  const loaded = signal<ComponentType<P> | null>(null);
  const isMissing = signal(false);
  return function Lazy(props: P) {
    useEffect(() => {
      let timer: ReturnType<typeof setTimeout>;
      let isShown = true;
      const attempt = async () => {
        try {
          loaded.value ??= await load();
        } catch {
          isMissing.value = true;
          if (isShown) timer = setTimeout(() => void attempt(), RETRY_MS);
        }
      };
      void attempt();
      return () => {
        isShown = false;
        clearTimeout(timer);
      };
    }, []);
    const View = loaded.value;
    if (View !== null) return <View {...props} />;
    if (!isMissing.value) return <Waiting says={texts.loading(what)} isView={isView} />;
    const title = texts.couldNotBeLoaded(what);
    return (
      <div class="notice" role="alert">
        {isView ? <h1 tabIndex={-1}>{title}</h1> : <p>{title}</p>}
        <p>{texts.startTheLab(location.href)}</p>
      </div>
    );
  };
}
