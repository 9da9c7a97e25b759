import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Form } from '../components/form.tsx';
import { goTo } from '../lib/go.ts';
import { type ApiProblem, send } from '../lib/http.ts';
import { askWhoIAm } from '../lib/person.ts';
import { useSending } from '../lib/sending.ts';
import { useTitle } from '../lib/title.ts';
import { backTo } from '../view/back.ts';
import '../style/login.css';

const KEY = 'nodetide.login';
type By = 'token' | 'password';

/** Asks who it is, and begins a session. Stands in the place of the page asked for, which comes afterwards. */
export function Login() {
  useTitle('Log in');
  const [by, setBy] = useState<By>(localStorage.getItem(KEY) === 'password' ? 'password' : 'token');
  const { busy, problem, logIn } = useLogIn();
  return (
    <main class="login" id="main">
      <Form
        look="card"
        onSend={fields => {
          localStorage.setItem(KEY, by);
          logIn(fields);
        }}
      >
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> nodetide
        </h1>
        <Ways by={by} onChange={setBy} />
        <Fields by={by} key={by} />
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="main" aria-disabled={busy}>
          {busy ? 'Logging in…' : 'Log in'}
        </button>
      </Form>
    </main>
  );
}

function useLogIn() {
  const { path, query, route } = useLocation();
  const { busy, problem, run } = useSending();
  const logIn = (fields: FormData) =>
    run(async () => {
      await send('POST', '/session', Object.fromEntries(fields));
      await askWhoIAm();
      if (path === '/login') goTo(backTo(query['to']), route);
    });
  return { busy, problem: problem ? problemText(problem) : '', logIn };
}

function Ways({ by, onChange }: { readonly by: By; readonly onChange: (by: By) => void }) {
  return (
    <fieldset class="ways">
      <legend class="visually-hidden">Log in with</legend>
      {(['token', 'password'] as const).map(way => (
        <label key={way}>
          <input type="radio" name="way" checked={by === way} onChange={() => onChange(way)} form="" />
          {way === 'token' ? 'Token' : 'User and password'}
        </label>
      ))}
    </fieldset>
  );
}

function Fields({ by }: { readonly by: By }) {
  if (by === 'token') {
    return (
      <label>
        Token
        <input name="token" type="password" autoComplete="current-password" required autoFocus />
        <span class="quiet">
          As <code>nodetide token new</code> printed it
        </span>
      </label>
    );
  }
  return (
    <>
      <label>
        User
        <input name="user" autoComplete="username" required autoFocus />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
    </>
  );
}

function problemText({ status, message, fields }: ApiProblem): string {
  if (status === 401) return 'That is not known here. Look for a missing end, or ask whoever runs nodetide.';
  if (status === 0) return 'The server does not answer. Try again in a moment.';
  return [message, ...fields].join('; ');
}
