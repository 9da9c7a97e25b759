import { NOTICE_EVENTS } from '../../shared/domain/notify/notice.ts';
import type { Delivery } from '../../shared/domain/notify/routing.ts';
import type { NotifyPolicy, NotifyRoute, NotifyTarget } from '../../shared/domain/notify/target.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { tinyPlan } from './plan.ts';

const COMMON = { timeoutMs: 30_000, giveUpMs: 60_000, caFile: null } as const;

/** A webhook named `name` at `url`; not signed unless `more` says so. */
export function hookTarget(name: string, url = 'http://127.0.0.1:1/', more: object = {}): NotifyTarget {
  return { ...COMMON, kind: 'webhook', name, inDoubt: 'repeat', url, secret: null, headers: {}, ...more };
}

/** A target of Slack or Teams whose URL is in a variable. */
export function chatTarget(kind: 'slack' | 'teams', name: string, env: string, more: object = {}): NotifyTarget {
  return { ...COMMON, kind, name, inDoubt: 'leave', url: { env }, ...more };
}

/** Mail in the clear to a port of this machine. */
export function mailTarget(name: string, port: number, more: object = {}): NotifyTarget {
  const addresses = { from: 'nodetide <nodetide@example.org>', to: ['Ops <ops@example.org>'] };
  const server = { host: '127.0.0.1', port, tls: 'none', auth: null } as const;
  return { ...COMMON, kind: 'mail', name, inDoubt: 'repeat', ...server, ...addresses, ...more };
}

/** A route of everything, blocked after 10 s. */
export function route(to: readonly string[], more: Partial<NotifyRoute> = {}): NotifyRoute {
  const all = { events: [...NOTICE_EVENTS], clusters: [], stages: [], minSeverity: 'info' as const };
  return { to, ...all, blockedForMs: 10_000, template: {}, ...more };
}

/** Cluster `a` in stage dev and `b` in stage prod, whose notifications are these. */
export function toldPlan(policy: Partial<NotifyPolicy>, nodes: readonly string[] = ['n1', 'n2']): Plan {
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes }] }, prod: { b: [{ nodes: ['m1'] }] } } });
  return { ...plan, notifications: { pageUrl: '', targets: [], routes: [], ...policy } };
}

/** A delivery with the least in it. */
export function delivery(target: NotifyTarget, id: string, title = id): Delivery {
  const message = {
    event: 'started',
    severity: 'info',
    atMs: 1_700_000_000_000,
    title,
    body: `body of ${id}`,
    link: '',
    fields: { fleet: 'tiny', rollout: 'r-1', title },
  } as const;
  return { id, lane: `tiny_${target.name}`, rollout: 'r-1', fleet: 'tiny', target, message };
}
