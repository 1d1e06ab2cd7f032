// The learner's own site: its address on this machine, how it is, and a request to it. A program is started from a terminal only.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
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
    document.title = 'Your own site · Waybill';
    void request(fetchJson('/app'));
    return whileVisible(async () => {
      if (problem.peek() === '')
        app.value = (await fetchJson<OwnAppAnswer>('/app').catch(() => ({ app: app.peek() }))).app;
    }, POLL_MS);
  }, []);
  return (
    <section class="own-site">
      <h1 tabIndex={-1}>Your own site behind the web server</h1>
      <p>
        Start your site as usual (Django, Flask, Express, any program that answers HTTP), and give its address. Its
        requests then come through phonebook, post offices, web server and queue, as the site <code>my.test</code>.
      </p>
      <AddressForm onSubmit={(body) => void request(sendJson('PUT', '/app', body))} />
      <Problem text={problem.value} />
      {app.value && <State app={app.value} onRemove={() => void request(sendJson('DELETE', '/app'))} />}
      <p class="quiet">
        From a terminal the lab starts your site itself, and with <code>--instrument</code> shows what it does inside:
      </p>
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
        Address on this computer
        <input name="url" type="text" inputMode="url" required value="http://127.0.0.1:8000" spellcheck={false} />
      </label>
      <label>
        Requests at once (its workers × threads)
        <input name="workers" type="number" required min="1" max="1000" value="1" />
      </label>
      <button type="submit" class="button primary">
        Put it behind the web server
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
      <p>
        <b class={app.state === 'up' ? 'good' : 'bad'}>
          {app.state === 'up' ? 'Your site answers' : 'Your site is down'}
        </b>{' '}
        at <code>{app.url}</code>
        {app.reason ? `: ${app.reason}` : '.'} It has answered {app.served}, works on {app.inHand} of {app.workers} at
        once, and {app.queue} wait.
      </p>
      {app.hint && <p>{app.hint}</p>}
      {app.command && (
        <p class="quiet">
          Started by the lab: <code>{app.command}</code>
        </p>
      )}
      <button type="button" class="button primary" onClick={() => void send()}>
        Send {url}
      </button>{' '}
      <button type="button" class="button" onClick={onRemove}>
        Take it out
      </button>
      <Problem text={failure.value} />
    </div>
  );
}
