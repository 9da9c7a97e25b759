import { useState } from 'preact/hooks';
import { ApiProblem, send } from '../lib/http.ts';
import { askWhoIAm } from '../lib/person.ts';

/** Asks for a token, and begins a session with it. */
export function Login() {
  const [problem, setProblem] = useState('');
  const logIn = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form).get('token');
    try {
      await send('POST', '/session', { token: given });
      setProblem('');
      await askWhoIAm();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : String(error));
    }
  };
  return (
    <main class="login">
      <h1>nodetide</h1>
      <form
        onSubmit={event => {
          event.preventDefault();
          void logIn(event.currentTarget);
        }}
      >
        <label>
          Token
          <input name="token" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" class="main">
          Log in
        </button>
        {problem !== '' && <p role="alert">{problem}</p>}
      </form>
    </main>
  );
}
