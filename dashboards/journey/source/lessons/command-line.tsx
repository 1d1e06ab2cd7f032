// A command of a lesson's task: to be typed in a terminal, or, where it sends requests, sets a fault or repairs all, run from here.

import { useSignal } from '@preact/signals';
import { texts } from '#texts/lessons.tsx';
import { journeyAddress } from '../address.ts';
import { type Fault, runScenario, sendVisit } from '../api.ts';
import { faults, setFaults } from '../faults/state.ts';

type SentRequest = { traceId: string; words: string };

/** The command after its variables and its program: of `WAYBILL_PAGE_PORT=1 npm run fire static`, in the package `waybill fire static`, `fire static`. */
const COMMAND = /^(?:\w+=\S+ )*(?:npm run|waybill) (.+)$/;
const SENDS = /^(?:fire|compare) (\S+)(?: (\S+))?$/;
const BREAKS = /^faults ([\w.]+=\S+(?: [\w.]+=\S+)*)$/;
const REPAIRS = /^faults (?:-- )?--repair$/;

type Props = { line: string; onSent: (traceIds: string[]) => void };

export function CommandLine({ line, onSent }: Props) {
  const sent = useSignal<SentRequest[]>([]);
  const state = useSignal<'' | 'sending' | 'copied'>('');
  const message = useSignal('');
  const [, command = ''] = COMMAND.exec(line) ?? [];
  const subjects = SENDS.exec(command)
    ?.slice(1)
    .filter((each) => each !== undefined);
  const changes = BREAKS.exec(command)?.[1];
  const [verb, says] = subjects
    ? [texts.send, texts.sendFromHere(subjects.join(' '))]
    : changes !== undefined
      ? [texts.set, texts.setFromHere(changes)]
      : [texts.repair, texts.repairFromHere];
  const canRun = subjects !== undefined || changes !== undefined || REPAIRS.test(command);

  async function run(): Promise<void> {
    if (state.peek() === 'sending') return;
    state.value = 'sending';
    message.value = '';
    sent.value = [];
    try {
      for (const subject of subjects ?? []) {
        await sendOne(subject, (one) => {
          sent.value = [...sent.peek(), one];
        });
      }
      if (subjects) onSent(sent.peek().map(({ traceId }) => traceId));
      else if (changes !== undefined) {
        await setFaults(Object.fromEntries(changes.split(' ').map(faultChange)));
        message.value = texts.isSet(changes);
      } else {
        await setFaults(null);
        message.value = texts.everythingIsRepaired;
      }
    } catch (error) {
      message.value = (error as Error).message;
    } finally {
      state.value = '';
    }
  }

  return (
    <li class="command">
      <code>{line}</code>
      <span class="command-tools">
        {canRun && (
          <button
            type="button"
            class="button primary small"
            aria-disabled={state.value === 'sending'}
            aria-label={says}
            onClick={() => void run()}
          >
            {state.value === 'sending' ? texts.onItsWay : verb}
          </button>
        )}
        <button
          type="button"
          class="small"
          aria-label={texts.copyLine(line)}
          onClick={() => void navigator.clipboard.writeText(line).then(() => (state.value = 'copied'))}
        >
          {state.value === 'copied' ? texts.copied : texts.copy}
        </button>
      </span>
      <span class="command-sent" role="status">
        {message.value}
        {sent.value.map(({ traceId, words }, index) => (
          <a key={traceId} href={journeyAddress(traceId)}>
            {texts.journeyOf(index + 1, words)}
          </a>
        ))}
      </span>
    </li>
  );
}

/** `dns.slow=400` as the lab takes it: the id of the fault, and a boolean, a number or a word by its kind. */
function faultChange(change: string): [string, Fault['value']] {
  const [id = '', value = ''] = change.split('=');
  const kind = faults.peek()?.find((fault) => fault.id === id)?.kind;
  if (kind === 'switch') return [id, value === 'on' || value === 'true'];
  return [id, kind === 'number' ? Number(value) : value];
}

/** Sends a scenario, or a request to an address. */
async function sendOne(subject: string, onVisit: (sent: SentRequest) => void): Promise<void> {
  if (subject.includes('://')) {
    const { traceId, status, error } = await sendVisit({ url: subject });
    onVisit({ traceId, words: String(status ?? error?.code ?? texts.noAnswer) });
    return;
  }
  await runScenario(subject, ({ traceId, status }) => onVisit({ traceId, words: String(status ?? texts.noAnswer) }));
}
