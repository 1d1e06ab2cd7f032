// A request of one's own: an address, and under "Options" method, form fields, TLS version, DNS cache and connection.

import { useSignal } from '@preact/signals';
import { texts } from '#texts/home.ts';
import { go } from '../address.ts';
import { sendVisit } from '../api.ts';
import { Problem } from '../frame/problem.tsx';

const ADDRESSES = [
  'http://tatis.test/',
  'http://tatis.test/history/',
  'http://djangogirls.test/letters/Ola/',
  'https://tatis.test/',
  'http://island.tatis.test/',
  'http://nowhere.test/',
];

export function AddressBar() {
  const method = useSignal('GET');
  const isSending = useSignal(false);
  const problem = useSignal('');
  const submit = async (form: FormData) => {
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
    <form
      class="address-bar"
      aria-label={texts.aRequestOfYourOwn}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <div class="address-row">
        <label>
          <span class="hidden-label">{texts.address}</span>
          <input
            name="url"
            list="addresses"
            value="http://tatis.test/"
            required
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
          />
          <datalist id="addresses">
            {ADDRESSES.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </label>
        <button type="submit" class="button primary" disabled={isSending.value}>
          {isSending.value ? texts.onItsWay : texts.send}
        </button>
      </div>
      <Problem text={problem.value} />
      <details class="options">
        <summary>{texts.options}</summary>
        <div>
          <label>
            {texts.method}{' '}
            <select name="method" value={method} onChange={({ currentTarget }) => (method.value = currentTarget.value)}>
              <option>GET</option>
              <option>HEAD</option>
              <option>POST</option>
            </select>
          </label>
          <label>
            {texts.tlsVersion}{' '}
            <select name="tls">
              <option value="">{texts.tls12Or13}</option>
              <option value="1.2">{texts.tls12}</option>
              <option value="1.1">{texts.tls11}</option>
            </select>
          </label>
          <label>
            {texts.dnsCache}{' '}
            <select name="cold">
              <option value="yes">{texts.emptiedFirst}</option>
              <option value="">{texts.asItIs}</option>
            </select>
          </label>
          <label>
            {texts.connection}{' '}
            <select name="connection">
              <option value="new">{texts.aNewOne}</option>
              <option value="kept">{texts.theOpenOne}</option>
            </select>
          </label>
          {method.value === 'POST' && (
            <label class="fields">
              {texts.formFields}
              <textarea name="form" rows={3} placeholder={texts.formExample} spellcheck={false} />
            </label>
          )}
        </div>
      </details>
    </form>
  );
}

/** Sends what the form says; resolves with the trace's id. Throws as the API does. */
async function visit(form: FormData): Promise<string> {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const url = /^https?:\/\//i.test(text('url')) ? text('url') : `http://${text('url')}`;
  const isNew = text('connection') === 'new';
  const { traceId } = await sendVisit({
    url,
    method: text('method'),
    ...(text('tls') && url.toLowerCase().startsWith('https:') && { tls: text('tls') }),
    connection: text('connection'),
    cold: text('cold') === 'yes' && isNew,
    browser: 'page',
    ...(text('method') === 'POST' && { form: fieldsOf(text('form')) }),
  });
  return traceId;
}

function fieldsOf(text: string): Record<string, string> {
  const fields = text
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]);
  return Object.fromEntries(fields);
}
