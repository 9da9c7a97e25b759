import { render } from 'preact';
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso';
import { Boundary } from './components/broken.tsx';
import { Shell } from './components/shell.tsx';
import { focusPage } from './lib/focus.ts';
import { askWhoIAm, me } from './lib/person.ts';
import { NotFound } from './pages/not-found.tsx';
import './lib/theme.ts';
import './style/base.css';

const Fleet = lazy(() => import('./pages/fleet.tsx').then(page => page.Fleet));
const Rollout = lazy(() => import('./pages/rollout/rollout.tsx').then(page => page.Rollout));
const Timeline = lazy(() => import('./pages/rollout/timeline/timeline.tsx').then(page => page.Timeline));
const NodePage = lazy(() => import('./pages/node/node.tsx').then(page => page.NodePage));
const Cluster = lazy(() => import('./pages/cluster.tsx').then(page => page.Cluster));
const Waiting = lazy(() => import('./pages/waiting.tsx').then(page => page.Waiting));
const Login = lazy(() => import('./pages/login.tsx').then(page => page.Login));

function Pages() {
  return (
    <Router onRouteChange={focusPage}>
      <Route path="/" component={Fleet} />
      <Route path="/rollouts/:id" component={Rollout} />
      <Route path="/rollouts/:id/timeline" component={Timeline} />
      <Route path="/rollouts/:id/nodes/:cluster/:node" component={NodePage} />
      <Route path="/clusters/:name" component={Cluster} />
      <Route path="/waiting" component={Waiting} />
      <Route default component={NotFound} />
    </Router>
  );
}

function App() {
  const { path } = useLocation();
  if (me.value === undefined) return <p class="notice quiet">Connecting…</p>;
  if (me.value === null) {
    return (
      <ErrorBoundary>
        <Login />
      </ErrorBoundary>
    );
  }
  return (
    <Shell>
      <Boundary place={path}>
        <Pages />
      </Boundary>
    </Shell>
  );
}

const RETRY_MS = 2_000;

/** Until the server has said who this is. */
async function begin(): Promise<void> {
  await askWhoIAm();
  if (me.value === undefined) setTimeout(() => void begin(), RETRY_MS);
}

const root = document.getElementById('page');
if (root)
  render(
    <LocationProvider scope={/^\/(?!queues|api|metrics|livez|readyz)/}>
      <App />
    </LocationProvider>,
    root,
  );
void begin();
