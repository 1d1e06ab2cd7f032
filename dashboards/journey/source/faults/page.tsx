// The faults of the lab: what each breaks, what to look for, and its control.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/faults.ts';
import type { Fault } from '../api.ts';
import { Explained } from '../frame/glossary.tsx';
import { Problem } from '../frame/problem.tsx';
import { ServiceName } from '../frame/services.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { broken, faults, faultsProblem, loadFaults, setFaults } from './state.ts';

const message = signal('');

export function Faults() {
  useEffect(() => {
    document.title = texts.faultsTitle;
    void loadFaults();
  }, []);
  const list = faults.value;
  const services = [...new Set((list ?? []).map(({ service }) => service))];
  return (
    <section class="faults">
      <header class="faults-head">
        <div>
          <h1 tabIndex={-1}>{texts.breakSomething}</h1>
          <p class="quiet">{texts.untilYouRepairIt}</p>
        </div>
        <button
          type="button"
          class="button primary"
          disabled={broken.value.length === 0}
          onClick={() => void change(null, texts.everythingIsRepaired)}
        >
          {texts.repairAll}
        </button>
      </header>
      <Problem text={faultsProblem.value} />
      <p class="faults-message" role="status">
        {message.value}
      </p>
      {list === null && !faultsProblem.value && <Waiting says={texts.loadingTheFaults} />}
      {services.map((service) => (
        <section key={service} class="fault-group">
          <h2>
            <ServiceName service={service} />
          </h2>
          <ul>
            {list
              ?.filter((fault) => fault.service === service)
              .map((fault) => (
                <FaultRow key={fault.id} fault={fault} />
              ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

async function change(changes: Record<string, Fault['value']> | null, done: string): Promise<void> {
  try {
    await setFaults(changes);
    message.value = done;
  } catch {
    message.value = '';
  }
}

function FaultRow({ fault }: { fault: Fault }) {
  const { id, title, sentence, look, value } = fault;
  const isBroken = value !== fault.default;
  return (
    <li class={`fault-row ${isBroken ? 'broken' : ''}`}>
      <div>
        <h3 id={`fault-${id}`}>{title}</h3>
        <p>
          <Explained text={sentence} />
        </p>
        <p class="look">
          <b>{texts.look}</b> <Explained text={look} />
        </p>
      </div>
      <div class="fault-control">
        <Control fault={fault} onChange={(next) => void change({ [id]: next }, texts.isSet(title, next))} />
        {isBroken && (
          <button
            type="button"
            class="small"
            aria-label={texts.repairOf(title)}
            onClick={() => void change({ [id]: fault.default }, texts.isRepaired(title))}
          >
            {texts.repair}
          </button>
        )}
      </div>
    </li>
  );
}

function Control({ fault, onChange }: { fault: Fault; onChange: (value: Fault['value']) => void }) {
  const label = { 'aria-labelledby': `fault-${fault.id}` };
  if (fault.kind === 'switch') {
    return (
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={fault.value}
        {...label}
        onClick={() => onChange(!fault.value)}
      >
        <i />
      </button>
    );
  }
  if (fault.kind === 'choice') {
    return (
      <select value={fault.value} {...label} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {fault.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  const { min, max, unit } = fault.range;
  return (
    <span class="fault-number">
      <input
        type="number"
        min={min}
        max={max}
        value={fault.value}
        {...label}
        onChange={({ currentTarget }) => {
          if (currentTarget.reportValidity()) onChange(currentTarget.valueAsNumber);
        }}
      />
      <small>{unit}</small>
    </span>
  );
}
