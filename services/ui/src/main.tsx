import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso';
import { Boundary } from './components/broken.tsx';
import { Shell } from './components/shell.tsx';
import { focusPage } from './lib/focus.ts';
import { goTo } from './lib/go.ts';
import { askWhoIAm, me } from './lib/person.ts';
import { usePathTitle } from './lib/title.ts';
import { NotFound } from './pages/not-found.tsx';
import { backTo } from './view/back.ts';
import './lib/theme.ts';
import './style/base.css';

const Fleet = lazy(() => import('./pages/fleet.tsx').then(page => page.Fleet));
const Rollout = lazy(() => import('./pages/rollout/rollout.tsx').then(page => page.Rollout));
const Timeline = lazy(() => import('./pages/rollout/timeline/timeline.tsx').then(page => page.Timeline));
const NodePage = lazy(() => import('./pages/node/node.tsx').then(page => page.NodePage));
const Cluster = lazy(() => import('./pages/cluster.tsx').then(page => page.Cluster));
const Waiting = lazy(() => import('./pages/waiting.tsx').then(page => page.Waiting));
const PlanPage = lazy(() => import('./pages/plan.tsx').then(page => page.PlanPage));
const DraftPage = lazy(() => import('./pages/draft.tsx').then(page => page.DraftPage));
const History = lazy(() => import('./pages/history.tsx').then(page => page.History));
const Report = lazy(() => import('./pages/report.tsx').then(page => page.Report));
const Schedules = lazy(() => import('./pages/schedules.tsx').then(page => page.Schedules));
const Login = lazy(() => import('./pages/login.tsx').then(page => page.Login));

/** Who is logged in already goes on to where the address says. */
function Home() {
  const { query, route } = useLocation();
  useEffect(() => goTo(backTo(query['to']), route), []);
  return null;
}

function Pages() {
  return (
    <Router onRouteChange={focusPage}>
      <Route path="/" component={Fleet} />
      <Route path="/rollouts/:id" component={Rollout} />
      <Route path="/rollouts/:id/timeline" component={Timeline} />
      <Route path="/rollouts/:id/nodes/:cluster/:node" component={NodePage} />
      <Route path="/clusters/:name" component={Cluster} />
      <Route path="/waiting" component={Waiting} />
      <Route path="/plan" component={PlanPage} />
      <Route path="/plan/:id" component={DraftPage} />
      <Route path="/rollouts" component={History} />
      <Route path="/rollouts/:id/report" component={Report} />
      <Route path="/schedules" component={Schedules} />
      <Route path="/login" component={Home} />
      <Route default component={NotFound} />
    </Router>
  );
}

function App() {
  const { path } = useLocation();
  usePathTitle(path);
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
