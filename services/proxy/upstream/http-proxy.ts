// http-proxy calls `util._extend`, which it takes when it is loaded: the deprecation warning DEP0060 would be on every learner's
// screen. It gets Object.assign instead, which does the same, only while it is loaded.

import { createRequire } from 'node:module';
import type HttpProxy from 'http-proxy';

const require = createRequire(import.meta.url);
const util = require('node:util') as { _extend: unknown };

const { _extend } = util;
util._extend = Object.assign;
const httpProxy = require('http-proxy') as typeof HttpProxy;
util._extend = _extend;

export const { createProxyServer } = httpProxy;
