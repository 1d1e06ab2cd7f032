// Words that a learner may not know explain themselves where they stand.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { GLOSSARY, GLOSSARY_WORD } from '../../../../otel/contract/glossary.ts';
import { ownProperty } from '../../../../traces/own-property.ts';

/** A word with its explanation behind it. */
export function Term({ word, children }: { word: string; children?: ComponentChildren }) {
  const isOpen = useSignal(false);
  const id = useId();
  const says = ownProperty(GLOSSARY, word);
  if (says === undefined) return <>{children ?? word}</>;
  return (
    <span class="term">
      <button
        type="button"
        class="term-word"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={(event) => {
          event.stopPropagation();
          isOpen.value = !isOpen.value;
        }}
        onBlur={() => {
          isOpen.value = false;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') isOpen.value = false;
        }}
      >
        {children ?? word}
      </button>
      <span class="term-note" role="note" id={id} hidden={!isOpen.value}>
        <b>{word}</b> {says.replace(/[`*]/g, '')}
      </span>
    </span>
  );
}

/** The known words of a text. */
export function wordsIn(text: string): string[] {
  return [...text.matchAll(new RegExp(GLOSSARY_WORD, 'g'))].map(([, word = '']) => word);
}

/** A text in which each known word explains itself, once; those in `but` do not. What stands between backticks is code. */
export function Explained({ text, but = NONE }: { text: string; but?: ReadonlySet<string> }) {
  const done = new Set(but);
  return (
    <>
      {text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : explain(part, done)))}
    </>
  );
}

const NONE: ReadonlySet<string> = new Set();

function explain(text: string, done: Set<string>): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let left = text;
  for (let match = GLOSSARY_WORD.exec(left); match !== null && parts.length < 24; match = GLOSSARY_WORD.exec(left)) {
    const [whole, word = ''] = match;
    parts.push(left.slice(0, match.index));
    parts.push(done.has(word) ? whole : <Term word={word}>{whole}</Term>);
    done.add(word);
    left = left.slice(match.index + whole.length);
  }
  return [...parts, left];
}
