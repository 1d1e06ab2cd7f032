// The learner's own site: its address on this machine, how it is, and a request to it. A program is started from a terminal only.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/own-site.tsx';
import type { OwnAppAnswer, OwnAppReport, OwnAppRequest } from '../../../../services/visitor/api.ts';
import { go } from '../address.ts';
import { fetchJson, sendJson, sendVisit } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import { whileVisible } from '../frame/screen.ts';

/** How often its state is read, in ms. */
const POLL_MS = 2000;

export function OwnSite() {
  const app = useSignal<OwnAppReport | null>(null);
  const problem = useSignal('');
  const request = async (answer: Promise<OwnAppAnswer>) => {
    try {
      app.value = (await answer).app;
      problem.value = '';
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  useEffect(() => {
    document.title = texts.ownSiteTitle;
    void request(fetchJson('/app'));
    return whileVisible(async () => {
      if (problem.peek() === '')
        app.value = (await fetchJson<OwnAppAnswer>('/app').catch(() => ({ app: app.peek() }))).app;
    }, POLL_MS);
  }, []);
  return (
    <section class="own-site">
      <h1 tabIndex={-1}>{texts.ownSite}</h1>
      <p>{texts.startYourSite}</p>
      <AddressForm onSubmit={(body) => void request(sendJson('PUT', '/app', body))} />
      <Problem text={problem.value} />
      {app.value && <State app={app.value} onRemove={() => void request(sendJson('DELETE', '/app'))} />}
      <p class="quiet">{texts.fromATerminal}</p>
      <pre>
        <code>npm run app -- 'python manage.py runserver --noreload 8000'</code>
      </pre>
    </section>
  );
}

function AddressForm({ onSubmit }: { onSubmit: (body: OwnAppRequest) => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        onSubmit({ url: String(fields.get('url')).trim(), workers: Number(fields.get('workers')) });
      }}
    >
      <label>
        {texts.address}
        <input name="url" type="text" inputMode="url" required value="http://127.0.0.1:8000" spellcheck={false} />
      </label>
      <label>
        {texts.requestsAtOnce}
        <input name="workers" type="number" required min="1" max="1000" value="1" />
      </label>
      <button type="submit" class="button primary">
        {texts.putBehind}
      </button>
    </form>
  );
}

function State({ app, onRemove }: { app: OwnAppReport; onRemove: () => void }) {
  const failure = useSignal('');
  const url = `http://${app.sites[0] ?? 'my.test'}/`;
  const send = async () => {
    try {
      const { traceId } = await sendVisit({ url });
      go(`/traces/${traceId}`);
    } catch (error) {
      failure.value = (error as Error).message;
    }
  };
  return (
    <div class="own-site-state" role="status">
      <p>{texts.stateOf(app)}</p>
      {app.hint && <p>{app.hint}</p>}
      {app.static.map(({ path, folder }) => (
        <p key={path}>{texts.servedByTheWebServer(path, folder)}</p>
      ))}
      {app.command && <p class="quiet">{texts.startedByTheLab(app.command)}</p>}
      <button type="button" class="button primary" onClick={() => void send()}>
        {texts.sendTo(url)}
      </button>{' '}
      <button type="button" class="button" onClick={onRemove}>
        {texts.takeItOut}
      </button>
      <Problem text={failure.value} />
    </div>
  );
}
