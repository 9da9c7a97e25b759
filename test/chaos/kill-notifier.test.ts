import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Delivery } from '../../shared/domain/notify/routing.ts';
import type { NotifyTarget } from '../../shared/domain/notify/target.ts';
import { RedisOutbox } from '../../shared/journal/outbox.ts';
import { chatTarget, delivery, hookTarget, mailTarget } from '../helpers/notify.ts';
import { put } from '../helpers/notify-world.ts';
import { startMailReceiver, startReceiver } from '../helpers/receivers.ts';
import { testRedis } from '../helpers/redis.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';

const KILLS = 6;
const MESSAGES = 30;
/** A message that is late is sent again: none may be, however slow the machine. */
const TIMEOUT_MS = 30_000;

const shared = await testRedis();
const script = fileURLToPath(new URL('../helpers/notify-sender.ts', import.meta.url));
const children: ReturnType<typeof launch>[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A sender that waits for its turn. */
function launch(prefix: string, env: Record<string, string>) {
  return spawn(process.execPath, ['--import', 'tsx', script, shared.url, prefix], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/**
 * What became of the turns in which the ends of messages left and were marked, by what a sender told until its death:
 * `cut` in the midst, of each target the last at most; `wrong`: marked later, or not at all though it went on.
 */
function turnsOf(told: string) {
  const ids = (what: string) => [...told.matchAll(new RegExp(`^${what} (.*)$`, 'gm'))].map(([, id]) => id ?? '');
  const ended = new Set(ids('ends'));
  const last = new Map(ids('begins').map(id => [id.split('-')[1], id]));
  const open = ids('begins').filter(id => !ended.has(id));
  const isCut = (id: string) => last.get(id.split('-')[1]) === id;
  return { cut: open.filter(isCut), wrong: [...ids('is late'), ...open.filter(id => !isCut(id))] };
}

describe.each(chaosSeeds([1]))('seed %i', seed => {
  it('each notification arrives once and in order, however often its sender is killed', async () => {
    const prefix = `${shared.prefix}-${seed}`;
    const random = seeded(seed, 'kill-notifier');
    const [web, mail] = await Promise.all([startReceiver(), startMailReceiver({}, () => random() * 60)]);
    onTestFinished(async () => void (await Promise.all([web.stop(), mail.stop()])));
    web.react = ({ path }) => ({ status: path === '/teams' ? 202 : 200, body: 'ok', afterMs: random() * 60 });
    const quick = { timeoutMs: TIMEOUT_MS };
    const targets: NotifyTarget[] = [
      chatTarget('slack', 'slack', 'SLACK', quick),
      chatTarget('teams', 'teams', 'TEAMS', quick),
      hookTarget('hook', `${web.url}/hook`, quick),
      mailTarget('mail', mail.port, quick),
    ];
    const outbox = new RedisOutbox(await shared.connect(), prefix);
    const wanted = Array.from({ length: MESSAGES }, (_, at) => `m${String(at).padStart(2, '0')}`);
    const all: Delivery[] = wanted.flatMap(title =>
      targets.map(target => delivery(target, `${title}-${target.name}`, title)),
    );
    await put(outbox, all);
    const env = { SLACK: `${web.url}/slack`, TEAMS: `${web.url}/teams` };
    const next = () => {
      const child = launch(prefix, env);
      children.push(child);
      const told: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (words: string) => told.push(words));
      return { child, told, ready: once(child.stdout, 'data'), ended: once(child.stdout, 'end') };
    };
    const isLast = (at: number) => at === KILLS;
    /** Messages in whose very turn a sender died: only these may arrive twice without an id to tell them by. */
    const cut = new Set<string>();
    let waiting = next();
    for (let at = 0; at <= KILLS; at++) {
      const { child, ready, told, ended } = waiting;
      await ready;
      if (!isLast(at)) waiting = next();
      const before = web.heard.length;
      child.stdin.write('go\n');
      if (isLast(at)) break;
      await web.until(before + 1 + Math.floor(random() * 6));
      await new Promise(resolve => {
        setTimeout(resolve, random() * 40);
      });
      child.kill('SIGKILL');
      await ended;
      const turns = turnsOf(told.join(''));
      expect(turns.wrong).toEqual([]);
      for (const id of turns.cut) cut.add(id);
    }
    await vi.waitFor(async () => expect(await outbox.lanes()).toEqual([]), { timeout: 60_000, interval: 50 });

    const heard = (kind: string) =>
      web.heard
        .filter(({ path }) => path === `/${kind}`)
        .map(({ body }) => /\bm\d\d\b/.exec(body)?.[0] ?? body)
        .filter((title, at, all) => title !== all[at - 1] || !cut.has(`${title}-${kind}`));
    expect(heard('slack')).toEqual(wanted);
    expect(heard('teams')).toEqual(wanted);
    // These have ids by which a receiver leaves out what it knows.
    const ids = web.heard.filter(({ path }) => path === '/hook').map(({ headers }) => String(headers['webhook-id']));
    expect([...new Set(ids)]).toEqual(wanted.map(title => `${title}-hook`));
    const mails = mail.mails.map(({ raw }) => /^Message-ID: <(.*)@/m.exec(raw)?.[1]);
    expect([...new Set(mails)]).toEqual(wanted.map(title => `${title}-mail`));
    const ends = (await outbox.tally()).map(({ ended }) => ended);
    const doubtful = ends.reduce((sum, each) => sum + each.doubtful, 0);
    expect(ends.reduce((sum, each) => sum + each.sent, doubtful)).toBe(all.length);
    // Else no death was of interest.
    expect(doubtful + (ids.length - MESSAGES) + (mails.length - MESSAGES)).toBeGreaterThan(0);
    for (const child of children) child.kill('SIGKILL');
  });
});
