import { instantText } from '../approval/text.ts';
import type { NoticeMessage } from './notice.ts';

/** A message that says it is none; `by`: who asked for it. */
export function testMessage(fleet: string, target: string, by: string, link: string, nowMs: number): NoticeMessage {
  const title = `[${fleet}] test of the notifications`;
  const what = `This is only a test, which ${by} asked for: nothing has happened. Notifications reach ${target}.`;
  const time = instantText(nowMs);
  const fields = { title, fleet, by, what, time, ...(link === '' ? {} : { link }) };
  return { event: 'test', severity: 'info', atMs: nowMs, title, body: what, link, fields };
}
