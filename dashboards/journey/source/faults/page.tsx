// The faults of the lab: what each breaks, what to look for, and how to repair it.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Fault } from '../api.ts';
import { Explained } from '../frame/glossary.tsx';
import { ServiceName } from '../frame/services.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { askFaults, broken, faults, faultsProblem, setFaults } from './state.ts';

const said = signal('');

export function Faults() {
  useEffect(() => {
    document.title = 'Faults · Waybill';
    void askFaults();
  }, []);
  const list = faults.value;
  const services = [...new Set((list ?? []).map(({ service }) => service))];
  return (
    <section class="faults">
      <header class="faults-head">
        <div>
          <h1 tabIndex={-1}>Break something and watch how the trace changes</h1>
          <p class="quiet">Each fault breaks one part of the lab until you repair it. Then send a request.</p>
        </div>
        <button
          type="button"
          class="button primary"
          disabled={broken.value.length === 0}
          onClick={() => void turn(null, 'Everything is repaired.')}
        >
          Repair all
        </button>
      </header>
      {faultsProblem.value && (
        <p class="card-error" role="alert">
          {faultsProblem.value}
        </p>
      )}
      <p class="faults-said" role="status">
        {said.value}
      </p>
      {list === null && !faultsProblem.value && <Waiting says="Loading the faults" />}
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

async function turn(changes: Record<string, Fault['value']> | null, done: string): Promise<void> {
  try {
    await setFaults(changes);
    said.value = done;
  } catch {
    said.value = '';
  }
}

function FaultRow({ fault }: { fault: Fault }) {
  const { id, title, sentence, look, value } = fault;
  const isBroken = value !== fault.default;
  return (
    <li class={`knob ${isBroken ? 'broken' : ''}`}>
      <div>
        <h3 id={`knob-${id}`}>{title}</h3>
        <p>
          <Explained text={sentence} />
        </p>
        <p class="look">
          <b>Look:</b> <Explained text={look} />
        </p>
      </div>
      <div class="knob-control">
        <Control fault={fault} onTurn={(next) => void turn({ [id]: next }, `${title}: ${String(next)}.`)} />
        {isBroken && (
          <button
            type="button"
            class="small"
            aria-label={`Repair: ${title}`}
            onClick={() => void turn({ [id]: fault.default }, `${title}: repaired.`)}
          >
            repair
          </button>
        )}
      </div>
    </li>
  );
}

function Control({ fault, onTurn }: { fault: Fault; onTurn: (value: Fault['value']) => void }) {
  const label = { 'aria-labelledby': `knob-${fault.id}` };
  if (fault.kind === 'switch') {
    return (
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={fault.value}
        {...label}
        onClick={() => onTurn(!fault.value)}
      >
        <i />
      </button>
    );
  }
  if (fault.kind === 'choice') {
    return (
      <select value={fault.value} {...label} onChange={({ currentTarget }) => onTurn(currentTarget.value)}>
        {fault.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  const { min, max, unit } = fault.range;
  return (
    <span class="number-knob">
      <input
        type="number"
        min={min}
        max={max}
        value={fault.value}
        {...label}
        onChange={({ currentTarget }) => {
          if (currentTarget.reportValidity()) onTurn(currentTarget.valueAsNumber);
        }}
      />
      <small>{unit}</small>
    </span>
  );
}
