// What `npm start` prints last: the addresses of the lab.

import { at, type LabConfig } from '../config.ts';

/** The table for a lab that was ready after `seconds`, with the learner's own app. */
export function closingTable(config: LabConfig, seconds: number, ownApp?: { command: string }): string {
  const { host, reach, ports, jaegerUrl, otlpEndpoint, siteUrl, pageUrl, home } = config;
  const spans =
    otlpEndpoint === undefined
      ? `OTLP: http://${at(config, 'WAYBILL_OTLP_PORT')}`
      : `spans are sent to ${otlpEndpoint}`;
  // Browsers resolve *.localhost to 127.0.0.1 (some also to ::1), whatever the lab listens on.
  const hasNames = ['127.0.0.1', '0.0.0.0', '::'].includes(host);
  const rows = [
    ...(hasNames
      ? [
          ['the sites', `http://tatis.localhost:${ports.WAYBILL_SITE_PORT}/`],
          ['', `http://djangogirls.localhost:${ports.WAYBILL_SITE_PORT}/`],
          ['  HTTPS', `https://tatis.localhost:${ports.WAYBILL_TLS_PORT}/`],
          ['', "npm run ca: trusting the lab's certificate"],
          ['  by address', `${siteUrl}/  with /letters/ and /jobs/`],
        ]
      : [['the sites', `${siteUrl}/  with /letters/ and /jobs/`]]),
    ...(ownApp
      ? [['your app', `http://my.${hasNames ? 'localhost' : 'test'}:${ports.WAYBILL_SITE_PORT}/  (${ownApp.command})`]]
      : []),
    ['DNS', `dig @${reach} -p ${ports.WAYBILL_DNS_PORT} tatis.test`],
    ["Jaeger's query API", `${jaegerUrl}  (${spans})`],
    ['logs', `${home}/logs`],
  ];
  return `
Waybill is ready (${seconds.toFixed(1)} s)

  Open  ${pageUrl}/

${rows.map(([what = '', where]) => `  ${what.padEnd(18)}  ${where}`).join('\n')}

  From another terminal:  npm run fire ${ownApp ? 'http://my.test/' : 'dynamic      '}  all scenarios: npm run fire -- --list
  To stop the lab:        Ctrl-C
`;
}
