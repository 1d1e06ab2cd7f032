// A command of a lesson's task: to be typed in a terminal, or, where it only sends letters, sent from here.

import { useSignal } from '@preact/signals';
import { rememberAnswer, runScenario, send, type VisitAnswer } from '../api.ts';

type Sent = { traceId: string; words: string };

export function CommandLine({ line, onSent }: { line: string; onSent?: (() => void) | undefined }) {
  const sent = useSignal<Sent[]>([]);
  const state = useSignal<'' | 'sending' | 'copied'>('');
  const problem = useSignal('');
  const what = /^npm run fire (\S+)$/.exec(line)?.[1];

  async function sendHere(typed: string): Promise<void> {
    state.value = 'sending';
    problem.value = '';
    sent.value = [];
    try {
      if (typed.includes('://')) {
        const answer = await send<VisitAnswer>('POST', '/visits', { url: typed });
        rememberAnswer(answer);
        sent.value = [{ traceId: answer.traceId, words: String(answer.status ?? answer.error?.code ?? 'no answer') }];
      } else {
        await runScenario(typed, ({ traceId, status }) => {
          sent.value = [...sent.peek(), { traceId, words: String(status ?? 'no answer') }];
        });
      }
      onSent?.();
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      state.value = '';
    }
  }

  return (
    <li class="command">
      <code>{line}</code>
      <span class="command-tools">
        {what !== undefined && (
          <button
            type="button"
            class="small"
            disabled={state.value === 'sending'}
            aria-label={`Send from here: ${what}`}
            onClick={() => void sendHere(what)}
          >
            {state.value === 'sending' ? 'on its way…' : 'send'}
          </button>
        )}
        <button
          type="button"
          class="small"
          aria-label={`Copy: ${line}`}
          onClick={() => void navigator.clipboard.writeText(line).then(() => (state.value = 'copied'))}
        >
          {state.value === 'copied' ? 'copied' : 'copy'}
        </button>
      </span>
      {(sent.value.length > 0 || problem.value) && (
        <span class="command-sent" role="status">
          {problem.value}
          {sent.value.map(({ traceId, words }, index) => (
            <a key={traceId} href={`/traces/${traceId}`} target="_blank" rel="noopener">
              journey {index + 1}: {words}
            </a>
          ))}
        </span>
      )}
    </li>
  );
}
