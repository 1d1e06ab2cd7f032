import { expect, test } from 'vitest';
import { resourcesInCss } from './css.ts';
import { readHtml } from './html.ts';

const PAGE = 'http://tatis.test/a/';
const named = (html: string) =>
  readHtml(html, PAGE).resources.map(({ url, kind, priority }) => `${kind} ${priority} ${url?.href}`);
const inCss = (css: string) =>
  resourcesInCss(css, 'http://tatis.test/css/a.css').map(({ url, kind }) => `${kind} ${url?.href}`);

test.each<[html: string, expected: string[]]>([
  ['<link rel="stylesheet" href="b.css">', ['style highest http://tatis.test/a/b.css']],
  ['<LINK REL=StyleSheet HREF=/b.css>', ['style highest http://tatis.test/b.css']],
  ['<link rel="shortcut icon" href="/i.svg">', ['icon lowest http://tatis.test/i.svg']],
  ['<link rel=preload as=font href=/f.woff2>', ['font high http://tatis.test/f.woff2']],
  ['<link rel="alternate stylesheet" href="/b.css">', []],
  ['<link rel="canonical" href="/x">', []],
  ['<script src="/a.js"></script>', ['script high http://tatis.test/a.js']],
  ['<script src="/a.js" defer></script>', ['script low http://tatis.test/a.js']],
  ['<script type="application/json" src="/a.json"></script>', []],
  ['<script>document.write("<img src=/no.png>")</script>', []],
  ['<img src="/a.png">', ['image low http://tatis.test/a.png']],
  ['<img src="/a.png" srcset="/b.png 1x, /c.png 2x">', ['image low http://tatis.test/b.png']],
  ['<img src="">', []],
  ['<img src="/a.png?x=1&amp;y=2#part">', ['image low http://tatis.test/a.png?x=1&y=2']],
  ['<!-- <img src="/no.png"> -->', []],
  ['<noscript><img src="/no.png"></noscript><template><img src="/no.png"></template>', []],
  ['<base href="/b/"><img src="c.png">', ['image low http://tatis.test/b/c.png']],
  ['<style>p { background: url(/p.png) }</style>', ['image low http://tatis.test/p.png']],
  ['<p style="background: url(\'/p.png\')">', ['image low http://tatis.test/p.png']],
  ['<img src="http://[">', ['image low undefined']],
  ['<img src="data:image/png;base64,AAAA">', ['image low data:image/png;base64,AAAA']],
  ['<img src="/a.png"', []],
])('%s names %j', (html, expected) => {
  expect(named(html)).toEqual(expected);
});

test('resources are found in the order of the document', () => {
  expect(named('<img src=/1><link rel=stylesheet href=/2><script src=/3></script>').map((each) => each.at(-1))).toEqual(
    ['1', '2', '3'],
  );
});

test.each<[css: string, expected: string[]]>([
  ['@import "b.css";', ['style http://tatis.test/css/b.css']],
  ['@import url(b.css) screen;', ['style http://tatis.test/css/b.css']],
  ['a { background: url("/p.png") }', ['image http://tatis.test/p.png']],
  ['@font-face { src: url(f.woff2) format("woff2") }', ['font http://tatis.test/css/f.woff2']],
  ['/* url(no.png) */ a::before { content: "url(no.png)" }', []],
  ['a { filter: url(#blur) }', []],
  ['a { background: url(', []],
])('the style sheet %s names %j', (css, expected) => {
  expect(inCss(css)).toEqual(expected);
});

test("a form's hidden fields are found by its action", () => {
  const { forms } = readHtml(
    '<form action="/x"><input type=hidden name=token value=1><input name=b value=2></form>',
    PAGE,
  );
  expect(Object.fromEntries(forms)).toEqual({ 'http://tatis.test/x': { token: '1' } });
});
