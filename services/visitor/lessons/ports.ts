import { PORTS } from '../../../otel/contract/services.ts';

/** The ports that commands of lessons need, as the lab has them. */
export type LessonPorts = Record<'WAYBILL_PAGE_PORT' | 'WAYBILL_SITE_PORT' | 'WAYBILL_OTLP_PORT', number>;

/**
 * A lesson's Markdown for a lab on `ports`: URLs of this machine get the lab's port, and commands of a shell block the variables
 * of the ports that are not the default ones. `npm start` stays as it is: it decides the ports.
 */
export function withPorts(markdown: string, ports: LessonPorts): string {
  const changed = (Object.keys(ports) as (keyof LessonPorts)[]).filter((name) => ports[name] !== PORTS[name].default);
  if (changed.length === 0) return markdown;
  const variables = changed.map((name) => `${name}=${ports[name]} `).join('');
  const portOf = new Map(changed.map((name) => [String(PORTS[name].default), String(ports[name])]));
  return markdown
    .replace(
      /(127\.0\.0\.1|[\w.]*localhost):(\d+)/g,
      (_, host: string, port: string) => `${host}:${portOf.get(port) ?? port}`,
    )
    .replace(/(?<=^```(?:sh|console)\n)[\s\S]*?(?=^```)/gm, (block) =>
      block.replace(/^(?=(npm run|waybill|node) )/gm, variables),
    );
}
