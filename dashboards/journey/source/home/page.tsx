// The way in: what the lab is, what can be sent, and what was sent.

import { useEffect } from 'preact/hooks';
import { FreeForm } from './free-form.tsx';
import { Parts } from './parts.tsx';
import { Recent } from './recent.tsx';
import { running, Scenarios, sendIt } from './scenarios.tsx';

export function Home() {
  useEffect(() => {
    document.title = 'Waybill: send a letter, watch it travel';
  }, []);
  return (
    <div class="home">
      <section class="hero">
        <div>
          <h1 tabIndex={-1}>Send a letter, watch it travel, see why</h1>
          <p>
            A web request goes through a phonebook, post offices, a web server, an app server, a worker and a database.
            Here each of them is real, and notes what it does. Send one, and read its waybill.
          </p>
          <p class="first">
            <button
              type="button"
              class="button primary big"
              disabled={running.value !== null}
              onClick={() => void sendIt('dynamic')}
            >
              {running.value === null ? 'Send a letter' : 'On its way…'}
            </button>
            <a class="button big" href="/compare">
              Compare two
            </a>
          </p>
        </div>
        <Parts />
      </section>
      <Scenarios />
      <div class="home-two">
        <FreeForm />
        <Recent />
      </div>
    </div>
  );
}
