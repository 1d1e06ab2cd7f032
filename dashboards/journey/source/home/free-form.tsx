// A letter of one's own: site, path, method, form fields, open or sealed, cold or warm, new or kept connection.

import { signal, useSignal } from '@preact/signals';
import { go } from '../address.ts';
import { rememberAnswer, send, type VisitAnswer } from '../api.ts';

const SITES = ['tatis.test', 'www.tatis.test', 'djangogirls.test', 'island.tatis.test', 'nowhere.test'];
const problem = signal('');

export function FreeForm() {
  const method = useSignal('GET');
  const isSending = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    isSending.value = true;
    problem.value = '';
    try {
      go(`/traces/${await visit(form)}?play=1`);
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      isSending.value = false;
    }
  };
  return (
    <section class="free-form" aria-labelledby="free-title">
      <h2 id="free-title">A letter of your own</h2>
      <form onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
        <div class="address-row">
          <label>
            Method
            <select name="method" value={method} onChange={({ currentTarget }) => (method.value = currentTarget.value)}>
              <option>GET</option>
              <option>HEAD</option>
              <option>POST</option>
            </select>
          </label>
          <label>
            Site
            <input name="site" list="sites" value="tatis.test" required autocomplete="off" spellcheck={false} />
            <datalist id="sites">
              {SITES.map((site) => (
                <option key={site} value={site} />
              ))}
            </datalist>
          </label>
          <label class="grows">
            Path
            <input name="path" value="/history/" required autocomplete="off" spellcheck={false} />
          </label>
        </div>
        {method.value === 'POST' && (
          <label>
            Form fields, one a line: name=value
            <textarea name="form" rows={3} placeholder={'username=ola\npassword=ola'} spellcheck={false} />
          </label>
        )}
        <div class="options">
          <fieldset>
            <legend>Envelope</legend>
            <label>
              <input type="radio" name="envelope" value="http" checked /> open (HTTP)
            </label>
            <label>
              <input type="radio" name="envelope" value="https" /> sealed (HTTPS)
            </label>
            <label>
              <input type="radio" name="envelope" value="https 1.2" /> sealed by TLS 1.2 alone
            </label>
          </fieldset>
          <fieldset>
            <legend>Phonebook</legend>
            <label>
              <input type="radio" name="cold" value="yes" checked /> forgets everything first (cold)
            </label>
            <label>
              <input type="radio" name="cold" value="" /> as it is (warm)
            </label>
          </fieldset>
          <fieldset>
            <legend>Connection</legend>
            <label>
              <input type="radio" name="connection" value="new" checked /> new
            </label>
            <label>
              <input type="radio" name="connection" value="kept" /> the one kept open, if there is one
            </label>
          </fieldset>
        </div>
        <button type="submit" class="button primary" disabled={isSending.value}>
          {isSending.value ? 'On its way…' : 'Send'}
        </button>
        {problem.value && (
          <p class="card-error" role="alert">
            {problem.value}
          </p>
        )}
      </form>
    </section>
  );
}

async function visit(form: FormData): Promise<string> {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const path = text('path').startsWith('/') ? text('path') : `/${text('path')}`;
  const fields = text('form')
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]);
  const [scheme, tls] = text('envelope').split(' ');
  const order = {
    method: text('method'),
    url: `${scheme}://${text('site')}${path}`,
    ...(tls && { tls }),
    connection: text('connection'),
    cold: text('cold') === 'yes' && text('connection') === 'new',
    browser: 'page',
    ...(text('method') === 'POST' && { form: Object.fromEntries(fields) }),
  };
  const made = await send<VisitAnswer>('POST', '/visits', order);
  rememberAnswer(made);
  return made.traceId;
}
