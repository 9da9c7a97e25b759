import { counted } from '../../../../shared/domain/text.ts';
import type { WaitingItem } from '../../../../shared/domain/view/waiting.ts';
import { Mark } from '../components/mark.tsx';
import { Page } from '../components/page.tsx';
import { RoleNote } from '../components/role-button.tsx';
import { Lately } from '../components/waiting/lately.tsx';
import { WaitingCard } from '../components/waiting/waiting-card.tsx';
import { overview } from '../lib/overview.ts';
import { fleetTotals } from '../view/fleet.ts';
import { isOver } from '../view/needs.ts';
import { grouped, keyOf } from '../view/waiting.ts';
import '../style/waiting.css';

/** What cannot go on, and what can be done about it. */
export function Waiting() {
  const seen = overview.value;
  if (!seen) return <Page title="Waiting on you">{null}</Page>;
  const { person, world } = grouped(seen.waiting);
  return (
    <Page title="Waiting on you">
      {person.length === 0 && <AllWell others={world.length} />}
      {person.length > 0 && <RoleNote needs="operator" to="act on a rollout" />}
      <Group title="Needs a person" items={person} />
      <Group title="Waits for the world" items={world} />
      <Lately rollouts={seen.rollouts} turn={seen.waiting.map(keyOf).join()} />
    </Page>
  );
}

function Group({ title, items }: { readonly title: string; readonly items: readonly WaitingItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>
        {title} <span class="quiet number">{items.length}</span>
      </h2>
      <div class="waiting-cards">
        {items.map(item => (
          <WaitingCard key={keyOf(item)} item={item} />
        ))}
      </div>
    </section>
  );
}

function AllWell({ others }: { readonly others: number }) {
  const seen = overview.value;
  const going = seen?.rollouts.filter(rollout => !isOver(rollout)) ?? [];
  const { away } = fleetTotals(seen?.clusters ?? []);
  return (
    <div class="condition good all-well">
      <Mark tone="good" />
      <div>
        <strong>{others === 0 ? 'All is well' : 'Nothing needs you'}</strong>
        <p>
          {going.length === 0
            ? 'No rollout is under way.'
            : `${counted(going.length, 'rollout')} under way, ${counted(away, 'node')} away.`}
        </p>
      </div>
    </div>
  );
}
