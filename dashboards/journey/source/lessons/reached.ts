// Where a browser on another computer finds the lab's ports: GitHub Codespaces give each port a host name of its own,
// NAME-PORT.app.github.dev; elsewhere it is the page's host.

import { PORTS } from '../../../../otel/contract/services.ts';

const LOCAL = /http:\/\/(?:127\.0\.0\.1|(?:[\w-]+\.)*localhost):(\d+)/g;
const SHELL = /(^```(?:sh|console)\n[\s\S]*?^```)/m;

/** A lesson's Markdown for the page at `page`: its addresses of the lab's computer as this browser reaches them. Commands stay: they run there. */
export function withReachedAddresses(markdown: string, page: URL): string {
  if (/^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost)$/.test(page.hostname)) return markdown;
  const [, name, domain] = /^(.+)-\d+(\.app\.github\.dev)$/.exec(page.hostname) ?? [];
  const reached = (_: string, port: string) => {
    if (Number(port) === PORTS.WAYBILL_PAGE_PORT.default) return page.origin;
    return name ? `https://${name}-${port}${domain}` : `${page.protocol}//${page.hostname}:${port}`;
  };
  const parts = markdown.split(SHELL);
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(LOCAL, reached))).join('');
}
