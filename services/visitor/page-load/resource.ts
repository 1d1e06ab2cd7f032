// A resource that a page names, and its place among the others.

/** What it is, as Fetch calls it (`destination`). */
export type ResourceKind = 'document' | 'style' | 'script' | 'image' | 'font' | 'icon' | 'other';

/** As Chromium orders requests that wait for a connection, the first at first. */
const PRIORITIES = ['highest', 'high', 'low', 'lowest'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The place of a priority among the others: 0 for the highest. */
export function rankOf({ priority }: { priority: Priority }): number {
  return PRIORITIES.indexOf(priority);
}

/** `url`: without its fragment; undefined for an address that is not valid, and then `text` is what stood there. */
export type NamedResource = { url: URL | undefined; text: string; kind: ResourceKind; priority: Priority };

const MAX_TEXT = 200;

/** The resource that `address` names, relative to `base`, as a list; an empty address names nothing (HTML, 4.8.4.3). */
export function resource(
  address: string,
  base: string,
  { kind, priority }: Pick<NamedResource, 'kind' | 'priority'>,
): NamedResource[] {
  const text = address.trim();
  if (text === '') return [];
  const url = URL.parse(text, base) ?? undefined;
  if (url) url.hash = '';
  return [{ url, text: text.slice(0, MAX_TEXT), kind, priority }];
}
