import { expect, test } from 'vitest';
import { readCommandLine, usesPort } from './command-line.ts';

test.each([
  ['python manage.py runserver --noreload 8000', ['python', 'manage.py', 'runserver', '--noreload', '8000']],
  ['node  "my app.js"', ['node', 'my app.js']],
  ['python -c \'print("a b")\'', ['python', '-c', 'print("a b")']],
  ['python my\\ app.py', ['python', 'my app.py']],
  ['gunicorn "mysite.wsgi:app(\\"x\\")"', ['gunicorn', 'mysite.wsgi:app("x")']],
  ['flask --app=app:create run', ['flask', '--app=app:create', 'run']],
  ['python ""', ['python', '']],
  ['node app.js $HOME *.js ~', ['node', 'app.js', '$HOME', '*.js', '~']], // nothing is expanded
])('%s', (text, words) => {
  expect(readCommandLine(text, undefined)).toEqual({ words, variables: {} });
});

const BRACED = '$'.concat('{PORT}');

test('$PORT is the port that the lab has found, also in quotes', () => {
  expect(readCommandLine(`PORT=$PORT app --bind "127.0.0.1:${BRACED}" $PORTAL`, 4321)).toEqual({
    words: ['app', '--bind', '127.0.0.1:4321', '$PORTAL'],
    variables: { PORT: '4321' },
  });
  expect(['$PORT', BRACED, '$PORTAL', 'PORT'].map(usesPort)).toEqual([true, true, false, false]);
});

test.each([
  ['cd mysite && python app.py', '&& has no meaning'],
  ['python app.py | tee log', '| has no meaning'],
  ['python app.py > log', '> has no meaning'],
  ['python $(which app)', '$(which has no meaning'],
  ['python "app.py', 'left open'],
  ['', 'got neither'],
  ['A=1', 'got neither'],
])('%s is refused: %s', (text, message) => {
  expect(() => readCommandLine(text, undefined)).toThrow(message);
});
