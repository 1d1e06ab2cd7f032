// The frame around every view: name, ways to the other views, what is broken, light or dark, and the sheet of keys.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { texts } from '#texts/frame.tsx';
import { texts as recorded } from '#texts/recorded.ts';
import { address } from '../address.ts';
import { broken, nameOf, watchFaults } from '../faults/state.ts';
import { carriedTrace } from '../journey/export.ts';
import { HOMEPAGE, RECORDINGS, START } from '../recorded.ts';
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
        {texts.skipToTheContent}
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
            title={texts.lightOrDark}
            aria-label={texts.lightOrDark}
            onClick={switchTheme}
          >
            <Drawing icon="theme" />
          </button>
          <button
            type="button"
            class="plain-button"
            title={texts.keysHint}
            aria-label={texts.keys}
            onClick={() => {
              sheetIsOpen.value = true;
            }}
          >
            ?
          </button>
        </span>
      </header>
      <BrokenNote />
      {RECORDINGS !== null && <RecordedNote />}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Sheet />
    </>
  );
}

const NAVIGATION: [string, string][] = [
  ['/', texts.send],
  ['/lessons', texts.learn],
  ['/compare', texts.compare],
  ['/faults', texts.faults],
  ['/open', texts.open],
];

function Navigation() {
  const { pathname } = address.value;
  return (
    <nav aria-label={texts.views}>
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
      <b>{texts.broken(list.length)}</b> {list.map(nameOf).join(', ')}. <a href="/faults">{texts.lookOrRepair}</a>
    </p>
  );
}

function RecordedNote() {
  return (
    <p class="recorded-note">
      {recorded.recordedRequests} {recorded.startYourOwn} <code>{START}</code> · <a href={HOMEPAGE}>{recorded.about}</a>
    </p>
  );
}

const KEYS: [string, string][] = [
  [texts.space, texts.playOrPause],
  ['← →', texts.oneStepBackOrOn],
  [texts.homeEnd, texts.toBeginningOrEnd],
  ['+ −', texts.quickerOrSlower],
  ['1 2 3', texts.threeViews],
  ['/', texts.searchTheSpans],
  ['e', texts.theNextFailedSpan],
  ['↑ ↓', texts.rowAboveOrBelow],
  ['← →', texts.foldOrUnfold],
  [texts.esc, texts.closeTheCard],
  ['?', texts.thisSheet],
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
      <h2 id="sheet-title">{texts.keys}</h2>
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
          {texts.close}
        </button>
      </form>
    </dialog>
  );
}
