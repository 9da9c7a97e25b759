import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { overview, overviewLive } from '../lib/overview.ts';
import { logOut, me } from '../lib/person.ts';
import { THEMES, theme } from '../lib/theme.ts';
import { countForPerson } from '../view/needs.ts';
import { ActDialogs } from './act-dialog.tsx';
import { Freshness } from './freshness.tsx';

const PLACES = [
  ['/', 'Fleet'],
  ['/rollouts', 'Rollouts'],
  ['/waiting', 'Waiting on you'],
  ['/plan', 'Plan'],
  ['/schedules', 'Schedules'],
] as const;

/** What stands around every page: where one can go, who one is, whether all this is fresh. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>nodetide</span>
        </a>
        <Places />
        <div class="corner">
          <ThemeChoice />
          <Who />
        </div>
      </header>
      <Freshness state={overviewLive().state.value} />
      <NoEngine />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <ActDialogs />
    </>
  );
}

function Places() {
  const { path } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const here = nav.current?.querySelector('[aria-current="page"]');
    here?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  const waiting = countForPerson(overview.value);
  return (
    <nav aria-label="Pages" ref={nav}>
      {PLACES.map(([to, name]) => (
        <a key={to} href={to} aria-current={isHere(path, to) ? 'page' : undefined}>
          {name}
          {to === '/waiting' && waiting > 0 && (
            <span class="count">
              {waiting}
              <span class="visually-hidden"> to be decided</span>
            </span>
          )}
        </a>
      ))}
      <a href="/queues" target="_self">
        Queues
      </a>
    </nav>
  );
}

function isHere(path: string, to: string): boolean {
  return to === '/' ? path === '/' || path.startsWith('/clusters/') : path.startsWith(to);
}

function NoEngine() {
  const { value } = overview;
  if (!value || value.engines.length > 0) return null;
  return (
    <p class="notice bad" role="alert">
      No engine is alive: nothing goes on until one is started (nodetide up).
    </p>
  );
}

function ThemeChoice() {
  return (
    <select
      aria-label="Theme"
      value={theme.value}
      onChange={event => {
        theme.value = THEMES.find(each => each === event.currentTarget.value) ?? 'system';
      }}
    >
      {THEMES.map(each => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

function Who() {
  const person = me.value;
  const [refused, setRefused] = useState('');
  if (!person) return null;
  const leave = async (): Promise<void> => {
    const problem = await logOut();
    setRefused(problem ? `Still logged in: ${problem.message}` : '');
  };
  return (
    <span class="who">
      {person.name} <span class="quiet">({person.role})</span>
      {person.session && (
        <button type="button" onClick={() => void leave()}>
          Log out
        </button>
      )}
      <span role="alert">{refused}</span>
    </span>
  );
}
