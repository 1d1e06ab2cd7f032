// The page's address: each view has its own, so that Back, reload and sharing work. Links inside the page change it without a
// load; everything that shows depends on the signal. Where there is no lab, any server of files must do: the address of a view is then
// the fragment, `#/traces/<id>`, and `#trace=URL` opens a trace of the web.

import { computed, signal } from '@preact/signals';
import { options } from 'preact';
import { RECORDINGS } from './recorded.ts';

/** How long the heading of a view is waited for, in ms, to give it the focus: its code may have to be loaded first. */
const HEADING_MS = 5000;

const href = signal(shownAddress());

/** The address as it is now. */
export const address = computed(() => new URL(href.value));

/** Goes to `to`; with `replace`, Back does not return to what was before. */
export function go(to: string, { replace = false } = {}): void {
  const next = new URL(to, href.value);
  if (next.href === href.peek()) return;
  const isOtherView = next.pathname !== new URL(href.peek()).pathname;
  const shown = RECORDINGS === null ? next : `#${next.pathname}${next.search}`;
  history[replace ? 'replaceState' : 'pushState'](null, '', shown);
  href.value = next.href;
  if (isOtherView) {
    scrollTo(0, 0);
    const until = performance.now() + HEADING_MS;
    requestAnimationFrame(function focusHeading() {
      const heading = document.querySelector<HTMLElement>('main h1:not(.waiting *)');
      if (heading) heading.focus({ preventScroll: true });
      else if (performance.now() < until) requestAnimationFrame(focusHeading);
    });
  }
}

/** Whether a journey stands beside a lesson now. */
export function isBesideLesson(): boolean {
  return address.peek().pathname.startsWith('/lessons/');
}

/** The address that shows a trace: beside the lesson where one is open, else on a page of its own. */
export function journeyAddress(traceId: string, parameters: Record<string, string> = {}): string {
  const isBeside = isBesideLesson();
  const search = new URLSearchParams({ ...(isBeside && { trace: traceId }), ...parameters });
  const path = isBeside ? address.peek().pathname : `/traces/${traceId}`;
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Sets parameters of the address (null takes one away) without a new entry for Back. */
export function setParameters(parameters: Record<string, string | null>): void {
  const next = new URL(href.peek());
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(next.href, { replace: true });
}

/** Has links within the page followed here. Returns nothing; lasts as long as the page. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    href.value = shownAddress();
  });
  if (RECORDINGS !== null) linkToFragments();
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
    if (RECORDINGS !== null) {
      event.preventDefault();
      if (link.hash.startsWith('#/')) go(link.hash.slice(1));
      else document.querySelector<HTMLElement>(link.hash)?.focus(); // a place within the view
      return;
    }
    if (link.hash && link.pathname === location.pathname) return; // to a place within the view
    event.preventDefault();
    go(link.href);
  });
}

/** The address of the view that the browser's address names. */
function shownAddress(): string {
  const { href, origin, hash } = location;
  if (RECORDINGS === null) return href;
  const [, from] = /^#trace=(.+)/.exec(hash) ?? [];
  if (from !== undefined) return `${origin}/open?from=${/^https?%3a/i.test(from) ? from : encodeURIComponent(from)}`;
  return origin + (/^#(\/.*)/.exec(hash)?.[1] ?? '/');
}

/** Has every link to a view written as a fragment, so that it can be copied and opened in a new tab. */
function linkToFragments(): void {
  const { vnode: before } = options;
  options.vnode = (vnode) => {
    const link = vnode.props as { href?: unknown };
    if (vnode.type === 'a' && typeof link.href === 'string' && link.href.startsWith('/')) link.href = `#${link.href}`;
    before?.(vnode);
  };
}
