// The check of a lesson: its questions, and what the learner's own traces say about the task.

import { type Signal, useSignal } from '@preact/signals';
import { texts } from '#texts/lessons.tsx';
import type { LessonVerdict } from '../../../../services/visitor/api.ts';
import { journeyAddress } from '../address.ts';
import { sendJson } from '../api.ts';
import type { Notes } from './notes.ts';

/** After this number of wrong answers to a question, the page offers to show where the answer stands. */
const WRONG_ANSWERS = 2;

type Props = {
  path: string;
  questions: readonly string[];
  notes: Signal<Notes>;
  onDone: () => void;
  /** Shows a span beside the lesson. */
  onShow: (traceId: string, spanId: string) => void;
};

export function Check({ path, questions, notes, onDone, onShow }: Props) {
  const verdict = useSignal<LessonVerdict | null>(null);
  const isChecking = useSignal(false);
  const problem = useSignal('');
  const answers = questions.map((_, index) => notes.value.answers[index] ?? '');

  async function check(event: Event): Promise<void> {
    event.preventDefault();
    if (isChecking.peek()) return;
    isChecking.value = true;
    problem.value = '';
    try {
      const found = await sendJson<LessonVerdict>('POST', `${path}/check`, { answers });
      const wrong = found.answers.map(
        ({ right }, index) => (notes.peek().wrong[index] ?? 0) + (right === false ? 1 : 0),
      );
      notes.value = { ...notes.peek(), wrong };
      verdict.value = found;
      if (found.done) onDone();
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      isChecking.value = false;
    }
  }

  return (
    <form class="lesson-part check" id="check" onSubmit={(event) => void check(event)}>
      <h2>{texts.check}</h2>
      {questions.map((question, index) => (
        <div key={question} class="question">
          <label>
            <span>{question}</span>
            <input
              value={answers[index]}
              maxLength={200}
              autocomplete="off"
              onInput={({ currentTarget }) => {
                notes.value = { ...notes.peek(), answers: answers.with(index, currentTarget.value) };
              }}
            />
          </label>
          <AnswerMark
            answer={verdict.value?.answers[index]}
            wrong={notes.value.wrong[index] ?? 0}
            isWhole={verdict.value?.visits.every(({ traceId }) => traceId !== null) ?? false}
            onShow={onShow}
          />
        </div>
      ))}
      <button type="submit" class="button primary" aria-disabled={isChecking.value}>
        {isChecking.value ? texts.checkingYourTraces : texts.checkMyTraces}
      </button>
      <div role="status" class="verdict">
        {problem.value && <p class="card-error">{problem.value}</p>}
        {verdict.value && <Visits verdict={verdict.value} />}
      </div>
    </form>
  );
}

type MarkProps = {
  answer: LessonVerdict['answers'][number] | undefined;
  wrong: number;
  /** Whether every visit of the check is found. */
  isWhole: boolean;
  onShow: Props['onShow'];
};

function AnswerMark({ answer, wrong, isWhole, onShow }: MarkProps) {
  if (answer === undefined) return null;
  if (answer.right) return <small class="good">{texts.correct}</small>;
  if (answer.right === undefined) {
    return <small class="quiet">{isWhole ? texts.notAnsweredYet(answer.where) : texts.notComparedYet}</small>;
  }
  const { span } = answer;
  return (
    <small class="bad">
      ✗ {texts.anotherAnswer(answer.wanted ?? '', answer.where)}{' '}
      {wrong >= WRONG_ANSWERS && span && (
        <button type="button" class="small" onClick={() => onShow(span.traceId, span.spanId)}>
          {texts.showMeWhere}
        </button>
      )}
    </small>
  );
}

function Visits({ verdict: { visits, done } }: { verdict: LessonVerdict }) {
  return (
    <>
      <ul class="visits">
        {visits.map(({ label, traceId, missing, nearest }) => (
          <li key={label} class={traceId === null ? 'bad' : 'good'}>
            {traceId !== null ? (
              <>✓ {texts.visitDone(label, journeyAddress(traceId))}</>
            ) : (
              <>
                ✗ {texts.visitMissing(label, missing.join('; '))}
                {nearest !== null && (
                  <>
                    {' '}
                    (<a href={journeyAddress(nearest)}>{texts.theNearest}</a>)
                  </>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
      {done && <p class="good">{texts.allDone}</p>}
    </>
  );
}
