// What the first load of a view weighs.

import type { Page } from 'playwright-core';

/** The bytes of the scripts and styles that `page` has loaded so far, each compressed by gzip. */
export async function firstLoadBytes(page: Page): Promise<number> {
  const files = await page.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\.(js|css)$/.test(name))`,
  );
  let bytes = 0;
  for (const file of files) {
    const response = await fetch(file, { headers: { 'accept-encoding': 'gzip' } });
    await response.arrayBuffer();
    bytes += Number(response.headers.get('content-length'));
  }
  return bytes;
}
