// http-proxy takes `util._extend` when it is loaded and calls it on each request, which would put DEP0060 on every
// learner's screen. While it loads, it is given Object.assign, which does the same; the rest of the process is left alone.

import { createRequire } from 'node:module';
import type HttpProxy from 'http-proxy';

const require = createRequire(import.meta.url);
const util = require('node:util') as { _extend: unknown };

const { _extend } = util;
util._extend = Object.assign;
const httpProxy = require('http-proxy') as typeof HttpProxy;
util._extend = _extend;

export const { createProxyServer } = httpProxy;
