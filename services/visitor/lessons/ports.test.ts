import { expect, test } from 'vitest';
import { withPorts } from './ports.ts';

const DEFAULT = { WAYBILL_PAGE_PORT: 8190, WAYBILL_SITE_PORT: 8180, WAYBILL_OTLP_PORT: 4318 };
const TEXT = `Open <http://djangogirls.localhost:8180/>, not http://127.0.0.1:9999/.

\`\`\`sh
npm run fire dynamic
waybill fire dynamic
curl http://127.0.0.1:8180/static/style.css
npm start
\`\`\`
`;

test('on the default ports a lesson is as it was written', () => {
  expect(withPorts(TEXT, DEFAULT)).toBe(TEXT);
});

test('on other ports its commands and addresses are those of the lab', () => {
  expect(
    withPorts(TEXT, { ...DEFAULT, WAYBILL_SITE_PORT: 18180 }),
  ).toBe(`Open <http://djangogirls.localhost:18180/>, not http://127.0.0.1:9999/.

\`\`\`sh
WAYBILL_SITE_PORT=18180 npm run fire dynamic
WAYBILL_SITE_PORT=18180 waybill fire dynamic
curl http://127.0.0.1:18180/static/style.css
npm start
\`\`\`
`);
});
