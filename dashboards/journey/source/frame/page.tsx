// The frame around every view: name, ways to the other views, what is broken, light or dark, and the sheet of keys.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { address } from '../address.ts';
import { broken, watchFaults } from '../faults/state.ts';
import { carriedTrace } from '../journey/export.ts';
import { Drawing } from './icons.tsx';
import { switchTheme } from './theme.ts';

const sheetIsOpen = signal(false);

export function Frame({ children }: { children: ComponentChildren }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isField = event.target instanceof HTMLElement && event.target.closest('input, select, textarea');
      if (event.key === '?' && !isField) {
        event.preventDefault();
        sheetIsOpen.value = !sheetIsOpen.value;
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  useEffect(() => (carriedTrace() ? undefined : watchFaults()), []);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="airmail" aria-hidden="true" />
      <header class="frame-head">
        <a class="brand" href="/">
          <svg viewBox="0 0 40 28" aria-hidden="true">
            <rect x="1.500" y="1.500" width="37" height="25" rx="3" />
            <path d="M2.500 3.500L20 17L37.500 3.500" />
            <circle cx="30" cy="20" r="4.500" />
          </svg>
          Waybill
        </a>
        {!carriedTrace() && <Navigation />}
        <span class="frame-tools">
          <button
            type="button"
            class="plain-button"
            title="Light or dark"
            aria-label="Light or dark"
            onClick={switchTheme}
          >
            <Drawing icon="theme" />
          </button>
          <button
            type="button"
            class="plain-button"
            title="Keys (?)"
            aria-label="Keys"
            onClick={() => {
              sheetIsOpen.value = true;
            }}
          >
            ?
          </button>
        </span>
      </header>
      <BrokenNote />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Sheet />
    </>
  );
}

const NAVIGATION: [string, string][] = [
  ['/', 'Send'],
  ['/lessons', 'Learn'],
  ['/compare', 'Compare'],
  ['/faults', 'Faults'],
  ['/open', 'Open'],
];

function Navigation() {
  const { pathname } = address.value;
  return (
    <nav aria-label="Views">
      {NAVIGATION.map(([href, label]) => {
        const isCurrent = href === '/' ? pathname === '/' : pathname.startsWith(href);
        return (
          <a key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
            {label}
          </a>
        );
      })}
    </nav>
  );
}

function BrokenNote() {
  const list = broken.value;
  if (list.length === 0) return null;
  return (
    <p class="broken-note" role="status">
      <b>{list.length === 1 ? 'One thing is broken' : `${list.length} things are broken`}:</b>{' '}
      {list.map(({ title }) => title).join(', ')}. <a href="/faults">Look or repair</a>
    </p>
  );
}

const KEYS: [string, string][] = [
  ['space', 'play or pause'],
  ['← →', 'one step back or on'],
  ['Home, End', 'to the beginning or the end'],
  ['+ −', 'quicker or slower'],
  ['1 2 3', 'waterfall, sequence, story'],
  ['/', 'search the spans'],
  ['e', 'the next failed span'],
  ['↑ ↓', 'in the waterfall: the row above or below'],
  ['← →', 'in the waterfall: fold or unfold'],
  ['Esc', 'close the card'],
  ['?', 'this sheet'],
];

function Sheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = sheetIsOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onClose={() => {
        sheetIsOpen.value = false;
      }}
    >
      <h2 id="sheet-title">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={`${key} ${does}`}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
