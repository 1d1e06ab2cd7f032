// http-proxy calls `util._extend`, which it takes when it is loaded: the deprecation warning DEP0060 would be on every learner's
// screen. It gets Object.assign instead, which does the same, only while it is loaded.

import nodeUtil from 'node:util';

const util = nodeUtil as unknown as { _extend: unknown };

const { _extend } = util;
util._extend = Object.assign;
const { default: httpProxy } = await import('http-proxy');
util._extend = _extend;

export const { createProxyServer } = httpProxy;
