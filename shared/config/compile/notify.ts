import { NOTICE_EVENTS } from '../../domain/notify/notice.ts';
import type { NotifyPolicy, NotifyRoute, NotifyTarget } from '../../domain/notify/target.ts';
import type { SecretRef } from '../../domain/plan.ts';
import { fill } from '../option.ts';
import { type NotifyFile, routeTable, type TargetFile, targetTables } from '../schema/notify.ts';
import { compileHeaders, secretAt } from './http.ts';
import type { ToAbsolute } from './ssh.ts';

/** Notifications in our units. */
export function compileNotify(file: NotifyFile, toAbsolute: ToAbsolute): NotifyPolicy {
  const { pageUrl = '', targets, routes } = file;
  return {
    pageUrl: pageUrl.replace(/\/+$/, ''),
    targets: Object.entries(targets).map(([name, target]) => compileTarget(name, target, toAbsolute)),
    routes: routes.map(compileRoute),
  };
}

function compileTarget(name: string, file: TargetFile, toAbsolute: ToAbsolute): NotifyTarget {
  const common = <K extends NotifyTarget['kind']>(kind: K, inDoubt: NotifyTarget['inDoubt']) => {
    const { timeout, giveUpAfter, caFile, ...rest } = fill(targetTables.slack, [file]);
    return {
      name,
      kind,
      timeoutMs: timeout.ms,
      giveUpMs: giveUpAfter.ms,
      inDoubt: rest.inDoubt ?? inDoubt,
      caFile: caFile === undefined ? null : toAbsolute(caFile),
    };
  };
  switch (file.kind) {
    case 'slack':
      return { ...common('slack', 'leave'), url: secretAt(file.url, toAbsolute) };
    case 'teams':
      return { ...common('teams', 'leave'), url: secretAt(file.url, toAbsolute) };
    case 'mail': {
      const { host, port, tls, from, to, user, password } = fill(targetTables.mail, [file]);
      const auth = user === undefined || !password ? null : { user, password: secretAt(password, toAbsolute) };
      return { ...common('mail', 'repeat'), host, port: port ?? (tls === 'tls' ? 465 : 587), tls, from, to, auth };
    }
    case 'webhook': {
      const { url, secret, headers } = fill(targetTables.webhook, [file]);
      const at = (ref: SecretRef) => secretAt(ref, toAbsolute);
      return {
        ...common('webhook', 'repeat'),
        url: typeof url === 'string' ? url : at(url),
        secret: secret ? at(secret) : null,
        headers: compileHeaders(headers, toAbsolute),
      };
    }
  }
}

function compileRoute(file: NotifyFile['routes'][number]): NotifyRoute {
  const { to, events = [...NOTICE_EVENTS], clusters = [], stages = [], ...rest } = fill(routeTable, [file]);
  const { title, body } = rest.template ?? {};
  return {
    to: [...new Set(to)],
    events,
    clusters,
    stages,
    minSeverity: rest.minSeverity,
    blockedForMs: rest.blockedFor.ms,
    template: { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) },
  };
}
