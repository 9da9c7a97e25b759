import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { goTo } from '../lib/go.ts';
import { ApiProblem, send } from '../lib/http.ts';
import { askWhoIAm } from '../lib/person.ts';
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
      <form
        class="card"
        onSubmit={event => {
          event.preventDefault();
          localStorage.setItem(KEY, by);
          if (!busy) void logIn(Object.fromEntries(new FormData(event.currentTarget)));
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
      </form>
    </main>
  );
}

function useLogIn() {
  const { path, query, route } = useLocation();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const logIn = async (given: Readonly<Record<string, unknown>>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await send('POST', '/session', given);
      await askWhoIAm();
      if (path === '/login') goTo(backTo(query['to']), route);
    } catch (error) {
      setProblem(problemText(error));
    }
    setBusy(false);
  };
  return { busy, problem, logIn };
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

function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.status === 401) return 'That is not known here. Look for a missing end, or ask whoever runs nodetide.';
  if (error.status === 0) return 'The server does not answer. Try again in a moment.';
  return [error.message, ...error.fields].join('; ');
}
