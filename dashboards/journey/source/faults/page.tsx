// The faults of the lab: what each breaks, what to look for, and its control.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/faults.ts';
import type { Fault } from '../api.ts';
import { Explained } from '../frame/glossary.tsx';
import { Problem } from '../frame/problem.tsx';
import { ServiceName } from '../frame/services.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { broken, faults, faultsProblem, loadFaults, nameOf, setFaults } from './state.ts';

const message = signal('');

export function Faults() {
  useEffect(() => {
    document.title = texts.faultsTitle;
    void loadFaults();
  }, []);
  const list = faults.value;
  const { own = [], telemetry = [] } = Object.groupBy(list ?? [], ({ group }) => group ?? 'own');
  const byService = Map.groupBy(own, ({ service }) => service);
  const byName = Map.groupBy(telemetry, ({ id }) => id.slice(id.indexOf('.') + 1));
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
      {[...byService].map(([service, faults]) => (
        <section key={service} class="fault-group">
          <h2>
            <ServiceName service={service} />
          </h2>
          <ul>
            {faults.map((fault) => (
              <FaultRow key={fault.id} faults={[fault]} />
            ))}
          </ul>
        </section>
      ))}
      {byName.size > 0 && (
        <section class="fault-group">
          <h2>{texts.telemetry}</h2>
          <p class="quiet">{texts.telemetryIs}</p>
          <ul>
            {[...byName].map(([name, faults]) => (
              <FaultRow key={name} faults={faults} />
            ))}
          </ul>
        </section>
      )}
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

/** A fault, or the same one of several services. */
function FaultRow({ faults }: { faults: Fault[] }) {
  const [{ id, title, sentence, look }] = faults as [Fault];
  const isBroken = faults.some((each) => each.value !== each.default);
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
      <div class="fault-controls">
        {faults.map((fault) => (
          <FaultControl key={fault.id} fault={fault} titleId={`fault-${id}`} />
        ))}
      </div>
    </li>
  );
}

function FaultControl({ fault, titleId }: { fault: Fault; titleId: string }) {
  const { id, service, group } = fault;
  const what = nameOf(fault);
  return (
    <div class="fault-control">
      {group !== undefined && (
        <span id={`of-${id}`}>
          <ServiceName service={service} />
        </span>
      )}
      <Control
        fault={fault}
        labels={group === undefined ? titleId : `${titleId} of-${id}`}
        onChange={(next) => void change({ [id]: next }, texts.isSet(what, next))}
      />
      {fault.value !== fault.default && (
        <button
          type="button"
          class="small"
          aria-label={texts.repairOf(what)}
          onClick={() => void change({ [id]: fault.default }, texts.isRepaired(what))}
        >
          {texts.repair}
        </button>
      )}
    </div>
  );
}

type ControlProps = { fault: Fault; labels: string; onChange: (value: Fault['value']) => void };

function Control({ fault, labels, onChange }: ControlProps) {
  const label = { 'aria-labelledby': labels };
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
