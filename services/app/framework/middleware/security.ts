// Security headers: Django's SecurityMiddleware and XFrameOptionsMiddleware.

import type { Middleware } from './middleware.ts';

const HEADERS = {
  'content-security-policy': "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export const security: Middleware = {
  name: 'security',
  leave(_, response) {
    Object.assign(response.headers, HEADERS);
  },
};
