// The check of a lesson: its questions, and what the learner's own traces say of what was done.

import { useSignal } from '@preact/signals';
import type { LessonVerdict } from '../../../../services/visitor/api.ts';
import { send } from '../api.ts';

type Props = { path: string; questions: readonly string[]; onDone: (verdict: LessonVerdict) => void };

export function Check({ path, questions, onDone }: Props) {
  const answers = useSignal<string[]>(questions.map(() => ''));
  const verdict = useSignal<LessonVerdict | null>(null);
  const isChecking = useSignal(false);
  const problem = useSignal('');

  async function check(event: Event): Promise<void> {
    event.preventDefault();
    isChecking.value = true;
    problem.value = '';
    try {
      verdict.value = await send<LessonVerdict>('POST', `${path}/check`, { answers: answers.value });
      onDone(verdict.value);
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      isChecking.value = false;
    }
  }

  return (
    <form class="lesson-part check" onSubmit={(event) => void check(event)}>
      <h2>Check</h2>
      {questions.map((question, index) => (
        <label key={question} class="question">
          <span>{question}</span>
          <input
            value={answers.value[index]}
            maxLength={200}
            autocomplete="off"
            onInput={({ currentTarget }) => {
              answers.value = answers.value.with(index, currentTarget.value);
            }}
          />
          <AnswerMark answer={verdict.value?.answers[index]} />
        </label>
      ))}
      <button type="submit" class="button primary" disabled={isChecking.value}>
        {isChecking.value ? 'Looking at your traces…' : 'Check my traces'}
      </button>
      <div role="status" class="verdict">
        {problem.value && <p class="card-error">{problem.value}</p>}
        {verdict.value && <Visits verdict={verdict.value} />}
      </div>
    </form>
  );
}

function AnswerMark({ answer }: { answer: LessonVerdict['answers'][number] | undefined }) {
  if (answer === undefined) return null;
  if (answer.right) return <small class="good">✓ so your trace says</small>;
  if (answer.right === false) return <small class="bad">✗ not what your trace says; look at {answer.where}</small>;
  return (
    <small class="quiet">Not answered, or there is no trace yet to hold it against. Look at {answer.where}.</small>
  );
}

function Visits({ verdict: { visits, done } }: { verdict: LessonVerdict }) {
  return (
    <>
      <ul class="visits">
        {visits.map(({ label, traceId, missing, nearest }) => (
          <li key={label} class={traceId === null ? 'bad' : 'good'}>
            {traceId !== null ? (
              <>
                ✓ visit {label}: <a href={`/traces/${traceId}`}>its journey</a>
              </>
            ) : (
              <>
                ✗ visit {label} is missing: {missing.join('; ')}
                {nearest !== null && (
                  <>
                    {' '}
                    (<a href={`/traces/${nearest}`}>the nearest</a>)
                  </>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
      {done && <p class="good">Done.</p>}
    </>
  );
}
