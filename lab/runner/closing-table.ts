// What `npm start` prints last: where to go on. Nothing stands here that leads nowhere.

import { at, type LabConfig } from '../config.ts';

/** The table for a lab that was ready after so many seconds. */
export function closingTable(config: LabConfig, seconds: number): string {
  const { host, reach, ports, jaegerUrl, otlpEndpoint, siteUrl, visitorUrl, home } = config;
  const site = ports.WAYBILL_SITE_PORT;
  const dig = `dig @${reach} -p ${ports.WAYBILL_DNS_PORT} tatis.test`;
  const traces =
    otlpEndpoint === undefined ? `OTLP on http://${at(config, 'WAYBILL_OTLP_PORT')}` : `spans go to ${otlpEndpoint}`;
  // Browsers take *.localhost for 127.0.0.1 (some also for ::1), whatever the lab listens on.
  const named = ['127.0.0.1', '0.0.0.0', '::'].includes(host)
    ? [
        ['the sites', `http://tatis.localhost:${site}/  http://djangogirls.localhost:${site}/`],
        ['  sealed', `https://tatis.localhost:${ports.WAYBILL_TLS_PORT}/  (npm run ca: whom to believe)`],
      ]
    : [];
  const rows = [
    ['start here', `${visitorUrl}/`],
    ...named,
    [named.length > 0 ? '  without names' : 'the sites', `${siteUrl}/  and there /letters/ and /jobs/`],
    ['the phonebook', dig],
    ["Jaeger's query API", `${jaegerUrl}  (${traces})`],
    ['logs', `${home}/logs`],
  ];
  return `
Waybill is ready (${seconds.toFixed(1)} s)

${rows.map(([what, where]) => `  ${what?.padEnd(18)}  ${where}`).join('\n')}

  From another terminal:  npm run fire dynamic        which others: npm run fire -- --list
  To take it down:        Ctrl-C
`;
}
